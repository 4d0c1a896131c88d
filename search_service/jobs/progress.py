"""State and progress of reading one version of a material: the table ingest_jobs.

It does not decide who may see a job, and does no work; callers own the transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.enums import JobState
from search_service.db.tables import IngestJob
from search_service.errors import ConflictError, NotFoundError

_jobs: Any = IngestJob.__table__


@dataclass(frozen=True, slots=True)
class JobRecord:
    """Where one ingest stands; `code` and `message` say why it is not done."""

    id: int
    material_id: int
    version_ordinal: int
    state: JobState
    pages_done: int
    pages_total: int | None
    code: str | None
    message: str | None
    attempts: int
    requested_by: int | None
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an ingest ended; `state` is a final one."""

    state: JobState
    code: str | None = None
    message: str | None = None


CANCELLED = Outcome(
    JobState.CANCELLED,
    "cancelled",
    "Cancelled on request; nothing of it was kept. Have the file read again whenever you like.",
)
DELETED = Outcome(
    JobState.CANCELLED,
    "cancelled",
    "Cancelled, as the material was deleted. If it was restored, have the file read again.",
)


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs to list, newest first; `before_id` continues a list."""

    material_id: int | None = None
    version_ordinal: int | None = None
    requested_by: int | None = None
    states: tuple[JobState, ...] | None = None
    newest_only: bool = False
    """Of several jobs for one version only the last."""
    before_id: int | None = None
    limit: int = 50


async def create(
    connection: AsyncConnection, material_id: int, version_ordinal: int, requested_by: int | None
) -> int:
    """Note a new ingest as queued; give its id."""
    statement = (
        _jobs.insert()
        .values(material_id=material_id, version_ordinal=version_ordinal, requested_by=requested_by)
        .returning(_jobs.c.id)
    )
    return int((await connection.execute(statement)).scalar_one())


async def start(connection: AsyncConnection, job_id: int) -> JobRecord | None:
    """Note that a worker takes the job up, once more if it did before.

    None: the job is not there or has ended, so there is nothing to do.
    """
    statement = (
        update(_jobs)
        .where(_jobs.c.id == job_id, _jobs.c.finished_at.is_(None))
        .values(
            state=JobState.EXTRACTING,
            attempts=_jobs.c.attempts + 1,
            pages_done=0,
            message=None,
            started_at=func.coalesce(_jobs.c.started_at, func.now()),
            updated_at=func.now(),
        )
        .returning(_jobs)
    )
    row = (await connection.execute(statement)).mappings().one_or_none()
    return None if row is None else _record(row)


async def set_pages(
    connection: AsyncConnection, job_id: int, pages_done: int, pages_total: int | None
) -> bool:
    """Note how many pages have been read; False when the job has ended, as by a cancellation."""
    return await _change(
        connection, job_id, pages_done=pages_done, pages_total=pages_total, message=None
    )


async def set_indexing(
    connection: AsyncConnection, job_id: int, pages_done: int, pages_total: int | None
) -> bool:
    """Note that everything has been read and is being written; False when the job has ended."""
    read = {"pages_done": pages_done, "pages_total": pages_total, "message": None}
    return await _change(connection, job_id, state=JobState.INDEXING, **read)


async def set_queued(connection: AsyncConnection, job_id: int, message: str | None) -> bool:
    """Note that the job waits once more, and why; False when it has ended."""
    return await _change(connection, job_id, state=JobState.QUEUED, message=message)


async def finish(connection: AsyncConnection, job_id: int, outcome: Outcome) -> bool:
    """Note how the job ended; False when it had ended before."""
    return await _change(
        connection,
        job_id,
        state=outcome.state,
        code=outcome.code,
        message=outcome.message,
        finished_at=func.now(),
    )


async def cancel(connection: AsyncConnection, job_id: int) -> JobRecord:
    """End a job that has not ended; a worker notices within a second and keeps nothing.

    Raises NotFoundError, and ConflictError where the job has ended.
    """
    ended = await finish(connection, job_id, CANCELLED)
    job = await get(connection, job_id)
    if not ended:
        raise ConflictError(
            f"This job is over: {job.state}. There is nothing left to cancel.",
            state=job.state.value,
        )
    return job


async def cancel_open(connection: AsyncConnection, material_id: int) -> int:
    """End every open job of a material that is deleted; give how many there were."""
    statement = (
        update(_jobs)
        .where(_jobs.c.material_id == material_id, _jobs.c.finished_at.is_(None))
        .values(
            state=DELETED.state,
            code=DELETED.code,
            message=DELETED.message,
            finished_at=func.now(),
            updated_at=func.now(),
        )
    )
    return int((await connection.execute(statement)).rowcount)


async def lock(connection: AsyncConnection, job_id: int) -> JobRecord | None:
    """Give the job and keep others from changing it until the transaction ends."""
    statement = select(_jobs).where(_jobs.c.id == job_id).with_for_update()
    row = (await connection.execute(statement)).mappings().one_or_none()
    return None if row is None else _record(row)


async def get(connection: AsyncConnection, job_id: int) -> JobRecord:
    """Give one job. Raises NotFoundError."""
    statement = select(_jobs).where(_jobs.c.id == job_id)
    row = (await connection.execute(statement)).mappings().one_or_none()
    if row is None:
        raise NotFoundError("There is no such job; list the jobs.")
    return _record(row)


async def get_many(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, JobRecord]:
    """Give the jobs that there are of `ids`, by id."""
    rows = await connection.execute(select(_jobs).where(_jobs.c.id.in_(ids)))
    return {row["id"]: _record(row) for row in rows.mappings()}


async def find(connection: AsyncConnection, wanted: JobFilter) -> list[JobRecord]:
    """List jobs, newest first."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.material_id is not None:
        conditions.append(_jobs.c.material_id == wanted.material_id)
    if wanted.version_ordinal is not None:
        conditions.append(_jobs.c.version_ordinal == wanted.version_ordinal)
    if wanted.requested_by is not None:
        conditions.append(_jobs.c.requested_by == wanted.requested_by)
    if wanted.states is not None:
        conditions.append(_jobs.c.state.in_([state.value for state in wanted.states]))
    if wanted.newest_only:
        later = _jobs.alias()
        conditions.append(
            ~select(later.c.id)
            .where(
                later.c.material_id == _jobs.c.material_id,
                later.c.version_ordinal == _jobs.c.version_ordinal,
                later.c.id > _jobs.c.id,
            )
            .exists()
        )
    if wanted.before_id is not None:
        conditions.append(_jobs.c.id < wanted.before_id)
    statement = select(_jobs).where(*conditions).order_by(_jobs.c.id.desc()).limit(wanted.limit)
    return [_record(row) for row in (await connection.execute(statement)).mappings()]


