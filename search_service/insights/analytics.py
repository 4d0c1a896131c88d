"""What is searched for and not found, summed up over everybody: no row names a person."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import policy
from search_service.accounts.policy import Principal
from search_service.insights.sql import STATEMENTS

TIMEOUT_S = 10


@dataclass(frozen=True, slots=True)
class QueryUse:
    """A query with how often it was asked, by how many people, and how often a hit was opened."""

    query: str
    searches: int
    people: int
    clicked: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A query that came to nothing, for the persona and product that it was limited to.

    `query` is None where the log keeps no words, and empty where only filters were given.
    """

    query: str | None
    persona: str | None
    product: str | None
    searches: int
    people: int
    last_asked: date


@dataclass(frozen=True, slots=True)
class Analytics:
    """The searches since a moment; each list has its commonest first."""

    since: datetime
    searches: int
    people: int
    without_results: int
    without_clicks: int
    top_queries: tuple[QueryUse, ...]
    queries_without_results: tuple[Gap, ...]
    queries_without_clicks: tuple[Gap, ...]


async def analyse(
    connection: AsyncConnection, principal: Principal, days: int, most: int
) -> Analytics:
    """Sum up the last days; `most` bounds each list. Raises ForbiddenError, QueryTimeoutError."""
    policy.require_see_analytics(principal)
    since = datetime.now(UTC) - timedelta(days=days)
    await connection.execute(STATEMENTS["session"], {"timeout": str(TIMEOUT_S * 1000)})
    totals = (await connection.execute(STATEMENTS["totals"], {"since": since})).one()

    async def rows(name: str) -> list[dict[str, Any]]:
        found = await connection.execute(STATEMENTS[name], {"since": since, "most": most})
        return [dict(row) for row in found.mappings()]

    return Analytics(
        since=since,
        searches=totals.searches,
        people=totals.people,
        without_results=totals.without_results,
        without_clicks=totals.without_clicks,
        top_queries=tuple(QueryUse(**row) for row in await rows("top_queries")),
        queries_without_results=tuple(Gap(**row) for row in await rows("without_results")),
        queries_without_clicks=tuple(Gap(**row) for row in await rows("without_clicks")),
    )
