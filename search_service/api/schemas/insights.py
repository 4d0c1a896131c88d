"""Clicks, and what is learned from searches, as the interface takes and shows them."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from search_service.api.schemas.limits import Id
from search_service.insights.clicks import MAX_POSITION


class ClickRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A hit that was opened; without `page_number` the material as a whole."""

    material_id: Id
    page_number: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    position: (
        Annotated[int, Meta(ge=1, le=MAX_POSITION, description="Place among the hits, from 1.")]
        | None
    ) = None


class AnalyticsQuery(Struct, frozen=True):
    """Which days, back from now, and how long the lists may be."""

    days: Annotated[int, Meta(ge=1, le=366)] = 30
    limit: Annotated[int, Meta(ge=1, le=100, description="Items of each list.")] = 20


class QueryUse(Struct, frozen=True):
    """A query, how often it was asked and by how many people; `clicked`: with a hit opened."""

    query: str
    searches: int
    people: int
    clicked: int


class ContentGap(Struct, frozen=True):
    """A query that came to nothing, with the persona and product that it was limited to.

    `query` is null where the log keeps no words, and empty where only filters were given.
    """

    query: str | None
    persona: str | None
    product: str | None
    searches: int
    people: int
    last_asked: date


class SearchAnalytics(Struct, frozen=True):
    """What was searched for since a moment, the commonest first; no row names a person."""

    since: datetime
    searches: int
    people: int
    without_results: int
    without_clicks: int
    top_queries: tuple[QueryUse, ...]
    queries_without_results: tuple[ContentGap, ...]
    queries_without_clicks: tuple[ContentGap, ...]


class ErasedSearches(Struct, frozen=True):
    """How many rows of the search log are gone."""

    searches: int
    clicks: int
