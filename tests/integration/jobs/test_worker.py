import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import text

from search_service.db.engine import Database
from search_service.errors import (
    ConflictError,
    DatabaseUnavailableError,
    ForbiddenError,
    UnavailableError,
)
from search_service.jobs.queue import NewJob, enqueue
from search_service.jobs.worker import Handler, RunningJob, WorkerOptions, is_retryable, run_worker
from tests.database import execute

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(90)]

QUICK = WorkerOptions(concurrency=2, grace_s=0.2, max_attempts=3, first_retry_s=0.1)


@asynccontextmanager
async def working(
    url: str, handlers: Mapping[str, Handler], options: WorkerOptions = QUICK
) -> AsyncIterator[None]:
    stop = asyncio.Event()
    worker = asyncio.create_task(run_worker(url, handlers, stop, options))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(worker, 30)


async def put(database: Database, *jobs: NewJob) -> None:
    async with database.transaction() as connection:
        for job in jobs:
            await enqueue(connection, job)


async def queued(database: Database) -> list[tuple[str, int]]:
    """Status and attempts of every job in the queue."""
    async with database.reading() as connection:
        rows = await connection.execute(text("SELECT status::text, attempts FROM pgqueuer"))
        return [(row.status, row.attempts) for row in rows]


async def until(condition: Callable[[], Awaitable[bool]], timeout_s: float = 20) -> None:
    async with asyncio.timeout(timeout_s):
        while not await condition():  # noqa: ASYNC110 - the database sends no event
            await asyncio.sleep(0.05)


async def test_jobs_are_handed_to_the_handler_of_their_name(
    database: Database, database_url: str
) -> None:
    seen: list[RunningJob] = []

    async def handle(job: RunningJob) -> None:
        seen.append(job)

    async def done() -> bool:
        return len(seen) == 3 and not await queued(database)

    await put(database, NewJob("a", {"n": 1}), NewJob("b", {"n": 2}))
    async with working(database_url, {"a": handle, "b": handle}):
        await put(database, NewJob("a", {"n": 3}))
        await until(done)
    assert sorted((job.name, job.payload["n"], job.attempt) for job in seen) == [
        ("a", 1, 1),
        ("a", 3, 1),
        ("b", 2, 1),
    ]


async def test_no_more_jobs_run_at_once_than_there_are_seats(
    database: Database, database_url: str
) -> None:
    running = most = ended = 0

    async def handle(_job: RunningJob) -> None:
        nonlocal running, most, ended
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.1)
        running -= 1
        ended += 1

    async def done() -> bool:
        return ended == 5

    await put(database, *(NewJob("a", {"n": n}) for n in range(5)))
    async with working(database_url, {"a": handle}, WorkerOptions(concurrency=1)):
        await until(done)
    assert most == 1


async def test_a_job_is_tried_again_when_that_may_help(
    database: Database, database_url: str
) -> None:
    attempts: list[tuple[int, bool]] = []

    async def handle(job: RunningJob) -> None:
        attempts.append((job.attempt, job.is_last_attempt))
        if job.attempt < 3:
            raise UnavailableError("away")

    async def done() -> bool:
        return len(attempts) == 3 and not await queued(database)

    await put(database, NewJob("a"))
    async with working(database_url, {"a": handle}):
        await until(done)
    assert attempts == [(1, False), (2, False), (3, True)]


@pytest.mark.parametrize("error", [ForbiddenError("no"), ValueError("bug"), UnavailableError("x")])
async def test_a_job_that_fails_for_good_is_held(
    database: Database, database_url: str, error: Exception
) -> None:
    async def handle(_job: RunningJob) -> None:
        raise error

    async def held() -> bool:
        return [status for status, _ in await queued(database)] == ["failed"]

    await put(database, NewJob("a"))
    async with working(database_url, {"a": handle}):
        await until(held)


