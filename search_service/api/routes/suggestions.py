"""What completes a query, and what is like a material or a slide."""

from typing import Any

from litestar import Request, Router, get
from msgspec import convert

from search_service.accounts import policy
from search_service.api import links
from search_service.api.routes.materials import READ
from search_service.api.routes.paths import PathId, PathNumber
from search_service.api.schemas.suggestions import (
    SimilarMaterial,
    SimilarMaterials,
    SimilarQuery,
    SimilarSlide,
    Suggestion,
    SuggestionQuery,
    Suggestions,
)
from search_service.api.validation import query_opt, read_query
from search_service.catalog import materials, pages
from search_service.catalog.pages import VersionKey
from search_service.search.similar import Like, LikeSlide, Source, similar
from search_service.search.suggest import suggest
from search_service.serving.authentication import scoped
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.services import Services


@get("/suggest", opt=scoped(policy.SEARCH) | query_opt(SuggestionQuery))
async def list_suggestions(
    request: Request[Any, Any, Any], services: TheServices, caller: TheCaller
) -> Suggestions:
    """Complete what is typed: by titles, products and keywords that the caller may see, and by what
    three people or more searched for and opened, if all of its words stand in a material that the
    caller may see.
    """
    query = read_query(request, SuggestionQuery)
    async with services.database.reading() as connection:
        found = await suggest(connection, caller.principal, query.q, query.limit)
    return Suggestions(tuple(convert(each, Suggestion, from_attributes=True) for each in found))


@get("/materials/{material_id:int}/similar", opt=READ | query_opt(SimilarQuery))
async def list_similar_to_material(
    request: Request[Any, Any, Any], services: TheServices, caller: TheCaller, material_id: PathId
) -> SimilarMaterials:
    """List materials that share the words which tell this one apart."""
    limit = read_query(request, SimilarQuery).limit
    async with services.database.reading() as connection:
        material = await materials.get(connection, caller.principal, material_id)
        source = Source(material_id, material.language)
        found = await similar(connection, caller.principal, source, limit)
    return SimilarMaterials(tuple(_shown(services, like) for like in found))


@get(
    "/materials/{material_id:int}/pages/{page_number:int}/similar",
    opt=READ | query_opt(SimilarQuery),
)
async def list_similar_to_page(
    request: Request[Any, Any, Any],
    services: TheServices,
    caller: TheCaller,
    material_id: PathId,
    page_number: PathNumber,
) -> SimilarMaterials:
    """List other materials with a page that shares the words which tell this page apart."""
    limit = read_query(request, SimilarQuery).limit
    async with services.database.reading() as connection:
        material = await materials.get(connection, caller.principal, material_id)
        version = VersionKey(material_id, material.current_version)
        await pages.get(connection, caller.principal, version, page_number)
        source = Source(material_id, material.language, page_number)
        found = await similar(connection, caller.principal, source, limit)
    return SimilarMaterials(tuple(_shown(services, like) for like in found))


def _shown(services: Services, like: Like) -> SimilarMaterial:
    return SimilarMaterial(
        material_id=like.material_id,
        url=links.material(services.settings, like.material_id),
        name=like.name,
        material_type=like.material_type,
        status=like.status,
        language=like.language,
        score=like.score,
        shared_words=like.shared_words,
        slide=_slide(services, like.material_id, like.slide) if like.slide else None,
    )


def _slide(services: Services, material_id: int, slide: LikeSlide) -> SimilarSlide:
    url = links.page(services.settings, material_id, slide.page_number, slide.version)
    return SimilarSlide(slide.page_number, url, slide.title)


ROUTER = Router(
    "/",
    route_handlers=[list_suggestions, list_similar_to_material, list_similar_to_page],
    tags=["Search"],
)
