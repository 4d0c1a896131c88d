"""Where templates and static files are, and what templates may call. It holds no page.

`app.py` takes `template_config()`; the static files are among `handlers.HANDLERS`.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Router
from litestar.contrib.jinja import JinjaTemplateEngine
from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig

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


def template_config() -> TemplateConfig[JinjaTemplateEngine]:
    """Give the engine for `Litestar(template_config=…)`: escapes everything, knows no default."""
    # Litestar's own engine would be made without StrictUndefined.
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(_FILTERS)
    environment.globals["asset"] = asset
    return TemplateConfig(instance=JinjaTemplateEngine.from_environment(environment))


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
