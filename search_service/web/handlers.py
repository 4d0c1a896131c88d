"""All pages and static files: `HANDLERS` is what `app.py` takes, and all that it needs to know.

Templates are rendered in `rendering`, without Litestar's engine. Every page asks for a signed-in
caller, but for those that say that they are public.
"""

from typing import Annotated

from litestar import Router, get
from litestar.params import PathParameter

from search_service.errors import NotFoundError
from search_service.serving.authentication import PUBLIC, find_identity, require_caller
from search_service.serving.dependencies import DEPENDENCIES
from search_service.web import (
    correcting,
    deleting,
    downloading,
    handing_over,
    lifecycle,
    materials,
    picturing,
    proposing,
    queueing,
    reused,
    reviewing,
    searching,
    signing,
    suggesting,
    uploading,
    versioning,
)
from search_service.web.failures import FAILURES
from search_service.web.rendering import Page, WebRequest
from search_service.web.templating import static_router

__all__ = ["HANDLERS"]


@get("/{path:path}", opt=PUBLIC)
async def show_missing(request: WebRequest, path: Annotated[str, PathParameter()]) -> Page:  # noqa: ARG001 - Litestar gives it
    """Say that a path leads nowhere, to whoever asks."""
    await find_identity(request)
    raise NotFoundError("This page does not exist, or no longer.")


PAGES = Router(
    path="/",
    route_handlers=[
        *signing.HANDLERS,
        *searching.HANDLERS,
        *suggesting.HANDLERS,
        *materials.HANDLERS,
        *downloading.HANDLERS,
        *picturing.HANDLERS,
        *uploading.HANDLERS,
        *queueing.HANDLERS,
        *reviewing.HANDLERS,
        *correcting.HANDLERS,
        *reused.HANDLERS,
        *deleting.HANDLERS,
        *lifecycle.HANDLERS,
        *handing_over.HANDLERS,
        *proposing.HANDLERS,
        show_missing,
    ],
    guards=[require_caller],
)
HANDLERS = (
    Router(
        path="/",
        route_handlers=[PAGES, uploading.UPLOADS, versioning.VERSIONS],
        dependencies=DEPENDENCIES,
        exception_handlers=FAILURES,
        include_in_schema=False,
    ),
    static_router(),
)
