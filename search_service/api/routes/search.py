"""Search: the same answer by GET, which can be shared, and by POST, which holds more."""

from typing import Any

from litestar import Request, Router, get, post
from litestar.params import JSONBody
from msgspec import convert

from search_service.accounts import policy
from search_service.accounts.caller import Caller
from search_service.api import links
from search_service.api.schemas.search import (
    Correction,
    Facet,
    Hit,
    Named,
    ScorePart,
    SearchAnswer,
    SearchQuery,
    SearchWarning,
    SlideHit,
    Snippet,
)
from search_service.api.validation import query_opt, read_query
from search_service.config import Settings
from search_service.errors import InvalidInputError
from search_service.search import answer as answers
from search_service.search.facets import RECENT_DAYS
from search_service.search.request import SearchRequest
from search_service.search.tree import Field
from search_service.serving.authentication import scoped
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.services import Services

SEARCH = scoped(policy.SEARCH)


@get("/search", opt=SEARCH | query_opt(SearchQuery))
async def search_by_query(
    request: Request[Any, Any, Any], services: TheServices, caller: TheCaller
) -> SearchAnswer:
    """Search; a facet is a repeated parameter, as in `persona=3&persona=CTO`."""
    return await _search(services, caller, read_query(request, SearchQuery))


@post("/search", status_code=200, opt=SEARCH)
async def search_by_body(
    services: TheServices, caller: TheCaller, data: JSONBody[SearchQuery]
) -> SearchAnswer:
    """Search with the same parameters as a JSON body."""
    return await _search(services, caller, data)


async def _search(services: Services, caller: Caller, query: SearchQuery) -> SearchAnswer:
    unknown = [bucket for bucket in query.updated if bucket not in RECENT_DAYS]
    if unknown:
        raise InvalidInputError(
            f"{unknown[0]!r} is no span of time; use one of {', '.join(RECENT_DAYS)}.",
            field="updated",
        )
    answer = await services.searcher.search(caller.principal, _request(query))
    return _answer(services.settings, answer)


def _request(query: SearchQuery) -> SearchRequest:
    selection = {
        field: tuple(str(value) for value in getattr(query, field))
        for field in Field
        if getattr(query, field)
    }
    return SearchRequest(
        text=query.q,
        selection=selection,
        match=query.match,
        sort=query.sort,
        limit=query.limit,
        slides=query.slides,
        cursor=query.cursor,
        correct=query.correct,
        facets=query.facets,
        explain=query.explain,
    )


def _answer(settings: Settings, answer: answers.Answer) -> SearchAnswer:
    return SearchAnswer(
        query=answer.query,
        total=answer.total,
        partial=answer.partial,
        hits=tuple(_hit(settings, hit) for hit in answer.hits),
        facets=tuple(convert(facet, Facet, from_attributes=True) for facet in answer.facets),
        warnings=tuple(SearchWarning(item.code, item.message) for item in answer.warnings),
        corrected=tuple(Correction(item.typed, item.used) for item in answer.corrected),
        did_you_mean=answer.did_you_mean,
        next_cursor=answer.next_cursor,
        took_ms=answer.took_ms,
    )


_SAME = frozenset(Hit.__struct_fields__) - {
    "url", "name_highlights", "personas", "segments", "owner", "slides", "explanation",
}  # fmt: skip


def _hit(settings: Settings, hit: answers.Hit) -> Hit:
    return Hit(
        **{name: getattr(hit, name) for name in _SAME},
        url=links.material(settings, hit.material_id),
        name_highlights=hit.name_marks,
        personas=tuple(Named(item.id, item.name) for item in hit.personas),
        segments=tuple(Named(item.id, item.name) for item in hit.segments),
        owner=Named(hit.owner.id, hit.owner.name) if hit.owner else None,
        slides=tuple(_slide(settings, hit.material_id, slide) for slide in hit.slides),
        explanation=tuple(ScorePart(part.name, part.value, part.words) for part in hit.explanation),
    )


def _slide(settings: Settings, material_id: int, slide: answers.Slide) -> SlideHit:
    return SlideHit(
        page_number=slide.page_number,
        url=links.page(settings, material_id, slide.page_number, slide.version),
        title=slide.title,
        title_highlights=slide.title_marks,
        snippet=Snippet(slide.snippet.text, slide.snippet.marks, slide.snippet.source),
        hidden=slide.hidden,
        score=slide.score,
        content_hash=slide.content_hash,
        version=slide.version,
    )


ROUTER = Router("/", route_handlers=[search_by_query, search_by_body], tags=["Search"])
