"""What was read of a material, page by page."""

from typing import Any

from litestar import Request, Router, get

from search_service.api import links
from search_service.api.routes.materials import READ
from search_service.api.routes.paths import PathId, PathNumber
from search_service.api.schemas.materials import Page, Pages, VersionQuery
from search_service.api.validation import query_opt, read_query
from search_service.catalog import pages, versions
from search_service.catalog.pages import PageRecord, VersionKey
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.services import Services


@get("/materials/{material_id:int}/pages", opt=READ | query_opt(VersionQuery))
async def list_pages(
    request: Request[Any, Any, Any], services: TheServices, caller: TheCaller, material_id: PathId
) -> Pages:
    """Give every page of a version with what was read and what looks wrong."""
    wanted = read_query(request, VersionQuery).version
    async with services.database.reading() as connection:
        version = await versions.get(connection, caller.principal, material_id, wanted)
        key = VersionKey(material_id, version.ordinal)
        found = await pages.find(connection, caller.principal, material_id, version.ordinal)
    return Pages(material_id, key.ordinal, tuple(_shown(services, key, page) for page in found))


@get("/materials/{material_id:int}/pages/{page_number:int}", opt=READ | query_opt(VersionQuery))
async def get_page(
    request: Request[Any, Any, Any],
    services: TheServices,
    caller: TheCaller,
    material_id: PathId,
    page_number: PathNumber,
) -> Page:
    """Give one page."""
    wanted = read_query(request, VersionQuery).version
    async with services.database.reading() as connection:
        version = await versions.get(connection, caller.principal, material_id, wanted)
        key = VersionKey(material_id, version.ordinal)
        page = await pages.get(connection, caller.principal, key, page_number)
    return _shown(services, key, page)


def _shown(services: Services, key: VersionKey, page: PageRecord) -> Page:
    values = {name: getattr(page, name) for name in Page.__struct_fields__ if name != "url"}
    url = links.page(services.settings, key.material_id, page.page_number, key.ordinal)
    return Page(**values, url=url)


ROUTER = Router("/", route_handlers=[list_pages, get_page], tags=["Pages"])
