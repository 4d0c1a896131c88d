"""Jobs that read files: their state, by asking or as a stream, and their end on request.

A job is its requester's and of whoever may change its material; for everybody else there is none.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.response import ServerSentEvent
from litestar.response.sse import ServerSentEventMessage

from search_service.accounts import policy
from search_service.accounts.policy import Principal
from search_service.api import cursors, links
from search_service.api.routes.materials import READ, WRITE
from search_service.api.routes.paths import PathId
from search_service.api.schemas.jobs import Job, JobQuery, Jobs
from search_service.api.validation import query_opt, read_query
from search_service.catalog import materials
from search_service.errors import NotFoundError, ServiceError
from search_service.ingest import controlling
from search_service.jobs import progress
from search_service.jobs.progress import JobFilter, JobRecord
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.heads import is_head
from search_service.serving.services import Services

LOOK_EVERY_S = 0.5
SIGN_OF_LIFE_S = 15.0
# A browser's EventSource comes back by itself; a server that stops need not wait for longer.
LONGEST_STREAM_S = 300.0


@get("/jobs", opt=READ | query_opt(JobQuery))
async def list_jobs(
    request: Request[Any, Any, Any], services: TheServices, caller: TheCaller
) -> Jobs:
    """List jobs, newest first."""
    query = read_query(request, JobQuery)
    principal = caller.principal
    sees_all = policy.is_admin(principal)
    async with services.database.reading() as connection:
        if query.material_id is not None:
            material = await materials.get(connection, principal, query.material_id)
            sees_all = sees_all or policy.may_edit(principal, material.owner_id)
        wanted = JobFilter(
            material_ids=None if query.material_id is None else (query.material_id,),
            requested_by=None if sees_all else principal.user_id or 0,
            states=tuple(query.state) or None,
            before_id=cursors.decode(query.cursor),
            limit=query.limit,
        )
        found = await progress.find(connection, wanted)
    more = len(found) == query.limit
    return Jobs(
        tuple(_shown(record) for record in found), cursors.encode(found[-1].id) if more else None
    )


@get("/jobs/{job_id:int}", opt=READ)
async def get_job(services: TheServices, caller: TheCaller, job_id: PathId) -> Job:
    """Give one job."""
    return _shown(await _find(services, caller.principal, job_id))


@post("/jobs/{job_id:int}/cancel", status_code=200, opt=WRITE)
async def cancel_job(services: TheServices, caller: TheCaller, job_id: PathId) -> Job:
    """End a job that has not ended; nothing of what it read is kept."""
    record = await _find(services, caller.principal, job_id)
    async with services.database.transaction() as connection:
        material = await materials.get(connection, caller.principal, record.material_id)
        policy.require_edit(caller.principal, material.owner_id)
        return _shown(await progress.cancel(connection, job_id))


@post("/jobs/{job_id:int}/retry", status_code=202, opt=WRITE)
async def retry_job(services: TheServices, caller: TheCaller, job_id: PathId) -> Response[Job]:
    """Read the file of a job that has ended once more; Location names the new job."""
    record = await _find(services, caller.principal, job_id)
    async with services.database.transaction() as connection:
        new_id = await controlling.retry(connection, caller, record)
        job = await progress.get(connection, new_id)
    return Response(_shown(job), status_code=202, headers={"Location": links.job(new_id)})


@get("/jobs/{job_id:int}/events", opt=READ, media_type="text/event-stream")
async def stream_job(
    request: Request[Any, Any, Any], services: TheServices, caller: TheCaller, job_id: PathId
) -> Response[Any]:
    """Follow a job: an event `progress` at each change, `end` with its last state."""
    record = await _find(services, caller.principal, job_id)
    if is_head(request.scope):
        return Response(b"", media_type="text/event-stream")
    return ServerSentEvent(_events(services, caller.principal, record), retry_duration=2000)


async def _events(
    services: Services, principal: Principal, record: JobRecord
) -> AsyncIterator[ServerSentEventMessage]:
    began = told = time.monotonic()
    shown: JobRecord | None = None
    while time.monotonic() - began < LONGEST_STREAM_S:
        if record != shown:
            shown, told = record, time.monotonic()
            yield _message("end" if record.state.is_final else "progress", record)
        if record.state.is_final:
            return
        if time.monotonic() - told >= SIGN_OF_LIFE_S:
            told = time.monotonic()
            yield ServerSentEventMessage(comment="still here")
        await asyncio.sleep(LOOK_EVERY_S)
        try:
            record = await _find(services, principal, record.id)
        except ServiceError:
            return  # the material is gone, or the database is: whoever follows asks again


def _message(event: str, record: JobRecord) -> ServerSentEventMessage:
    data = msgspec.json.encode(_shown(record)).decode()
    return ServerSentEventMessage(event=event, data=data)


async def _find(services: Services, principal: Principal, job_id: int) -> JobRecord:
    async with services.database.reading() as connection:
        record = await progress.get(connection, job_id)
        visible = await materials.get_many(connection, principal, [record.material_id])
    own = record.requested_by == principal.user_id
    if any(own or policy.may_edit(principal, material.owner_id) for material in visible):
        return record
    raise NotFoundError("There is no such job.")


def _shown(record: JobRecord) -> Job:
    own = {
        name: getattr(record, name)
        for name in Job.__struct_fields__
        if name not in {"version", "is_final"}
    }
    return Job(**own, version=record.version_ordinal, is_final=record.state.is_final)


ROUTER = Router(
    "/", route_handlers=[list_jobs, get_job, cancel_job, retry_job, stream_job], tags=["Jobs"]
)
