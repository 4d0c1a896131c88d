"""What stands beside a search: completions of the box, and more like what is open."""

from dataclasses import replace

from litestar import get

from search_service.accounts.policy import SEARCH, Principal
from search_service.catalog.materials import MaterialRecord
from search_service.errors import QueryTimeoutError
from search_service.search.similar import Source, similar
from search_service.search.suggest import suggest
from search_service.serving.authentication import scoped
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.services import Services
from search_service.web.rendering import Page, WebRequest, fragment
from search_service.web.views.addresses import MAX_TEXT
from search_service.web.views.suggested import MoreLike, choices_of, more_like

SUGGESTED = 6
LIKE = 5


@get("/suggest", opt=scoped(SEARCH), name="web:suggest")
async def show_suggestions(request: WebRequest, services: TheServices, caller: TheCaller) -> Page:
    """Give the options of the box's list for what is typed."""
    typed = request.query_params.get("q", "")[:MAX_TEXT]
    async with services.database.reading() as connection:
        found = await suggest(connection, caller.principal, typed, SUGGESTED)
    return fragment(request, "parts/suggestions.html", choices=choices_of(found))


async def like_material(
    services: Services, principal: Principal, material: MaterialRecord
) -> tuple[MoreLike, ...]:
    """Give what is like a material that the principal may see."""
    return await _like(services, principal, Source(material.id, material.language))


async def like_page(
    services: Services, principal: Principal, material: MaterialRecord, number: int
) -> tuple[MoreLike, ...]:
    """Give what is like a page of a material that the principal may see."""
    source = Source(material.id, material.language)
    return await _like(services, principal, replace(source, page_number=number))


async def _like(services: Services, principal: Principal, source: Source) -> tuple[MoreLike, ...]:
    """Nothing where it takes too long: the page is worth more than its aside."""
    try:
        async with services.database.reading() as connection:
            found = await similar(connection, principal, source, LIKE)
    except QueryTimeoutError:
        return ()
    return tuple(more_like(each) for each in found)


HANDLERS = (show_suggestions,)
