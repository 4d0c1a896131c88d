"""Where else a slide stands, and the list of one's own materials that went stale."""

from litestar import get

from search_service.accounts.policy import WRITE, Principal
from search_service.catalog import reuse, staleness
from search_service.serving.authentication import scoped
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.services import Services
from search_service.web.rendering import Page, WebRequest, page
from search_service.web.views.reused import (
    Place,
    ReviewReuse,
    places_of,
    review_reuse,
    stale_of,
)


@get("/library/stale", opt=scoped(WRITE), name="web:stale")
async def show_stale(request: WebRequest, services: TheServices, caller: TheCaller) -> Page:
    """List one's own materials of which a page is published in newer words elsewhere."""
    async with services.database.reading() as connection:
        found = await staleness.of_owner(connection, caller.principal)
    return page(request, "stale.html", "library", rows=stale_of(found))


async def beside_page(
    services: Services, principal: Principal, material_id: int, number: int
) -> tuple[Place, ...]:
    """Give where else stands what stands on a page that the principal may see."""
    async with services.database.reading() as connection:
        return places_of(await reuse.of_page(connection, principal, material_id, number))


async def beside_pages(
    services: Services, principal: Principal, material_id: int
) -> dict[int, ReviewReuse]:
    """Give the same for each page of a material, by number."""
    async with services.database.reading() as connection:
        return review_reuse(await reuse.of_material(connection, principal, material_id))


HANDLERS = (show_stale,)
