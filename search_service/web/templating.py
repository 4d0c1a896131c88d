"""Where templates and static files are, and what templates may call. It holds no page.

Templates are rendered here and not by Litestar's engine, which would need a setting of the
application and puts names into templates that nothing here uses.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Router
from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

from search_service.serving.authentication import PUBLIC
from search_service.web.views import wording

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
STATIC_PATH = "/static"
# A changed file has another address (`asset`), so a browser need never ask again.
_CACHING = CacheControlHeader(public=True, max_age=31_536_000, immutable=True)
_FILTERS: dict[str, Callable[..., Any]] = {
    "counted": wording.counted,
    "day": wording.day,
    "language": wording.language,
    "size": wording.size,
    "warning": wording.warning,
}


@cache
def environment() -> Environment:
    """Give the templates: everything is escaped, and a name that nobody gave is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(_FILTERS)
    made.globals["asset"] = asset
    return made


def static_router() -> Router:
    """Give the router of the static files, open to everybody."""
    return create_static_files_router(
        path=STATIC_PATH,
        directories=[STATIC],
        opt=dict(PUBLIC),
        send_as_attachment=False,
        include_in_schema=False,
        cache_control=_CACHING,
        name="web:static",
    )


@cache
def asset(name: str) -> str:
    """Give the address of a static file; it changes with the file's bytes."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"{STATIC_PATH}/{name}?v={digest[:12]}"
