"""The search page: the empty box, the results, and their pieces for htmx."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from litestar import get
from litestar.response import Response

from search_service.accounts.policy import SEARCH, Principal
from search_service.errors import InvalidCursorError
from search_service.insights.entries import Channel
from search_service.search.request import SearchRequest, Sort
from search_service.serving.authentication import scoped
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.searching import ask
from search_service.serving.services import Services
from search_service.web.rendering import WebRequest, fragment, page, redirect, wants_fragment
from search_service.web.views.addresses import SearchState, Trail
from search_service.web.views.results import SORTS, Results, results_of
from search_service.web.views.sendable import with_sending

RECENT = 6


@get("/", opt=scoped(SEARCH), name="web:search")
async def search(request: WebRequest, services: TheServices, caller: TheCaller) -> Response[Any]:
    """Show what the address asks for; the bare address shows the box and what is new."""
    state = SearchState.read(request.query_params.multi_items())
    if not state.asked:
        return await _start(request, services, caller.principal)
    try:
        results = await _results(services, caller.principal, state)
    except InvalidCursorError:
        return redirect(replace(state, cursor=None).address)
    values: dict[str, Any] = {"state": state, "results": results, "sorts": SORTS}
    if wants_fragment(request, "more"):
        return fragment(request, "parts/more.html", **values)
    if wants_fragment(request, "results"):
        answer = fragment(request, "parts/results.html", **values)
        answer.headers["HX-Push-Url"] = state.address
        return answer
    return page(request, "search.html", "search", **values)


async def _start(request: WebRequest, services: Services, principal: Principal) -> Response[Any]:
    state = SearchState()
    asked = SearchRequest(sort=Sort.NEWEST, limit=RECENT, slides=0)
    answer = await services.searcher.search(principal, asked)
    results = results_of(state, answer, datetime.now(UTC).date())
    values: dict[str, Any] = {"state": state, "results": results, "sorts": SORTS}
    if wants_fragment(request, "results"):
        return fragment(request, "parts/start.html", **values)
    return page(request, "search.html", "search", **values)


async def _results(services: Services, principal: Principal, state: SearchState) -> Results:
    answered = await ask(services, principal, state.request(), Channel.WEB)
    trail = Trail(answered.search_id) if answered.search_id else state.trail
    results = results_of(state, answered.answer, datetime.now(UTC).date(), trail)
    return with_sending(results, answered.sharing)


HANDLERS = (search,)
