"""What became of uploaded files, followed while they are read; the queue stopped and let go on."""

import json
from collections.abc import AsyncIterator

from litestar import get, post
from litestar.response import Response, ServerSentEvent
from litestar.response.sse import ServerSentEventMessage

from search_service.accounts import policy
from search_service.accounts.policy import READ, WRITE
from search_service.catalog import materials
from search_service.catalog.metadata import MAX_ID
from search_service.errors import InvalidInputError, NotFoundError
from search_service.ingest import controlling
from search_service.jobs import progress
from search_service.jobs.progress import JobFilter
from search_service.serving.authentication import scoped
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.following import MOST_JOBS, Followed, find_job, find_jobs, follow
from search_service.serving.heads import is_head
from search_service.web.materials import PathNumber, require_id
from search_service.web.rendering import Flash, Page, WebRequest, page, piece, redirect
from search_service.web.views.progress import progress_of
from search_service.web.views.queued import QueuePageState, queue_of

PAGE = 50


@get("/queue", opt=scoped(READ), name="web:queue")
async def show_queue(request: WebRequest, services: TheServices, caller: TheCaller) -> Page:
    """List what became of one's own files, or, for administrators, of everybody's."""
    principal = caller.principal
    state = QueuePageState.read(request.query_params)
    everybody = state.everybody and policy.is_admin(principal)
    wanted = JobFilter(
        requested_by=None if everybody else principal.user_id or 0,
        states=state.states,
        newest_only=True,
        before_id=state.before_id,
        limit=PAGE + 1,
    )
    async with services.database.reading() as connection:
        queue = await controlling.look(connection, principal)
        found = await progress.find(connection, wanted)
        ids = list({job.material_id for job in found[:PAGE]})
        visible = await materials.get_many(connection, principal, ids)
    by_id = {material.id: material for material in visible}
    known = [(job, by_id[job.material_id]) for job in found[:PAGE] if job.material_id in by_id]
    next_id = found[PAGE - 1].id if len(found) > PAGE else None
    return page(
        request, "queue.html", "library", view=queue_of(state, principal, queue, known, next_id)
    )


@get("/queue/events", opt=scoped(READ), media_type="text/event-stream")
async def stream_progress(
    request: WebRequest, services: TheServices, caller: TheCaller
) -> Response[bytes] | ServerSentEvent:
    """Follow the jobs of a page: each event holds the piece that takes a job's place there."""
    found = await find_jobs(services, caller.principal, _asked(request))
    if not found:
        raise NotFoundError("There are no such jobs; list the jobs.")
    if is_head(request.scope):
        return Response(b"", media_type="text/event-stream")
    return ServerSentEvent(_events(follow(request, found)), retry_duration=2000)


@post("/queue/pause", opt=scoped(WRITE), status_code=303)
async def pause(request: WebRequest, services: TheServices, caller: TheCaller) -> Response[None]:
    """Let none of one's own files begin, or, with `everybody`, nobody's."""
    everybody = "everybody" in await request.form()
    async with services.database.transaction() as connection:
        await controlling.pause(connection, caller, everybody=everybody)
    return redirect("/queue", Flash.PAUSED)


@post("/queue/resume", opt=scoped(WRITE), status_code=303)
async def resume(request: WebRequest, services: TheServices, caller: TheCaller) -> Response[None]:
    """End one's own pause, or, with `everybody`, the one for all."""
    everybody = "everybody" in await request.form()
    async with services.database.transaction() as connection:
        await controlling.resume(connection, caller, everybody=everybody)
    return redirect("/queue", Flash.RESUMED)


@post("/queue/jobs/{job_id:int}/cancel", opt=scoped(WRITE), status_code=303)
async def cancel(services: TheServices, caller: TheCaller, job_id: PathNumber) -> Response[None]:
    """End a job; nothing of what it read is kept."""
    require_id(job_id)
    job = await find_job(services, caller.principal, job_id)
    async with services.database.transaction() as connection:
        await controlling.cancel(connection, caller, job)
    return redirect("/queue", Flash.CANCELLED)


@post("/queue/jobs/{job_id:int}/retry", opt=scoped(WRITE), status_code=303)
async def retry(services: TheServices, caller: TheCaller, job_id: PathNumber) -> Response[None]:
    """Read the file of a job that came to nothing once more."""
    require_id(job_id)
    job = await find_job(services, caller.principal, job_id)
    async with services.database.transaction() as connection:
        await controlling.retry(connection, caller, job)
    return redirect("/queue", Flash.READING_AGAIN)


async def _events(
    looks: AsyncIterator[list[Followed]],
) -> AsyncIterator[ServerSentEventMessage]:
    async for changed in looks:
        if not changed:
            yield ServerSentEventMessage(comment="still here")
        for each in changed:
            html = piece("parts/progress.html", item=progress_of(each.job, each.name))
            data = json.dumps({"id": each.job.id, "html": html})
            yield ServerSentEventMessage(event="job", data=data)
    yield ServerSentEventMessage(event="end", data="{}")


def _asked(request: WebRequest) -> list[int]:
    given = request.query_params.getall("job", [])[:MOST_JOBS]
    if not all(each.isascii() and each.isdecimal() and len(each) < 11 for each in given):
        raise InvalidInputError("A job is named by its number, as in /queue/events?job=12.")
    return [number for number in map(int, given) if number <= MAX_ID]


HANDLERS = (show_queue, stream_progress, pause, resume, cancel, retry)
