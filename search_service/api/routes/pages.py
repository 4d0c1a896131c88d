"""What was read of a material, page by page."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, Router, get

from search_service.accounts import policy
from search_service.api import links
from search_service.api.routes.materials import READ
from search_service.api.routes.paths import PathId, PathNumber
from search_service.api.schemas.materials import Page, Pages, VersionQuery
from search_service.api.schemas.reviews import ExtractedTexts
from search_service.api.schemas.sharing import shareable_of
from search_service.api.validation import query_opt, read_query
from search_service.catalog import materials, pages, sharing, versions
from search_service.catalog.pages import PageRecord, ReviewedPage, VersionKey
from search_service.catalog.sharing import Sharing
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.services import Services


@get("/materials/{material_id:int}/pages", opt=READ | query_opt(VersionQuery))
async def list_pages(
    request: Request[Any, Any, Any], services: TheServices, caller: TheCaller, material_id: PathId
) -> Pages:
    """Give every page of a version with what was read and what looks wrong."""
    wanted = read_query(request, VersionQuery).version
    async with services.database.reading() as connection:
        material = await materials.get(connection, caller.principal, material_id)
        version = await versions.get(connection, caller.principal, material_id, wanted)
        ordinal = version.ordinal
        found = await pages.find_reviewed(connection, caller.principal, material_id, ordinal)
        known = await sharing.look(connection, caller.principal, [material_id])
    view = PageView(material_id, policy.may_edit(caller.principal, material.owner_id), known)
    items = tuple(shown(services, view, item) for item in found)
    return Pages(material_id, ordinal, items)


@get("/materials/{material_id:int}/pages/{page_number:int}", opt=READ | query_opt(VersionQuery))
async def get_page(
    request: Request[Any, Any, Any],
    services: TheServices,
    caller: TheCaller,
    material_id: PathId,
    page_number: PathNumber,
) -> Response[Page]:
    """Give one page; its ETag changes with what is shown of it."""
    wanted = read_query(request, VersionQuery).version
    async with services.database.reading() as connection:
        material = await materials.get(connection, caller.principal, material_id)
        version = await versions.get(connection, caller.principal, material_id, wanted)
        key = VersionKey(material_id, version.ordinal)
        found = await pages.get_reviewed(connection, caller.principal, key, page_number)
        known = await sharing.look(connection, caller.principal, [material_id])
    view = PageView(material_id, policy.may_edit(caller.principal, material.owner_id), known)
    page = shown(services, view, found)
    return Response(page, headers={"ETag": found.etag, "Cache-Control": "private, no-cache"})


@dataclass(frozen=True, slots=True)
class PageView:
    """Whose pages are shown, and to whom."""

    material_id: int
    may_edit: bool
    sharing: Sharing


def shown(services: Services, view: PageView, reviewed: ReviewedPage) -> Page:
    """Give a page as it was corrected; to an editor also what was extracted."""
    material_id, may_edit = view.material_id, view.may_edit
    page, correction = reviewed.page, reviewed.correction
    own = {name: getattr(page, name) for name in PageRecord.__dataclass_fields__}
    extracted = None
    if correction is not None and may_edit:
        extracted = ExtractedTexts(
            correction.extracted_title, correction.extracted_body, correction.extracted_notes
        )
    return Page(
        **own,
        url=links.page(services.settings, material_id, page.page_number, reviewed.ordinal),
        image_path=links.page_image(material_id, page.page_number, reviewed.ordinal),
        hidden_from_search=reviewed.hidden_from_search,
        corrected_fields=tuple(sorted(correction.changes)) if correction else (),
        correction_id=correction.id if correction and may_edit else None,
        extracted=extracted,
        shareable=shareable_of(view.sharing.of_record(material_id, reviewed.ordinal, page)),
    )


ROUTER = Router("/", route_handlers=[list_pages, get_page], tags=["Pages"])
