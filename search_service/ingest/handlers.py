"""What the jobs do: read a file with progress and write it; count statistics anew; tidy up.

Handlers own their transactions. The composition root hands `handlers_of` to the worker.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Self

from extractors import sandbox
from extractors.limits import Limits
from extractors.programs import NO_PROGRAMS, Programs, find_programs
from extractors.types import Summary
from search_service.catalog import scores, versions
from search_service.catalog.editing import RETIRE
from search_service.catalog.refresh import REFRESH_STATISTICS
from search_service.catalog.staleness import RESCORE
from search_service.catalog.versions import VersionRecord
from search_service.config import Settings
from search_service.db import failures
from search_service.db.engine import Database
from search_service.db.enums import JobState
from search_service.embedding.encoder import Encoder
from search_service.errors import ServiceError
from search_service.files.store import FileStore
from search_service.index import statistics
from search_service.ingest import (
    controlling,
    drawing,
    embeddings,
    keywording,
    maintenance,
    messages,
    pipeline,
)
from search_service.ingest.drawing import DRAW, Studio
from search_service.ingest.embeddings import EMBED
from search_service.ingest.keywording import KEYWORDS
from search_service.ingest.maintenance import DEFAULT_RETENTION, MAINTAIN, Retention
from search_service.ingest.preparation import prepare
from search_service.ingest.reading import read_file
from search_service.ingest.receipt import Reading, receipt_of
from search_service.ingest.scheduling import EXTRACT, extraction_of
from search_service.jobs import pauses, progress
from search_service.jobs.progress import JobRecord, Outcome
from search_service.jobs.queue import enqueue, withdraw
from search_service.jobs.worker import MAX_ATTEMPTS, Handler, RunningJob, is_retryable
from search_service.log import get_logger

# A file that took its worker down that often is left alone; no fewer than the queue's attempts.
MAX_STARTS = MAX_ATTEMPTS
# For the scanned pages of one file: 200, at two to three seconds each.
RECOGNISING_S = 600.0
OUTDATED = Outcome(
    JobState.CANCELLED,
    "cancelled",
    "A newer file took the place of this one, or the material was deleted: nothing is left to do.",
)

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Workshop:
    """What the handlers work with."""

    database: Database
    store: FileStore
    limits: Limits = sandbox.DEFAULT_LIMITS
    retention: Retention = DEFAULT_RETENTION
    encoder: Encoder | None = None
    programs: Programs = NO_PROGRAMS

    @classmethod
    def of(
        cls,
        database: Database,
        store: FileStore,
        settings: Settings,
        encoder: Encoder | None = None,
    ) -> Self:
        """Give a workshop that reads whatever an upload may bring."""
        limits = replace(
            sandbox.DEFAULT_LIMITS,
            file_bytes=settings.upload_max_bytes,
            recognising_s=RECOGNISING_S,
        )
        programs = find_programs(settings.soffice, settings.tesseract, settings.ocr_languages)
        return cls(database, store, limits, Retention.of(settings), encoder, programs)


class _CancelledError(Exception):
    """Somebody ended the job while its file was read."""


def handlers_of(workshop: Workshop) -> Mapping[str, Handler]:
    """Give what each job's name means."""
    return {
        EXTRACT: partial(extract, workshop),
        DRAW: partial(drawing.draw, studio_of(workshop)),
        REFRESH_STATISTICS: partial(refresh_statistics, workshop),
        MAINTAIN: partial(maintain, workshop),
        EMBED: partial(embed, workshop),
        RESCORE: partial(rescore, workshop),
        RETIRE: partial(retire, workshop),
        KEYWORDS: partial(refresh_keywords, workshop),
    }


def studio_of(workshop: Workshop) -> Studio:
    """Give what drawing pages takes of a workshop."""
    return Studio(workshop.database, workshop.store, workshop.limits, workshop.programs)


async def fill_queue(database: Database) -> None:
    """Put in what must be there for a worker's start: every open ingest, and the tidying up."""
    await requeue_open(database)
    async with database.transaction() as connection:
        await maintenance.schedule(connection, maintenance.FIRST_AFTER_S)


async def requeue_open(database: Database) -> None:
    """Put every open ingest into the queue that is not in it; for the worker's start.

    The queue keeps a job through any crash; this mends what an operator or a bug took from it.
    """
    async with database.transaction() as connection:
        lost = await controlling.put_back(connection)
    if lost:
        _log.warning("open ingests had left the queue", job_ids=lost)


async def refresh_statistics(workshop: Workshop, _job: RunningJob) -> None:
    """Count the search statistics anew if enough has changed."""
    async with workshop.database.transaction() as connection:
        await statistics.refresh_if_due(connection)


async def maintain(workshop: Workshop, _job: RunningJob) -> None:
    """Tidy up, and ask for the next time first, whatever becomes of this one."""
    async with workshop.database.transaction() as connection:
        await maintenance.schedule(connection, maintenance.HOUR_S)
        await keywording.schedule(connection)
    await maintenance.maintain(workshop.database, workshop.store, workshop.retention)
    await drawing.schedule_missing(studio_of(workshop))


async def embed(workshop: Workshop, running: RunningJob) -> None:
    """Give the passages of a material their vectors; nothing where that is switched off."""
    if workshop.encoder:
        material_id = int(running.payload["material_id"])
        await embeddings.embed_material(workshop.database, workshop.encoder, material_id)


