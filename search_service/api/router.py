"""Everything under /api/v1 as one router."""

from litestar import HttpMethod, Router, route

from search_service.api import documentation
from search_service.api.routes import (
    auth,
    blocks,
    citations,
    deleted,
    files,
    insights,
    jobs,
    judgements,
    keys,
    lifecycle,
    materials,
    operations,
    ownership,
    page_images,
    pages,
    personas,
    pins,
    proposals,
    queue,
    ranking_weights,
    reviews,
    search,
    segments,
    suggestions,
    synonyms,
    table,
    uploads,
    users,
)
from search_service.api.validation import refuse_unknown_parameters
from search_service.config import Settings
from search_service.errors import NotFoundError
from search_service.serving.authentication import require_caller
from search_service.serving.dependencies import DEPENDENCIES

PATH = "/api/v1"
_METHODS = [HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE]


@route("/{path:path}", http_method=_METHODS, include_in_schema=False)
async def find_nothing() -> None:
    """Answer a path that nobody serves; else the pages would."""
    raise NotFoundError("There is nothing at this address; see /api/v1/docs.")


def api_router(settings: Settings) -> Router:
    """Give the routes; they answer once `app.state.services` is there."""
    known = Router(
        "/",
        route_handlers=[
            auth.ROUTER,
            users.ROUTER,
            keys.ROUTER,
            materials.ROUTER,
            uploads.router(settings.upload_max_bytes),
            files.ROUTER,
            pages.ROUTER,
            page_images.ROUTER,
            reviews.ROUTER,
            jobs.ROUTER,
            queue.ROUTER,
            personas.ROUTER,
            segments.ROUTER,
            blocks.ROUTER,
            citations.ROUTER,
            deleted.ROUTER,
            lifecycle.ROUTER,
            ownership.ROUTER,
            proposals.ROUTER,
            search.ROUTER,
            suggestions.ROUTER,
            insights.ROUTER,
            synonyms.ROUTER,
            pins.ROUTER,
            judgements.ROUTER,
            ranking_weights.ROUTER,
            table.ROUTER,
            operations.ROUTER,
            documentation.ROUTER,
        ],
        dependencies=DEPENDENCIES,
        guards=[require_caller, refuse_unknown_parameters],
    )
    return Router(PATH, route_handlers=[known, find_nothing])
