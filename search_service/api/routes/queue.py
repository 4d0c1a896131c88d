"""The queue of files as a whole: how it stands, and stopping it for a while."""

from litestar import Router, get, post
from litestar.params import JSONBody

from search_service.api.routes.materials import READ, WRITE
from search_service.api.schemas.jobs import Queue, QueueControl
from search_service.ingest import controlling
from search_service.ingest.controlling import QueueState
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.services import Services


@get("/queue", opt=READ)
async def get_queue(services: TheServices, caller: TheCaller) -> Queue:
    """Tell whether the queue stands still, and how much is in it."""
    async with services.database.reading() as connection:
        return _shown(services, await controlling.look(connection, caller.principal))


@post("/queue/pause", status_code=200, opt=WRITE)
async def pause_queue(
    services: TheServices, caller: TheCaller, data: JSONBody[QueueControl]
) -> Queue:
    """Let no further file be read; what is being read is read to its end."""
    async with services.database.transaction() as connection:
        await controlling.pause(connection, caller, everybody=data.everybody)
        return _shown(services, await controlling.look(connection, caller.principal))


@post("/queue/resume", status_code=200, opt=WRITE)
async def resume_queue(
    services: TheServices, caller: TheCaller, data: JSONBody[QueueControl]
) -> Queue:
    """Let files be read again: one's own, or with `everybody` those of whoever has paused."""
    async with services.database.transaction() as connection:
        await controlling.resume(connection, caller, everybody=data.everybody)
        return _shown(services, await controlling.look(connection, caller.principal))


def _shown(services: Services, state: QueueState) -> Queue:
    return Queue(
        paused_for_all=state.paused_for_all,
        paused_for_me=state.paused_for_me,
        paused_people=state.paused_people,
        open_jobs=dict(state.open_jobs),
        own_jobs=state.own_jobs,
        limit=services.settings.queue_limit,
    )


ROUTER = Router("/", route_handlers=[get_queue, pause_queue, resume_queue], tags=["Jobs"])