async def rescore(workshop: Workshop, running: RunningJob) -> None:
    """Refresh the scores of materials that another one made stale, or no more."""
    for material_id in running.payload["material_ids"]:
        async with workshop.database.transaction() as connection:
            await scores.rescore(connection, int(material_id))


async def retire(workshop: Workshop, _job: RunningJob) -> None:
    """Archive at once what else would wait for the hour."""
    await maintenance.retire_due(workshop.database, datetime.now(UTC).date())


async def refresh_keywords(workshop: Workshop, _job: RunningJob) -> None:
    """Look again at keywords that rest on a library of another size."""
    changed = await keywording.refresh(workshop.database)
    _log.info("keywords refreshed", materials=changed)


async def extract(workshop: Workshop, running: RunningJob) -> None:
    """Read the file of an ingest job and write what was read; safe to run any number of times.

    A job of somebody who has paused the queue leaves it, and stays open. Raises retryable errors
    while there are attempts left; else the job ends as failed.
    """
    job_id = int(running.payload["job_id"])
    try:
        await _extract(workshop, job_id)
    except _CancelledError:
        _log.info("ingest cancelled", job_id=job_id)
    except Exception as error:
        if running.is_last_attempt or not is_retryable(error):
            await _fail(workshop, job_id, error)
        else:
            await _put_off(workshop, job_id)
        raise


async def _extract(workshop: Workshop, job_id: int) -> None:
    started = await _start(workshop, job_id)
    if started is None:
        return
    job, version = started
    path = workshop.store.path_of(version.sha256)
    tell = partial(_tell, workshop, job)
    reading = await read_file(path, workshop.limits, tell, workshop.programs)
    await _note_read(workshop, job, reading)
    if isinstance(reading, Summary):
        await _refuse(workshop, job, reading.code, None)
    elif reading.summary.status == "refused":
        await _refuse(workshop, job, reading.summary.code, reading)
    else:
        prepared = await asyncio.to_thread(prepare, reading)
        async with workshop.database.transaction() as connection:
            written = await pipeline.write(connection, job, reading, prepared)
            if not written:
                await progress.finish(connection, job.id, OUTDATED)
            elif workshop.encoder:
                await enqueue(connection, embeddings.job_after(job))
        _log.info("ingest ended", job_id=job.id, written=written, pages=len(reading.pages))


async def _start(workshop: Workshop, job_id: int) -> tuple[JobRecord, VersionRecord] | None:
    async with workshop.database.transaction() as connection:
        waiting = await progress.lock(connection, job_id)
        if waiting is None or waiting.state.is_final:
            return None
        if await pauses.hold_back(connection, waiting.requested_by):
            await progress.set_queued(connection, job_id, None)
            await withdraw(connection, extraction_of(job_id))
            return None
        job = await progress.start(connection, job_id)
        if job is None:
            return None
        version = await versions.read(connection, job.material_id, job.version_ordinal)
        if version is None:
            await progress.finish(connection, job.id, OUTDATED)
            return None
        if job.attempts > MAX_STARTS:
            refused = Outcome(
                JobState.REFUSED, "parser_crashed", messages.refusal("parser_crashed")
            )
            await progress.finish(connection, job.id, refused)
            return None
        return job, version


async def _tell(workshop: Workshop, job: JobRecord, pages_done: int, total: int | None) -> None:
    async with workshop.database.transaction() as connection:
        if not await progress.set_pages(connection, job.id, pages_done, total):
            raise _CancelledError


async def _note_read(workshop: Workshop, job: JobRecord, reading: Reading | Summary) -> None:
    async with workshop.database.transaction() as connection:
        if not await progress.set_indexing(connection, job.id, *_pages_of(reading)):
            raise _CancelledError


def _pages_of(reading: Reading | Summary) -> tuple[int, int | None]:
    if isinstance(reading, Summary):
        return 0, None
    done = len(reading.pages)
    return done, max(reading.document.pages or 0, done)


async def _refuse(
    workshop: Workshop, job: JobRecord, code: str | None, reading: Reading | None
) -> None:
    async with workshop.database.transaction() as connection:
        receipt = receipt_of(reading) if reading else None
        if not await pipeline.write_refusal(connection, job, code, receipt):
            await progress.finish(connection, job.id, OUTDATED)
    _log.info("ingest refused", job_id=job.id, code=code)


async def _put_off(workshop: Workshop, job_id: int) -> None:
    """Say that the job waits to be tried again, unless what is away is the database itself."""
    with suppress(ServiceError):
        async with workshop.database.transaction() as connection:
            await progress.set_queued(connection, job_id, messages.TRIED_AGAIN)


async def _fail(workshop: Workshop, job_id: int, error: Exception) -> None:
    _log.error("ingest failed", job_id=job_id, exc_info=error)
    meaning = error if isinstance(error, ServiceError) else failures.translate(error)
    code = meaning.code if meaning else ServiceError.code
    message = messages.AWAY if is_retryable(error) else messages.fault(job_id)
    async with workshop.database.transaction() as connection:
        await progress.finish(connection, job_id, Outcome(JobState.FAILED, code, message))
