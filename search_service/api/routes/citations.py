"""Citations: of a page, and what became of one."""

from typing import Annotated, Any, TypeAlias

from litestar import Request, Router, get
from litestar.params import PathParameter

from search_service.api import links
from search_service.api.routes.materials import READ
from search_service.api.routes.paths import PathId, PathNumber
from search_service.api.schemas.citations import (
    CheckedCitation,
    Citation,
    CitationPlace,
    CitationQuery,
    CitedPassage,
    CitedPassages,
)
from search_service.api.schemas.sharing import shareable_of
from search_service.api.validation import query_opt, read_query
from search_service.catalog import citations, materials, pages, sharing
from search_service.catalog.citations import Checked, CitationState, Cited
from search_service.catalog.pages import VersionKey
from search_service.catalog.sharing import Sharing
from search_service.config import Settings
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.services import Services

ContentHash: TypeAlias = Annotated[str, PathParameter(pattern=r"^[0-9a-f]{64}$")]
_MESSAGES = {
    CitationState.CURRENT: "The passage stands as it was cited.",
    CitationState.CHANGED: "The page says something else by now; read it before you quote it.",
    CitationState.SUPERSEDED: "A newer version of the file does not say this any more.",
    CitationState.GONE: "The material is gone, or you may not see it.",
}


@get("/materials/{material_id:int}/pages/{page_number:int}/citations", opt=READ)
async def list_citations(
    services: TheServices, caller: TheCaller, material_id: PathId, page_number: PathNumber
) -> CitedPassages:
    """Give the citation of each passage of a page."""
    async with services.database.reading() as connection:
        material = await materials.get(connection, caller.principal, material_id)
        version = VersionKey(material_id, material.current_version)
        await pages.get(connection, caller.principal, version, page_number)
        found = await citations.of_page(connection, caller.principal, material_id, page_number)
    return CitedPassages(tuple(_cited(services.settings, passage) for passage in found))


@get("/citations/{content_hash:str}", opt=READ | query_opt(CitationQuery))
async def check_citation(
    request: Request[Any, Any, Any],
    services: TheServices,
    caller: TheCaller,
    content_hash: ContentHash,
) -> CheckedCitation:
    """Say what became of a cited passage: current, changed, superseded or gone."""
    query = read_query(request, CitationQuery)
    cited = None if query.material_id is None else Cited(query.material_id, query.version)
    async with services.database.reading() as connection:
        found = await citations.check(connection, caller.principal, content_hash, cited)
        places = [(place.material_id, place.page_number) for place in found.places]
        known = await sharing.look(
            connection, caller.principal, {each for each, _ in places}, places
        )
    return _checked(services, content_hash, found, known)


def _cited(settings: Settings, passage: citations.CitedPassage) -> CitedPassage:
    place = passage.place
    url = links.page(settings, place.material_id, place.page_number, place.version)
    return CitedPassage(
        citation=Citation(
            material_id=place.material_id,
            version=place.version,
            page_number=place.page_number,
            content_hash=passage.content_hash,
            url=url,
            check=links.citation(settings, passage.content_hash, place.material_id, place.version),
        ),
        line=f"{place.material_name}, page {place.page_number}, version {place.version}: {url}",
        title=passage.title,
        text=passage.body,
    )


def _checked(
    services: Services, content_hash: str, found: Checked, known: Sharing
) -> CheckedCitation:
    settings, material = services.settings, found.material
    return CheckedCitation(
        state=found.state,
        content_hash=content_hash,
        message=_MESSAGES[found.state],
        material_url=links.material(settings, material.id) if material else None,
        present_version=material.current_version if material else None,
        places=tuple(
            CitationPlace(
                material_id=place.material_id,
                material_name=place.material_name,
                version=place.version,
                page_number=place.page_number,
                url=links.page(settings, place.material_id, place.page_number, place.version),
                shareable=shareable_of(known.of_page(place.material_id, place.page_number)),
            )
            for place in found.places
        ),
    )


ROUTER = Router("/", route_handlers=[list_citations, check_citation], tags=["Citations"])
