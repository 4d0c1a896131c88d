"""Brings files in as uploads and follows them until they can be found; for `ingest` and `demo`."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from search_service.accounts.caller import Caller
from search_service.catalog import editing, publication
from search_service.catalog.editing import Target
from search_service.cli.console import ERR, say
from search_service.db.enums import JobState, MaterialStatus
from search_service.errors import ServiceError, TooManyRequestsError
from search_service.index import statistics
from search_service.ingest.upload import Accepted, Upload
from search_service.jobs import pauses, progress
from search_service.jobs.progress import JobRecord
from search_service.serving.services import Services

CHUNK_BYTES = 1 << 20
LOOK_EVERY_S = 0.3
REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Item:
    """A file to bring in, with what is stated of it."""

    path: Path
    metadata: Mapping[str, Any] = field(default_factory=dict)
    status: MaterialStatus | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file; `status` is a final job state, or REJECTED at the door."""

    path: Path
    material_id: int | None
    status: str
    code: str | None
    message: str | None
    pages: int | None
    duplicate: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "path": str(self.path),
            "material_id": self.material_id,
            "status": self.status,
            "code": self.code,
            "message": self.message,
            "pages": self.pages,
            "duplicate": self.duplicate,
        }


async def load(services: Services, caller: Caller, items: Sequence[Item]) -> list[Outcome]:
    """Upload all items and wait for their extraction, with a progress bar on standard error.

    A worker must be running. Ends with fresh statistics, so that the next search ranks well.
    """
    following = _Following(services)
    await _tell_of_pause(services, caller)
    with _progress_bar() as bar:
        task = bar.add_task("Reading", total=len(items), what="")
        for item in items:
            bar.update(task, what=item.path.name)
            following.add(item, await _upload(services, caller, item))
            await following.look()
            bar.update(task, completed=len(following.ended))
        while following.waiting:
            await asyncio.sleep(LOOK_EVERY_S)
            await following.look()
            what = following.waiting[0][0].path.name if following.waiting else ""
            bar.update(task, completed=len(following.ended), what=what)
    async with services.database.transaction() as connection:
        await statistics.refresh(connection)
    order = {item.path: number for number, item in enumerate(items)}
    return sorted(following.ended, key=lambda outcome: order[outcome.path])


async def _tell_of_pause(services: Services, caller: Caller) -> None:
    async with services.database.reading() as connection:
        paused = await pauses.paused(connection)
    if paused & {pauses.EVERYBODY, caller.principal.user_id}:
        say("The queue is paused: files are read once `search-service queue resume` was said.")


@dataclass(slots=True)
class _Following:
    """The uploads whose extraction goes on, and what became of the others."""

    services: Services
    waiting: list[tuple[Item, Accepted]] = field(default_factory=list)
    ended: list[Outcome] = field(default_factory=list)
    looked_at: float = 0.0

    def add(self, item: Item, uploaded: Accepted | Outcome) -> None:
        if isinstance(uploaded, Accepted):
            self.waiting.append((item, uploaded))
        else:
            self.ended.append(uploaded)

    async def look(self) -> None:
        """See which extractions have ended since; at most a few times a second."""
        now = time.monotonic()
        if now - self.looked_at < LOOK_EVERY_S:
            return
        self.looked_at = now
        async with self.services.database.reading() as connection:
            ids = [accepted.job_id for _, accepted in self.waiting if accepted.job_id is not None]
            jobs = await progress.get_many(connection, ids)
        still = []
        for item, accepted in self.waiting:
            job = None if accepted.job_id is None else jobs.get(accepted.job_id)
            if job is not None and not job.state.is_final:
                still.append((item, accepted))
            else:
                self.ended.append(_outcome(item, accepted, job))
        self.waiting = still


async def _upload(services: Services, caller: Caller, item: Item) -> Accepted | Outcome:
    """Upload one file, waiting where the queue is full; a known file takes what is stated anew."""
    while True:
        upload = Upload(item.path.name, _stream(item.path), item.metadata, item.status)
        try:
            accepted = await services.intake.accept(caller, upload)
            if accepted.duplicate:
                await _restate(services, caller, item, accepted.material_id)
        except TooManyRequestsError as error:
            await asyncio.sleep(error.retry_after_s)
        except ServiceError as error:
            return _rejected(item, error.code, error.message)
        except OSError as error:
            message = f"It cannot be opened ({error.strerror}); see that you may read it."
            return _rejected(item, "unreadable_file", message)
        else:
            return accepted


async def _restate(services: Services, caller: Caller, item: Item, material_id: int) -> None:
    if not item.metadata and item.status is None:
        return
    async with services.database.transaction() as connection:
        target = Target(material_id)
        if item.metadata:
            await editing.update_metadata(connection, caller, target, item.metadata)
        if item.status is not None:
            await publication.bring(connection, caller, material_id, item.status)


def _outcome(item: Item, accepted: Accepted, job: JobRecord | None) -> Outcome:
    return Outcome(
        path=item.path,
        material_id=accepted.material_id,
        status=job.state.value if job else JobState.DONE.value,
        code=job.code if job else None,
        message=job.message if job else None,
        pages=job.pages_done if job else None,
        duplicate=accepted.duplicate,
    )


def _rejected(item: Item, code: str, message: str) -> Outcome:
    return Outcome(item.path, None, REJECTED, code, message, None, duplicate=False)


async def _stream(path: Path) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk
    finally:
        file.close()


def _progress_bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[what]}"),
        console=ERR,
    )
