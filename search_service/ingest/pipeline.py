"""Writes what was read of a material, in one transaction: all of it or nothing.

Doing it again with the same file leaves the same rows; what a person edited stays.
"""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.catalog import corrections, pages, publication, reviewing, scores, versions
from search_service.catalog.pages import PageRecord, VersionKey
from search_service.catalog.versions import Extraction
from search_service.db.enums import JobState, MaterialStatus
from search_service.db.tables import Material, MaterialDetails
from search_service.files.store import relative_path
from search_service.ingest import drawing, guess, messages
from search_service.ingest.guess import FileFacts
from search_service.ingest.preparation import Manner, Prepared, arrange, fingerprints
from search_service.ingest.receipt import Reading, incomplete_pages, receipt_of
from search_service.ingest.writing import keywords_of, write_texts
from search_service.jobs import progress
from search_service.jobs.progress import JobRecord, Outcome

_materials: Any = Material.__table__
_details: Any = MaterialDetails.__table__


@dataclass(frozen=True, slots=True)
class _State:
    """What the transaction must know of the material before it writes."""

    status: MaterialStatus | None
    current_version: int
    edited_fields: frozenset[str]
    guessed_fields: frozenset[str]


async def write(
    connection: AsyncConnection, job: JobRecord, reading: Reading, prepared: Prepared
) -> bool:
    """Write pages, passages, blocks, keywords, receipt and scores, and end the job.

    The pages' pictures are a job of their own, which it enqueues.

    False: the job was cancelled, the material deleted or given a newer version meanwhile, and
    nothing was written.
    """
    state = await _lock(connection, job)
    if state is None:
        return False
    version = await versions.read(connection, job.material_id, job.version_ordinal)
    assert version is not None
    if state.current_version != version.ordinal:
        path = relative_path(version.sha256)
        await versions.make_present(connection, job.material_id, version.ordinal, path)
    await _write_pages(connection, VersionKey(job.material_id, version.ordinal), prepared)
    code = reading.summary.code
    extraction = Extraction(reading.summary.status, code, receipt_of(reading))
    await versions.note_extraction(connection, job.material_id, version.ordinal, extraction)
    corrected = await _corrected(connection, job.material_id, reading, prepared)
    columns = await _columns(connection, job, state, corrected)
    await write_texts(connection, job.material_id, corrected, columns)
    await drawing.schedule(connection, version)
    held_back = await publication.settle(connection, job.material_id, version.ordinal)
    return await progress.finish(connection, job.id, _outcome(reading, held_back))


async def write_refusal(
    connection: AsyncConnection, job: JobRecord, code: str | None, receipt: dict[str, Any] | None
) -> bool:
    """Note that the file could not be read and why; the material stays as it is.

    False: the job had ended meanwhile.
    """
    if await _lock(connection, job) is None:
        return False
    extraction = Extraction("refused", code, receipt)
    await versions.note_extraction(connection, job.material_id, job.version_ordinal, extraction)
    await scores.refresh(connection, job.material_id)
    refused = Outcome(JobState.REFUSED, code, messages.refusal(code))
    return await progress.finish(connection, job.id, refused)


async def _lock(connection: AsyncConnection, job: JobRecord) -> _State | None:
    """The material's state; None where the job has nothing to write to any more."""
    statement = (
        select(
            _materials.c.status,
            _details.c.current_version,
            _details.c.edited_fields,
            _details.c.guessed_fields,
        )
        .join(_details, _details.c.material_id == _materials.c.id)
        .where(_materials.c.id == job.material_id, _details.c.deleted_at.is_(None))
        .with_for_update(of=_materials)
    )
    row = (await connection.execute(statement)).one_or_none()
    present = await progress.lock(connection, job.id)
    if row is None or present is None or present.state.is_final:
        return None
    if row.current_version > job.version_ordinal:
        return None
    return _State(
        row.status,
        row.current_version,
        frozenset(row.edited_fields),
        frozenset(row.guessed_fields),
    )


async def _write_pages(
    connection: AsyncConnection, version: VersionKey, prepared: Prepared
) -> None:
    """Replace the pages; an acceptance goes with them where they say something else."""
    before = await pages.read_extracted(connection, version)
    if [_said(page) for page in before] != [_said(page) for page in prepared.pages]:
        await reviewing.forget_acceptance(connection, version.material_id, version.ordinal)
    await pages.write(connection, version, prepared.pages)


def _said(page: PageRecord) -> PageRecord:
    # A stored size has fewer digits.
    return replace(page, width=None, height=None)


async def _corrected(
    connection: AsyncConnection, material_id: int, reading: Reading, prepared: Prepared
) -> Prepared:
    """What was prepared, with the corrections that fit what was read."""
    if not await corrections.of_material(connection, material_id):
        return prepared
    manner = Manner.of(reading)
    marks = await asyncio.to_thread(fingerprints, prepared.pages, manner)
    fitting = await corrections.place(connection, material_id, marks)
    return await asyncio.to_thread(arrange, prepared.pages, manner, fitting)


async def _columns(
    connection: AsyncConnection, job: JobRecord, state: _State, prepared: Prepared
) -> dict[str, Any]:
    """What extraction may fill of materials: keywords, and a better guess of the type."""
    columns: dict[str, Any] = {}
    if "keywords" not in state.edited_fields:
        columns["keywords"] = await keywords_of(connection, job.material_id, prepared)
    if "material_type" in state.guessed_fields:
        version = await versions.read(connection, job.material_id, job.version_ordinal)
        assert version is not None
        facts = FileFacts(
            version.file_name, version.file_format, len(prepared.pages), prepared.words
        )
        columns["material_type"] = guess.material_type_of(facts)
    return columns


def _outcome(reading: Reading, held_back: str | None) -> Outcome:
    if reading.summary.status == "partial":
        code = reading.summary.code
        told = messages.partial(code, incomplete_pages(reading))
        return Outcome(JobState.PARTIAL, code, f"{told} {held_back}" if held_back else told)
    return Outcome(JobState.DONE, message=held_back)
