"""All pages and static files: `HANDLERS` is what `app.py` takes, and all that it needs to know.

Every page asks for a signed-in caller, but for those that say that they are public.
"""

from litestar import Router, get

from search_service.errors import NotFoundError
from search_service.serving.authentication import PUBLIC, find_identity, require_caller
from search_service.serving.dependencies import DEPENDENCIES
from search_service.web import materials, reviewing, searching, signing, uploading
from search_service.web.failures import FAILURES
from search_service.web.rendering import Page, WebRequest
from search_service.web.templating import static_router


@get("/{path:path}", opt=PUBLIC)
async def show_missing(request: WebRequest) -> Page:
    """Say that a path leads nowhere; what stands in it is not told to strangers either."""
    await find_identity(request)
    raise NotFoundError("This page does not exist, or no longer.")


PAGES = Router(
    path="/",
    route_handlers=[
        *signing.HANDLERS,
        *searching.HANDLERS,
        *materials.HANDLERS,
        *uploading.HANDLERS,
        *reviewing.HANDLERS,
        show_missing,
    ],
    guards=[require_caller],
)
HANDLERS = (
    Router(
        path="/",
        route_handlers=[PAGES, uploading.UPLOADS],
        dependencies=DEPENDENCIES,
        exception_handlers=FAILURES,
        include_in_schema=False,
    ),
    static_router(),
)
