"""Search: the same answer by GET, which can be shared, and by POST, which holds more."""

import asyncio
from typing import Any

import msgspec
from litestar import Request, Router, get, post
from litestar.params import JSONBody

from search_service.accounts import policy
from search_service.accounts.caller import Caller
from search_service.api.answers import answer_of
from search_service.api.problems import Problem, problem_of
from search_service.api.schemas.search import (
    MultiSearchAnswer,
    MultiSearchRequest,
    SearchAnswer,
    SearchBody,
    SearchContext,
    SearchQuery,
)
from search_service.api.validation import query_opt, read_query
from search_service.errors import ServiceError
from search_service.insights.entries import Channel
from search_service.search.query import shortened
from search_service.search.request import Context, SearchRequest
from search_service.search.tree import Field
from search_service.serving.authentication import count_again, scoped
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.searching import ask
from search_service.serving.services import Services

SEARCH = scoped(policy.SEARCH)
# Of one request: the others wait, so that nobody takes every connection.
SEARCHES_AT_ONCE = 2


@get("/search", opt=SEARCH | query_opt(SearchQuery))
async def search_by_query(
    request: Request[Any, Any, Any], services: TheServices, caller: TheCaller
) -> SearchAnswer:
    """Search; a facet is a repeated parameter, as in `persona=3&persona=CTO`."""
    return await _search(services, caller, read_query(request, SearchQuery))


@post("/search", status_code=200, opt=SEARCH)
async def search_by_body(
    services: TheServices, caller: TheCaller, data: JSONBody[SearchBody]
) -> SearchAnswer:
    """Search with the same parameters as a JSON body, and what is known of the customer."""
    return await _search(services, caller, data)


@post("/multi-search", status_code=200, opt=SEARCH)
async def search_several(
    request: Request[Any, Any, Any],
    services: TheServices,
    caller: TheCaller,
    data: JSONBody[MultiSearchRequest],
) -> MultiSearchAnswer:
    """Run up to ten searches, each answered as POST /search would; one may fail by itself.

    Each counts as a request. A body that does not fit the schema is refused in whole.
    """
    count_again(request, len(data.searches) - 1)
    seats = asyncio.Semaphore(SEARCHES_AT_ONCE)

    async def answered(query: SearchBody) -> SearchAnswer | Problem:
        async with seats:
            try:
                return await _search(services, caller, query)
            except ServiceError as error:
                return problem_of(request, error)

    return MultiSearchAnswer(tuple(await asyncio.gather(*map(answered, data.searches))))


async def _search(services: Services, caller: Caller, query: SearchQuery) -> SearchAnswer:
    answered = await ask(services, caller.principal, _request(query), Channel.API)
    return answer_of(services.settings, answered)


def _request(query: SearchQuery) -> SearchRequest:
    selection = {
        field: tuple(str(value) for value in getattr(query, field))
        for field in Field
        if getattr(query, field)
    }
    return SearchRequest(
        text=shortened(query.q),
        selection=selection,
        match=query.match,
        sort=query.sort,
        limit=query.limit,
        slides=query.slides,
        cursor=query.cursor,
        correct=query.correct,
        facets=query.facets,
        explain=query.explain,
        context=_context(query.context if isinstance(query, SearchBody) else None),
    )


def _context(given: SearchContext | None) -> Context:
    if given is None:
        return Context()
    facts = msgspec.structs.asdict(given)
    return Context(**{name: str(fact) for name, fact in facts.items() if fact is not None})


ROUTER = Router(
    "/", route_handlers=[search_by_query, search_by_body, search_several], tags=["Search"]
)
