"""All pages and static files: `HANDLERS`, and `show_error` for a path that nobody serves.

That is all that `app.py` needs to know: templates are rendered in `rendering`. Every page asks
for a signed-in caller, but for those that say that they are public.
"""

from litestar import Router

from search_service.serving.authentication import require_caller
from search_service.serving.dependencies import DEPENDENCIES
from search_service.web import materials, reviewing, searching, signing, uploading
from search_service.web.failures import FAILURES, show_error
from search_service.web.templating import static_router

__all__ = ["HANDLERS", "show_error"]

PAGES = Router(
    path="/",
    route_handlers=[
        *signing.HANDLERS,
        *searching.HANDLERS,
        *materials.HANDLERS,
        *uploading.HANDLERS,
        *reviewing.HANDLERS,
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
