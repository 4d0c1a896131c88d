"""Draws the pages of an original into the file store, after it has been read.

A job of its own kind, behind everything that somebody waits for: one at a time in all workers
together. What it makes can be made again, so that a crash needs no mending: the pictures of a file
are there all at once or not at all.
"""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from extractors import sandbox
from extractors.limits import Limits
from extractors.programs import NO_PROGRAMS, Programs
from extractors.types import Code, Document, Summary
from search_service.catalog import versions
from search_service.catalog.versions import VersionRecord
from search_service.db.engine import Database
from search_service.db.tables import MaterialDetails, MaterialVersion
from search_service.errors import UnavailableError
from search_service.files.content_lock import lock_content
from search_service.files.store import FileStore
from search_service.jobs.queue import BACKGROUND, NewJob, enqueue
from search_service.jobs.worker import RunningJob
from search_service.log import get_logger

DRAW = "draw"
AT_ONCE = 1
MAX_MISSING = 500  # in one look for what was never drawn; the next one goes on
_RETRY_AFTER_S = 300
_PDF = frozenset({"pdf"})
_DECKS = frozenset({"pptx", "pptm", "ppsx", "ppsm", "potx", "potm", "ppt", "odp"})
_versions: Any = MaterialVersion.__table__
_details: Any = MaterialDetails.__table__

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Studio:
    """What drawing works with."""

    database: Database
    store: FileStore
    limits: Limits = sandbox.DEFAULT_LIMITS
    programs: Programs = NO_PROGRAMS

    @property
    def formats(self) -> frozenset[str]:
        """What can be drawn here."""
        return _PDF | _DECKS if self.programs.soffice else _PDF


async def schedule(connection: AsyncConnection, version: VersionRecord) -> None:
    """Have the pages of a version drawn once the caller's transaction commits.

    A deck's job ends at once where there is no LibreOffice.
    """
    if version.file_format in _PDF | _DECKS:
        await enqueue(connection, _job_of(version.sha256))


async def schedule_missing(studio: Studio) -> int:
    """Have drawn what was read and has no pictures; give how many originals that are."""
    statement = (
        select(_versions.c.sha256)
        .join(_details, _details.c.material_id == _versions.c.material_id)
        .where(
            _versions.c.ordinal == _details.c.current_version,
            _versions.c.file_format.in_(studio.formats),
            _versions.c.extraction_status.in_(("done", "partial")),
            _details.c.deleted_at.is_(None),
        )
        .distinct()
    )
    async with studio.database.reading() as connection:
        present = list((await connection.execute(statement)).scalars())
    missing = [sha256 for sha256 in present if not await studio.store.images.has(sha256)]
    async with studio.database.transaction() as connection:
        for sha256 in missing[:MAX_MISSING]:
            await enqueue(connection, _job_of(sha256))
    return len(missing[:MAX_MISSING])


async def draw(studio: Studio, running: RunningJob) -> None:
    """Draw an original unless that was done; safe to run any number of times.

    A file that cannot be drawn is noted as drawn, without pictures; one that nobody here can draw
    is left for the day when somebody can. Raises UnavailableError where the disk takes no more.
    """
    sha256 = str(running.payload["sha256"])
    images = studio.store.images
    if await images.has(sha256) or not await studio.store.exists(sha256):
        return
    async with images.folder() as folder:
        pages, summary = await _draw(studio, sha256, folder)
        if summary.code is Code.CONVERTER_MISSING:
            return
        if summary.code is Code.UNREADABLE_FILE:
            raise UnavailableError(f"Pages cannot be drawn: {summary.detail}.", _RETRY_AFTER_S)
        async with studio.database.transaction() as connection:
            # Whoever removes the original holds the lock: no picture outlives it.
            await lock_content(connection, sha256)
            version = await versions.any_of(connection, sha256)
            if version is None:
                return
            read = (version.receipt or {}).get("pages_stated")
            if read not in {None, pages}:
                _log.warning(
                    "pages drawn are not those read", sha256=sha256, read=read, drawn=pages
                )
                await asyncio.to_thread(_empty, folder)
            await images.keep(sha256, folder)
    _log.info("pages drawn", sha256=sha256, pages=summary.pages_read, code=summary.code)


async def _draw(studio: Studio, sha256: str, folder: Path) -> tuple[int | None, Summary]:
    """How many pages the file says that it has, and how drawing them ended."""
    path = studio.store.path_of(sha256)
    pages: int | None = None
    async with aclosing(sandbox.draw(path, folder, studio.limits, studio.programs)) as records:
        async for record in records:
            if isinstance(record, Document):
                pages = record.pages
            elif isinstance(record, Summary):
                return pages, record
    raise AssertionError("the sandbox ends with a summary")


def _empty(folder: Path) -> None:
    """Take out pictures that would stand beside the text of other pages."""
    for path in folder.iterdir():
        path.unlink()


def _job_of(sha256: str) -> NewJob:
    return NewJob(DRAW, {"sha256": sha256}, priority=BACKGROUND, dedupe_key=f"{DRAW}:{sha256}")