async def latest(
    connection: AsyncConnection, material_id: int, version_ordinal: int | None = None
) -> JobRecord | None:
    """Give the newest job of a material, or of one of its versions."""
    wanted = JobFilter(material_id=material_id, version_ordinal=version_ordinal, limit=1)
    jobs = await find(connection, wanted)
    return jobs[0] if jobs else None


async def latest_of(
    connection: AsyncConnection, material_ids: Sequence[int]
) -> dict[int, JobRecord]:
    """Give the newest job of each of the materials that has one, by the material's id."""
    statement = (
        select(_jobs)
        .ext(distinct_on(_jobs.c.material_id))
        .where(_jobs.c.material_id.in_(material_ids))
        .order_by(_jobs.c.material_id, _jobs.c.id.desc())
    )
    rows = (await connection.execute(statement)).mappings()
    return {row["material_id"]: _record(row) for row in rows}


async def open_jobs(connection: AsyncConnection) -> list[JobRecord]:
    """List every job that has not ended, oldest first."""
    statement = select(_jobs).where(_jobs.c.finished_at.is_(None)).order_by(_jobs.c.id)
    return [_record(row) for row in (await connection.execute(statement)).mappings()]


async def count_open(connection: AsyncConnection, requested_by: int | None = None) -> int:
    """Count the jobs that have not ended: all, or those that somebody has asked for."""
    statement = select(func.count()).select_from(_jobs).where(_jobs.c.finished_at.is_(None))
    if requested_by is not None:
        statement = statement.where(_jobs.c.requested_by == requested_by)
    return int(await connection.scalar(statement) or 0)


async def count_by_state(connection: AsyncConnection) -> dict[JobState, int]:
    """Count the jobs that have not ended by the state that they are in."""
    statement = (
        select(_jobs.c.state, func.count())
        .where(_jobs.c.finished_at.is_(None))
        .group_by(_jobs.c.state)
    )
    return {JobState(state): count for state, count in await connection.execute(statement)}


async def _change(connection: AsyncConnection, job_id: int, **values: Any) -> bool:
    statement = (
        update(_jobs)
        .where(_jobs.c.id == job_id, _jobs.c.finished_at.is_(None))
        .values(updated_at=func.now(), **values)
    )
    return bool((await connection.execute(statement)).rowcount)


def _record(row: Any) -> JobRecord:
    return JobRecord(**dict(row) | {"state": JobState(row["state"])})
