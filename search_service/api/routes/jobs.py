"""Jobs that read files: their state, by asking or as a stream, and their end on request."""

from collections.abc import AsyncIterator, Sequence
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
from search_service.api.schemas.jobs import FollowQuery, Job, JobQuery, Jobs
from search_service.api.validation import query_opt, read_query
from search_service.catalog import materials
from search_service.errors import NotFoundError
from search_service.ingest import controlling
from search_service.jobs import progress
from search_service.jobs.progress import JobFilter, JobRecord
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.following import Followed, find_job, find_jobs, follow
from search_service.serving.heads import is_head
from search_service.serving.services import Services


@get("/jobs", opt=READ | query_opt(JobQuery))
async def list_jobs(
    request: Request[Any, Any, Any], services: TheServices, caller: TheCaller
) -> Jobs:
    """List jobs of materials that the caller may see, newest first; a page may hold fewer."""
    query = read_query(request, JobQuery)
    principal = caller.principal
    sees_all = policy.is_admin(principal)
    async with services.database.reading() as connection:
        if query.material_id is not None:
            material = await materials.get(connection, principal, query.material_id)
            sees_all = sees_all or policy.may_edit(principal, material.owner_id)
        wanted = JobFilter(
            material_id=query.material_id,
            requested_by=None if sees_all else principal.user_id or 0,
            states=tuple(query.state) or None,
            before_id=cursors.decode(query.cursor),
            limit=query.limit,
        )
        found = await progress.find(connection, wanted)
        ids = list({record.material_id for record in found})
        visible = {each.id for each in await materials.get_many(connection, principal, ids)}
    more = len(found) == query.limit
    return Jobs(
        tuple(_shown(record) for record in found if record.material_id in visible),
        cursors.encode(found[-1].id) if more else None,
    )


@get("/jobs/{job_id:int}", opt=READ)
async def get_job(services: TheServices, caller: TheCaller, job_id: PathId) -> Job:
    """Give one job."""
    return _shown(await find_job(services, caller.principal, job_id))


@post("/jobs/{job_id:int}/cancel", status_code=200, opt=WRITE)
async def cancel_job(services: TheServices, caller: TheCaller, job_id: PathId) -> Job:
    """End a job that has not ended; nothing of what it read is kept."""
    record = await find_job(services, caller.principal, job_id)
    async with services.database.transaction() as connection:
        return _shown(await controlling.cancel(connection, caller, record))


@post("/jobs/{job_id:int}/retry", status_code=202, opt=WRITE)
async def retry_job(services: TheServices, caller: TheCaller, job_id: PathId) -> Response[Job]:
    """Read the file of a job that has ended once more; Location names the new job."""
    record = await find_job(services, caller.principal, job_id)
    async with services.database.transaction() as connection:
        new_id = await controlling.retry(connection, caller, record)
        job = await progress.get(connection, new_id)
    return Response(_shown(job), status_code=202, headers={"Location": links.job(new_id)})


@get("/jobs/{job_id:int}/events", opt=READ, media_type="text/event-stream")
async def stream_job(
    request: Request[Any, Any, Any], services: TheServices, caller: TheCaller, job_id: PathId
) -> Response[Any]:
    """Follow a job: an event `progress` at each change, `end` with its last state."""
    await find_job(services, caller.principal, job_id)
    return await _stream(request, services, caller.principal, [job_id])


@get("/jobs/events", opt=READ | query_opt(FollowQuery), media_type="text/event-stream")
async def stream_jobs(
    request: Request[Any, Any, Any], services: TheServices, caller: TheCaller
) -> Response[Any]:
    """Follow several jobs at once: each as it stands first, an event `progress` at each change of
    one, `end` with its last state; the stream ends when all have. Jobs that are none of the
    caller's are left out.
    """
    query = read_query(request, FollowQuery)
    return await _stream(request, services, caller.principal, query.id)


async def _stream(
    request: Request[Any, Any, Any], services: Services, principal: Principal, ids: Sequence[int]
) -> Response[Any]:
    found = await find_jobs(services, principal, ids)
    if not found:
        raise NotFoundError("There are no such jobs; list the jobs.")
    if is_head(request.scope):
        return Response(b"", media_type="text/event-stream")
    return ServerSentEvent(_events(follow(request, found)), retry_duration=2000)


async def _events(
    looks: AsyncIterator[list[Followed]],
) -> AsyncIterator[ServerSentEventMessage]:
    async for changed in looks:
        if not changed:
            yield ServerSentEventMessage(comment="still here")
        for each in changed:
            event = "end" if each.job.state.is_final else "progress"
            data = msgspec.json.encode(_shown(each.job)).decode()
            yield ServerSentEventMessage(event=event, data=data)


def _shown(record: JobRecord) -> Job:
    own = {
        name: getattr(record, name)
        for name in Job.__struct_fields__
        if name not in {"version", "is_final"}
    }
    return Job(**own, version=record.version_ordinal, is_final=record.state.is_final)


ROUTER = Router(
    "/",
    route_handlers=[list_jobs, stream_jobs, get_job, cancel_job, retry_job, stream_job],
    tags=["Jobs"],
)
