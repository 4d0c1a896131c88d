"""The composition root: one application from settings, with everything that it runs.

Opened in this order and closed in the other: database server, schema, services, worker.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from litestar import Litestar
from litestar.datastructures import State

from search_service.accounts.passwords import Passwords
from search_service.api.documentation import openapi_config
from search_service.api.problems import EXCEPTION_HANDLERS
from search_service.api.router import api_router
from search_service.config import Settings
from search_service.db import startup
from search_service.ingest import drawing
from search_service.ingest import handlers as ingest_handlers
from search_service.ingest.handlers import Workshop
from search_service.jobs import seats
from search_service.jobs.worker import WorkerOptions, run_worker
from search_service.log import get_logger
from search_service.serving.forms import CheckedRequest
from search_service.serving.heads import with_heads
from search_service.serving.request_ids import with_request_ids
from search_service.serving.services import Services
from search_service.web.handlers import HANDLERS as PAGES

# A form, a search or a change of metadata; uploads have a limit of their own.
BODY_MAX_BYTES = 1024 * 1024
MAX_FORM_PARTS = 500

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AppOptions:
    """What an application has beside the API: pages, and a worker of its own."""

    web: bool = True
    worker: bool = True
    passwords: Passwords | None = None


def create_app(settings: Settings, options: AppOptions | None = None) -> Litestar:
    """Make the application; nothing is opened before its lifespan begins."""
    chosen = options or AppOptions()

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            url = await startup.prepare(settings)
            await stack.enter_async_context(startup.watched(settings))
            services = Services.open(settings, url, chosen.passwords)
            stack.push_async_callback(services.close)
            await stack.enter_async_context(services.search_log.writing())
            await services.store.remove_leftovers()
            await services.searcher.warm()
            app.state.services = services
            if chosen.worker:
                await stack.enter_async_context(_worker(services, url))
            yield

    app = Litestar(
        route_handlers=[api_router(settings), *(PAGES if chosen.web else ())],
        exception_handlers=EXCEPTION_HANDLERS,
        lifespan=[lifespan],
        logging_config=None,
        multipart_form_part_limit=MAX_FORM_PARTS,
        openapi_config=openapi_config(),
        request_class=CheckedRequest,
        request_max_body_size=BODY_MAX_BYTES,
        state=State(),
        debug=False,
    )
    app.asgi_handler = with_request_ids(with_heads(app.asgi_handler))
    return app


@asynccontextmanager
async def _worker(services: Services, url: str) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(work(services, url, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def work(services: Services, url: str, stop: asyncio.Event) -> None:
    """Work off jobs until `stop` is set: the worker inside an application, or one alone."""
    workshop = Workshop.of(services.database, services.store, services.settings, services.encoder)
    options = WorkerOptions(
        concurrency=seats.count(services.settings.worker_concurrency),
        at_once={drawing.DRAW: drawing.AT_ONCE},
        on_connected=lambda: ingest_handlers.fill_queue(services.database),
    )
    await run_worker(url, ingest_handlers.handlers_of(workshop), stop, options)