async def test_a_stopping_worker_hands_back_what_does_not_end_in_time(
    database: Database, database_url: str
) -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def handle(_job: RunningJob) -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    await put(database, NewJob("a"))
    async with working(database_url, {"a": handle}):
        await asyncio.wait_for(begun.wait(), 20)
    assert cancelled.is_set()
    assert await queued(database) == [("queued", 1)]


async def test_a_stopping_worker_lets_a_job_end_in_time(
    database: Database, database_url: str
) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def handle(_job: RunningJob) -> None:
        begun.set()
        await asyncio.sleep(0.3)
        ended.set()

    await put(database, NewJob("a"))
    async with working(database_url, {"a": handle}, WorkerOptions(grace_s=10)):
        await asyncio.wait_for(begun.wait(), 20)
    assert ended.is_set()
    assert await queued(database) == []


async def test_a_cancelled_worker_loses_no_job(database: Database, database_url: str) -> None:
    begun = asyncio.Event()

    async def handle(_job: RunningJob) -> None:
        begun.set()
        await asyncio.sleep(60)

    await put(database, NewJob("a"))
    worker = asyncio.create_task(run_worker(database_url, {"a": handle}, asyncio.Event(), QUICK))
    await asyncio.wait_for(begun.wait(), 20)
    worker.cancel()
    with pytest.raises(asyncio.CancelledError):
        await worker
    assert await queued(database) == [("queued", 1)]


async def test_a_worker_goes_on_when_its_connections_are_cut(
    database: Database, database_url: str
) -> None:
    seen: list[int] = []

    async def handle(job: RunningJob) -> None:
        seen.append(job.payload["n"])

    async def first() -> bool:
        return 1 in seen

    async def second() -> bool:
        return 2 in seen

    await put(database, NewJob("a", {"n": 1}))
    async with working(database_url, {"a": handle}):
        await until(first)
        await asyncio.to_thread(
            execute,
            database_url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'search-service worker'"
            " AND datname = current_database() AND pid <> pg_backend_pid()",
        )
        await put(database, NewJob("a", {"n": 2}))
        await until(second, 45)


async def test_a_worker_tries_again_when_the_queue_cannot_be_reached(
    database: Database, database_url: str
) -> None:
    seen: list[int] = []
    connections = 0

    async def handle(job: RunningJob) -> None:
        seen.append(job.id)

    async def fail_twice() -> None:
        nonlocal connections
        connections += 1
        if connections < 3:
            raise DatabaseUnavailableError("away")

    async def done() -> bool:
        return len(seen) == 1

    await put(database, NewJob("a"))
    async with working(database_url, {"a": handle}, WorkerOptions(on_connected=fail_twice)):
        await until(done)
    assert connections == 3


async def test_a_job_whose_worker_vanished_is_taken_up_by_another(
    database: Database, database_url: str
) -> None:
    seen: list[int] = []

    async def handle(job: RunningJob) -> None:
        seen.append(job.id)

    async def done() -> bool:
        return bool(seen) and not await queued(database)

    await put(database, NewJob("a"))
    async with database.transaction() as connection:
        await connection.exec_driver_sql(
            "UPDATE pgqueuer SET status = 'picked', queue_manager_id = gen_random_uuid(),"
            " heartbeat = now() - interval '29 seconds'"
        )
    options = WorkerOptions(heartbeat_timeout=timedelta(seconds=30))
    async with working(database_url, {"a": handle}, options):
        await until(done, 15)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (UnavailableError("away"), True),
        (DatabaseUnavailableError("away"), True),
        (ConflictError("deadlock", sqlstate="40P01"), True),
        (ConflictError("taken", sqlstate="23505"), False),
        (ForbiddenError("no"), False),
        (ValueError("bug"), False),
        (asyncpg.ConnectionDoesNotExistError("closed"), True),
        (asyncpg.InternalClientError("another operation is in progress"), True),
        (asyncpg.UndefinedTableError("bug"), False),
    ],
)
def test_what_was_away_is_worth_another_try(error: Exception, expected: bool) -> None:
    assert is_retryable(error) is expected
