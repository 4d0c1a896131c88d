"""The library's metadata as one table in CSV, out and in."""

from litestar import Response, Router, get

from search_service.api.routes.materials import READ
from search_service.serving.dependencies import TheCaller, TheServices


@get("/metadata.csv", opt=READ, media_type="text/csv")
async def get_table(services: TheServices, caller: TheCaller) -> Response[str]:
    """Give the metadata of the visible materials as a table; POST takes the same back."""
    raise NotImplementedError


ROUTER = Router("/", route_handlers=[get_table], tags=["Materials"])
