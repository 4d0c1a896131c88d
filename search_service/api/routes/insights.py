"""What is learned from searches: clicks in, analytics out, and a person's searches erased."""

from typing import Any

from litestar import Request, Router, delete, get, post
from litestar.params import JSONBody
from msgspec import convert

from search_service.accounts import policy
from search_service.api.routes.paths import PathId, SearchId
from search_service.api.schemas.insights import (
    AnalyticsQuery,
    ClickRequest,
    ErasedSearches,
    SearchAnalytics,
)
from search_service.api.validation import query_opt, read_query
from search_service.insights import analytics, clicks, erasing
from search_service.insights.clicks import Click
from search_service.serving.authentication import scoped
from search_service.serving.dependencies import TheCaller, TheServices


@post(
    "/search/{search_id:uuid}/clicks", status_code=204, opt=scoped(policy.SEARCH), tags=["Search"]
)
async def add_click(
    services: TheServices, caller: TheCaller, search_id: SearchId, data: JSONBody[ClickRequest]
) -> None:
    """Say that a hit was opened; `search_id` is that of the answer. The same again is no error."""
    click = Click(search_id, data.material_id, data.page_number or 0, data.position)
    services.search_log.settle(search_id, caller.principal.user_id)
    async with services.database.transaction() as connection:
        await clicks.record(connection, caller.principal, click)


@get("/search/analytics", opt=scoped(policy.READ) | query_opt(AnalyticsQuery), tags=["Search"])
async def get_analytics(
    request: Request[Any, Any, Any], services: TheServices, caller: TheCaller
) -> SearchAnalytics:
    """Sum up what was searched for: most asked, not found, and found but never opened."""
    query = read_query(request, AnalyticsQuery)
    async with services.database.reading() as connection:
        found = await analytics.analyse(connection, caller.principal, query.days, query.limit)
    return convert(found, SearchAnalytics, from_attributes=True)


@delete("/users/{user_id:int}/searches", status_code=200, tags=["Users"])
async def erase_searches(
    services: TheServices, caller: TheCaller, user_id: PathId
) -> ErasedSearches:
    """Erase what a person searched for and opened; the audit log keeps that it was done."""
    async with services.database.transaction() as connection:
        erased = await erasing.erase_searches(connection, caller, user_id)
    return ErasedSearches(erased.searches, erased.clicks)


ROUTER = Router("/", route_handlers=[add_click, get_analytics, erase_searches])
