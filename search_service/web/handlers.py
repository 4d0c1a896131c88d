"""All pages, under one router; what `app.py` needs of the web application.

`Litestar(route_handlers=[*HANDLERS, …], template_config=template_config())`. Guards and
dependencies (`serving.authentication.require_caller`, `serving.dependencies.DEPENDENCIES`) are the
application's own; pages that anybody may see say so themselves.
"""

from litestar import Router

from search_service.web import materials, reviewing, searching, signing, uploading
from search_service.web.failures import FAILURES, show_error
from search_service.web.templating import static_router, template_config

__all__ = ["HANDLERS", "show_error", "template_config"]

HANDLERS = (
    Router(
        path="/",
        route_handlers=[
            *signing.HANDLERS,
            *searching.HANDLERS,
            *materials.HANDLERS,
            *uploading.HANDLERS,
            *reviewing.HANDLERS,
        ],
        exception_handlers=FAILURES,
        include_in_schema=False,
    ),
    static_router(),
)
