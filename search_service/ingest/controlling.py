"""What an operator does with the queue: stop it and let it go on, and have a file read once more.

A person pauses what they have asked for themselves, an administrator everybody's as well, and lets
all of it go on. What is
being read then is read to its end; what waits stays where it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import policy
from search_service.accounts.caller import Caller
from search_service.accounts.policy import Principal
from search_service.audit.entries import Entry, record
from search_service.catalog import editing, materials, versions
from search_service.catalog.editing import Target
from search_service.db.enums import JobState
from search_service.errors import ConflictError, NotFoundError
from search_service.ingest import scheduling
from search_service.ingest.scheduling import extraction_of
from search_service.jobs import pauses, progress, queue
from search_service.jobs.pauses import EVERYBODY
from search_service.jobs.progress import JobRecord


@dataclass(frozen=True, slots=True)
class QueueState:
    """Whether the queue stands still, and how many jobs that have not ended are in which state.

    `open_jobs` counts everybody's, `own_jobs` the caller's; `paused_people` how many have paused
    their own.
    """

    paused_for_all: bool
    paused_for_me: bool
    paused_people: int
    open_jobs: Mapping[JobState, int]
    own_jobs: int


async def look(connection: AsyncConnection, principal: Principal) -> QueueState:
    """Give the state of the queue. Raises ForbiddenError for who may not upload."""
    policy.require_see_queue(principal)
    paused = await pauses.paused(connection)
    return QueueState(
        paused_for_all=EVERYBODY in paused,
        paused_for_me=principal.user_id in paused,
        paused_people=len(paused - {EVERYBODY}),
        open_jobs=await progress.count_by_state(connection),
        own_jobs=await progress.count_open(connection, principal.user_id or 0),
    )


async def pause(connection: AsyncConnection, caller: Caller, *, everybody: bool) -> None:
    """Let none of one's own jobs begin, or nobody's; twice is once. Raises ForbiddenError."""
    user_id = _concerned(caller, everybody=everybody)
    if await pauses.begin(connection, user_id, caller.principal.user_id):
        await _note(connection, caller, "queue.pause", everybody=everybody)


async def resume(connection: AsyncConnection, caller: Caller, *, everybody: bool) -> None:
    """Let them begin again; what waits meanwhile is put back. Raises ForbiddenError.

    For everybody it ends each person's own pause too, as nobody else could end that of somebody
    who left; for oneself it leaves a pause for all as it is.
    """
    user_id = _concerned(caller, everybody=everybody)
    ended = pauses.end_all(connection) if everybody else pauses.end(connection, user_id)
    if await ended:
        await put_back(connection)
        await _note(connection, caller, "queue.resume", everybody=everybody)


async def put_back(connection: AsyncConnection) -> list[int]:
    """Put every open ingest into the queue that is not in it; give their ids, the oldest first.

    One that is still paused leaves it again as soon as a worker takes it up.
    """
    found = await progress.open_jobs(connection)
    ids = {extraction_of(job.id).dedupe_key or "": job.id for job in found}
    lost = [ids[key] for key in await queue.missing(connection, list(ids))]
    for job_id in lost:
        await queue.enqueue(connection, extraction_of(job_id))
    return lost


async def cancel(connection: AsyncConnection, caller: Caller, job: JobRecord) -> JobRecord:
    """End a job; nothing of what it read is kept. Raises NotFoundError, ForbiddenError and
    ConflictError where it has ended.
    """
    material = await materials.get(connection, caller.principal, job.material_id)
    policy.require_edit(caller.principal, material.owner_id)
    ended = await progress.cancel(connection, job.id)
    await _note_job(connection, caller, "material.cancel_extraction", ended)
    return ended


async def retry(connection: AsyncConnection, caller: Caller, job: JobRecord) -> int:
    """Have the file of a job that has ended read once more; give the new job's id.

    Where that is about to happen anyway it is that job. Raises NotFoundError, ForbiddenError,
    and ConflictError where the job has not ended or a newer file has taken its place.
    """
    present = await editing.lock(connection, caller, Target(job.material_id))
    latest = await progress.latest(connection, job.material_id, job.version_ordinal)
    if latest is not None and not latest.state.is_final:
        if latest.id != job.id:
            return latest.id
        raise ConflictError(f"This job is not over: {job.state}. Cancel it first.")
    if await versions.read(connection, job.material_id, job.version_ordinal) is None:
        raise NotFoundError("The version that this job has read is gone; upload the file again.")
    if job.version_ordinal < present.current_version:
        raise ConflictError(
            f"Version {present.current_version} has taken the place of version "
            f"{job.version_ordinal}; restore that one instead.",
            current_version=present.current_version,
        )
    new_id = await scheduling.start(
        connection, caller.principal.user_id, job.material_id, job.version_ordinal
    )
    await _note_job(connection, caller, "material.extract", replace(job, id=new_id))
    return new_id


def _concerned(caller: Caller, *, everybody: bool) -> int:
    policy.require_control_queue(caller.principal, everybody=everybody)
    return EVERYBODY if everybody else caller.principal.user_id or EVERYBODY


async def _note_job(
    connection: AsyncConnection, caller: Caller, action: str, job: JobRecord
) -> None:
    facts = {"version": job.version_ordinal, "job": job.id}
    entry = Entry(caller.actor, action, "material", job.material_id, None, facts)
    await record(connection, entry)


async def _note(
    connection: AsyncConnection, caller: Caller, action: str, *, everybody: bool
) -> None:
    after: dict[str, Any] = {"everybody": everybody}
    await record(connection, Entry(caller.actor, action, "queue", None, None, after))
