"""Works off the queue: pgqueuer's manager on connections of its own, restarted when they are lost.

It knows jobs by name only; the composition root hands over what each name means.
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeAlias

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Job

from search_service.db import failures, urls
from search_service.errors import ServiceError, UnavailableError
from search_service.log import get_logger

# A killed worker's jobs are taken up after heartbeat + dequeue timeout at the latest.
HEARTBEAT_TIMEOUT = timedelta(seconds=30)
DEQUEUE_TIMEOUT = timedelta(seconds=5)
# While every seat is taken pgqueuer asks this often; a finished job wakes it at once anyway.
BUSY_POLL = timedelta(seconds=1)
LONGEST_RETRY_S = 300.0
# With pauses of 2, 4, 8 … seconds in between: four minutes, and the given up job says so.
MAX_ATTEMPTS = 8
LONGEST_RECONNECT_S = 15.0
# What asyncpg's pool raises while the server is away; the last one, when a server dies in the
# middle of a statement and its connection is taken from the pool once more.
_AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RunningJob:
    """A job as its handler sees it; `attempt` counts from 1."""

    id: int
    name: str
    payload: Mapping[str, Any]
    attempt: int
    is_last_attempt: bool


Handler: TypeAlias = Callable[[RunningJob], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """How a worker works; times in seconds."""

    concurrency: int = 2
    grace_s: float = 20.0
    """What a running job gets to finish after a stop, before it is handed back."""
    max_attempts: int = MAX_ATTEMPTS
    first_retry_s: float = 2.0
    """Doubles with each attempt."""
    heartbeat_timeout: timedelta = HEARTBEAT_TIMEOUT
    at_once: Mapping[str, int] = field(default_factory=dict)
    """How many jobs of a name run at the same time, in all workers together."""
    on_connected: Callable[[], Awaitable[None]] | None = None
    """Called each time the queue has been reached, before the first job."""


async def run_worker(
    url: str,
    handlers: Mapping[str, Handler],
    stop: asyncio.Event,
    options: WorkerOptions | None = None,
) -> None:
    """Work off jobs until `stop` is set; then finish or hand back what runs, and return.

    `url` must reach PostgreSQL itself or a session-mode pooler, as the queue listens. A lost
    connection is logged and made anew, with growing pauses, for ever.
    """
    chosen = options or WorkerOptions()
    pause_s = 0.5
    while not stop.is_set():
        began = asyncio.get_running_loop().time()
        try:
            await _Session(url, handlers, chosen).run(stop)
        except Exception as error:  # noqa: BLE001 - the worker's boundary: whatever it is, go on
            _log.warning("worker lost the queue", error=str(error), kind=type(error).__name__)
        if stop.is_set():
            return
        if asyncio.get_running_loop().time() - began > 60:
            pause_s = 0.5
        await _wait(stop, pause_s * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, no secret
        pause_s = min(pause_s * 2, LONGEST_RECONNECT_S)


def is_retryable(error: BaseException) -> bool:
    """Tell whether doing the same again may succeed: something was away, or came in between."""
    if isinstance(error, ServiceError):
        return isinstance(error, UnavailableError) or failures.is_transient(error)
    if isinstance(error, asyncpg.InternalClientError):
        return True
    # A driver's own error, as from giving back a connection that broke.
    meaning = failures.translate(error)
    return meaning is not None and is_retryable(meaning)


@dataclass(slots=True)
class _Session:
    """One life of the queue's connections."""

    url: str
    handlers: Mapping[str, Handler]
    options: WorkerOptions
    hand_back: asyncio.Event = field(default_factory=asyncio.Event)
    seats: asyncio.Semaphore = field(init=False)
    pool: Any = None

    def __post_init__(self) -> None:
        self.seats = asyncio.Semaphore(self.options.concurrency)

    async def run(self, stop: asyncio.Event) -> None:
        self.pool = await asyncpg.create_pool(
            **_connect_arguments(self.url), min_size=1, max_size=self.options.concurrency + 3
        )
        try:
            if self.options.on_connected:
                await self.options.on_connected()
            await self._work(self._manager(), stop)
        finally:
            await _close(self.pool)

    def _manager(self) -> QueueManager:
        manager = QueueManager(Queries(AsyncpgPoolDriver(self.pool)))
        manager.min_dequeue_poll_interval = BUSY_POLL
        for name in self.handlers:
            manager.entrypoint(
                name,
                concurrency_limit=self.options.at_once.get(name, 0),
                on_failure="hold",
                accepts_context=False,
            )(self._execute)
        return manager

    async def _work(self, manager: QueueManager, stop: asyncio.Event) -> None:
        # A task of its own: cancelling pgqueuer's run would log its jobs as cancelled, for good.
        work = asyncio.create_task(
            manager.run(
                dequeue_timeout=DEQUEUE_TIMEOUT,
                batch_size=1,
                max_concurrent_tasks=max(2, self.options.concurrency),  # it refuses 1
                shutdown_on_listener_failure=True,
                heartbeat_timeout=self.options.heartbeat_timeout,
            )
        )
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
            manager.shutdown.set()
            if stop.is_set():
                await asyncio.wait({work}, timeout=self.options.grace_s)
        finally:
            stopping.cancel()
            manager.shutdown.set()
            if stop.is_set() or not work.done():
                self.hand_back.set()
            await asyncio.wait({work})
        work.result()

    async def _execute(self, queued: Job) -> None:
        """Run one job; tells pgqueuer to try again where that may help."""
        job = RunningJob(
            id=int(queued.id),
            name=queued.entrypoint,
            payload=json.loads(queued.payload or b"{}"),
            attempt=queued.attempts + 1,
            is_last_attempt=queued.attempts + 1 >= self.options.max_attempts,
        )
        task = asyncio.create_task(self._seated(job))
        handing_back = asyncio.create_task(self.hand_back.wait())
        await asyncio.wait({task, handing_back}, return_when=asyncio.FIRST_COMPLETED)
        handing_back.cancel()
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
        if task.cancelled():
            raise RetryRequested(timedelta(0), "the worker stopped")
        error = task.exception()
        if error is not None:
            await self._fail(job, error)

    async def _seated(self, job: RunningJob) -> None:
        async with self.seats:
            await self.handlers[job.name](job)

    async def _fail(self, job: RunningJob, error: BaseException) -> None:
        if not is_retryable(error) or job.is_last_attempt:
            raise error
        await self._wait_for_database()  # else the queue could not note the retry
        delay_s = min(self.options.first_retry_s * 2 ** (job.attempt - 1), LONGEST_RETRY_S)
        _log.info("job will be tried again", job=job.name, id=job.id, delay_s=delay_s)
        raise RetryRequested(timedelta(seconds=delay_s), str(error)) from error

    async def _wait_for_database(self) -> None:
        while not self.hand_back.is_set():
            try:
                await self.pool.fetchval("SELECT 1")
            except _AWAY:
                await _wait(self.hand_back, 1.0)
            else:
                return


def _connect_arguments(url: str) -> dict[str, Any]:
    """What asyncpg must be told; SQLAlchemy's dialect reads the URL, also one of several hosts."""
    target = urls.parse(url)
    _, arguments = target.url.get_dialect()().create_connect_args(target.url)
    named = {"application_name": "search-service worker"} | target.server_settings
    return {**arguments, **target.arguments, "server_settings": named}


async def _close(pool: Any) -> None:
    try:
        await asyncio.wait_for(pool.close(), timeout=5)
    except _AWAY:  # TimeoutError is an OSError
        pool.terminate()


async def _wait(event: asyncio.Event, timeout_s: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), timeout_s)
    except TimeoutError:
        return
