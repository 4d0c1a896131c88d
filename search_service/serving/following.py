"""Jobs followed as they go on, for whoever may know of them: what streams of events are made of.

A job is its requester's and of whoever may change its material; for everybody else there is none.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from search_service.accounts import policy
from search_service.accounts.policy import Principal
from search_service.catalog import materials
from search_service.errors import NotFoundError, ServiceError
from search_service.jobs import progress
from search_service.jobs.progress import JobRecord
from search_service.serving.authentication import Connection, caller_of, principal_again
from search_service.serving.services import Services, services_of

LOOK_EVERY_S = 0.5
SIGN_OF_LIFE_S = 15.0
# A browser's EventSource comes back by itself; a server that stops need not wait for longer.
LONGEST_STREAM_S = 300.0
MOST_JOBS = 200


@dataclass(frozen=True, slots=True)
class Followed:
    """A job, and what the material is called whose file it reads."""

    job: JobRecord
    name: str


async def find_job(services: Services, principal: Principal, job_id: int) -> JobRecord:
    """Give one job. Raises NotFoundError where it is none of the principal's business."""
    found = await find_jobs(services, principal, [job_id])
    if not found:
        raise NotFoundError("There is no such job; list the jobs.")
    return found[0].job


async def find_jobs(
    services: Services, principal: Principal, job_ids: Sequence[int]
) -> list[Followed]:
    """Give those of the jobs that the principal may know of, in the order asked for."""
    async with services.database.reading() as connection:
        jobs = await progress.get_many(connection, job_ids)
        ids = list({job.material_id for job in jobs.values()})
        visible = await materials.get_many(connection, principal, ids)
    by_id = {material.id: material for material in visible}
    return [
        Followed(job, by_id[job.material_id].name)
        for job in (jobs[job_id] for job_id in dict.fromkeys(job_ids) if job_id in jobs)
        if job.material_id in by_id
        and (
            job.requested_by == principal.user_id
            or policy.may_edit(principal, by_id[job.material_id].owner_id)
        )
    ]


def follow(connection: Connection, found: Sequence[Followed]) -> AsyncIterator[list[Followed]]:
    """Yield all of them first and then those that changed; an empty list is a sign of life.

    Ends when all have ended or are gone, and after LONGEST_STREAM_S: whoever comes back is told
    everything anew. Every look asks again who the caller is and what they may know.

    Raises TooManyRequestsError at once where the caller follows as many streams as they may.
    """
    services_of(connection).streams.require_room(caller_of(connection).principal.user_id)
    return _counted(connection, found)


async def _counted(
    connection: Connection, found: Sequence[Followed]
) -> AsyncIterator[list[Followed]]:
    streams = services_of(connection).streams
    with streams.counted(caller_of(connection).principal.user_id):
        async for changed in _looks(connection, found):
            yield changed


async def _looks(
    connection: Connection, found: Sequence[Followed]
) -> AsyncIterator[list[Followed]]:
    services = services_of(connection)
    began = told = time.monotonic()
    shown: dict[int, JobRecord] = {}
    while found and time.monotonic() - began < LONGEST_STREAM_S:
        changed = [each for each in found if shown.get(each.job.id) != each.job]
        if changed or time.monotonic() - told >= SIGN_OF_LIFE_S:
            shown |= {each.job.id: each.job for each in changed}
            told = time.monotonic()
            yield changed
        left = [each.job.id for each in found if not each.job.state.is_final]
        if not left:
            return
        await asyncio.sleep(LOOK_EVERY_S)
        try:
            principal = await principal_again(connection)
            found = await find_jobs(services, principal, left)
        except ServiceError:
            return  # signed out, or the database is away: whoever follows asks again
