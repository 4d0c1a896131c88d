"""One search from the question to the answer; the only place that knows the order of the steps."""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal, visible_binds
from search_service.db.engine import Database
from search_service.search import candidates, cursor, facets, pins, ranking, synonyms
from search_service.search.analysis import Analysis, analyse, corpus_of
from search_service.search.answer import Answer, Correction
from search_service.search.correction import corrections_of, replaced
from search_service.search.facets import FacetRow, Names, Selection
from search_service.search.hits import Ranked, fill
from search_service.search.pins import Pin
from search_service.search.query import parse
from search_service.search.request import Match, SearchRequest, Sort
from search_service.search.sql import STATEMENTS
from search_service.search.terms import any_query, driving_terms
from search_service.search.tree import Field, FieldFilter, Query, QueryWarning

# Passages that choose materials (one deck may hold many of them), and materials scored in whole.
CANDIDATES = 1000
CANDIDATES_PER_HIT = 20
FINALISTS = 100
FINALISTS_PER_HIT = 3
MOST = 2**31 - 1  # of an integer in PostgreSQL; a cursor may say that any number was seen
BEFORE_ALL = (True, sys.float_info.max, MOST)  # of what is ranked, while only pins were shown


@dataclass(frozen=True, slots=True)
class _Matched:
    """The materials that count, and those that rank before the others."""

    rows: Sequence[FacetRow]
    passing: Sequence[FacetRow]
    full_ids: frozenset[int]
    partial: bool


@dataclass(frozen=True, slots=True)
class _Search:
    """What one search knows of itself."""

    connection: AsyncConnection
    principal: Principal
    request: SearchRequest
    query: Query
    analysis: Analysis
    selection: Selection
    names: Names
    now: datetime
    pins: tuple[Pin, ...]

    @property
    def question(self) -> str:
        """What a cursor belongs to: everything that decides the order of the hits."""
        chosen = {field: sorted(values) for field, values in self.request.selection.items()}
        parts = [self.query.text, chosen, self.request.match, self.request.sort]
        return json.dumps(parts, sort_keys=True, default=str)

    @property
    def has_words(self) -> bool:
        return bool(self.analysis.terms)

    @property
    def by_relevance(self) -> bool:
        return self.has_words and self.request.sort is Sort.RELEVANCE


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the ranking a page begins, without the pinned materials, and its length."""

    seen: int
    after: Sequence[bool | float | int | None]
    pinned: list[int]
    most: int


@dataclass(frozen=True, slots=True)
class Searcher:
    """Searches a database; `timeout_s` ends each statement."""

    database: Database
    timeout_s: float = 10.0

    async def search(self, principal: Principal, request: SearchRequest) -> Answer:
        """Answer one request with what the principal may see.

        Never fails for what was typed: a malformed query gives warnings. Raises InvalidCursorError
        for a foreign cursor, QueryTimeoutError, DatabaseUnavailableError.
        """
        started = time.perf_counter()
        async with self.database.reading() as connection:
            await prepare(connection, self.timeout_s)
            answer = await search_on(connection, principal, request)
        return replace(answer, took_ms=round((time.perf_counter() - started) * 1000, 2))


async def prepare(connection: AsyncConnection, timeout_s: float) -> None:
    """Fit the connection's transaction for searches; `timeout_s` ends each of its statements."""
    await connection.execute(STATEMENTS["session"], {"timeout": str(int(timeout_s * 1000))})


async def search_on(
    connection: AsyncConnection, principal: Principal, request: SearchRequest
) -> Answer:
    """Answer within the caller's transaction, which was prepared; `took_ms` is 0."""
    query = typed = parse(request.text)
    corpus = await corpus_of(connection)
    expanded = await synonyms.expanded(connection, query)
    analysis = await analyse(connection, expanded.query, corpus)
    corrections = await corrections_of(connection, principal, analysis, expanded.spared)
    meant = replaced(query, corrections)
    if corrections and request.correct:
        query, expanded = meant, await synonyms.expanded(connection, meant)
        analysis = await analyse(connection, expanded.query, corpus)
    names = await _names(connection)
    now = datetime.now(UTC)
    selection = facets.select(_filters(query, request), query.updated, names, now)
    asked = (typed, query) if request.sort is Sort.RELEVANCE else ()
    pinned = await pins.find(connection, principal, asked, selection)
    search = _Search(connection, principal, request, query, analysis, selection, names, now, pinned)
    matched = await _match(search)
    ranked, next_cursor = await _page(search, matched)
    used = corrections if request.correct else {}
    return Answer(
        query=query.text,
        hits=await fill(connection, principal, request, analysis, ranked, names),
        total=len(matched.passing),
        partial=matched.partial,
        facets=facets.count(matched.rows, selection, names, now) if request.facets else (),
        warnings=(*query.warnings, *_warnings(search)),
        corrected=tuple(Correction(typed, word) for typed, word in used.items()),
        did_you_mean=meant.text if corrections and not request.correct else None,
        next_cursor=next_cursor,
        took_ms=0,
        expanded=expanded.expansions,
    )


def _filters(query: Query, request: SearchRequest) -> list[FieldFilter]:
    chosen = [FieldFilter(field, values) for field, values in request.selection.items() if values]
    return [*query.filters, *chosen]


async def _names(connection: AsyncConnection) -> Names:
    rows = await connection.execute(STATEMENTS["vocabulary"])
    names: dict[Field, dict[int, str]] = {Field.PERSONA: {}, Field.SEGMENT: {}, Field.OWNER: {}}
    for row in rows:
        names[Field(row.field)][row.id] = row.name
    return Names(names)


async def _match(search: _Search) -> _Matched:
    """Find the materials to count: full matches, or partial ones where there is no full one."""
    full = await candidates.full_matches(search.connection, search.principal, search.analysis)
    passing = facets.matching(full, search.selection)
    full_ids = frozenset(row.id for row in passing)
    wants_partial = search.request.match is Match.ANY or (
        search.request.match is Match.AUTO and not passing
    )
    if not (wants_partial and len(search.analysis.concepts) > 1):
        return _Matched(full, passing, full_ids, partial=False)
    rows = await candidates.partial_matches(search.connection, search.principal, search.analysis)
    passing = facets.matching(rows, search.selection)
    return _Matched(rows, passing, full_ids, partial=bool(passing) and not full_ids)


async def _page(search: _Search, matched: _Matched) -> tuple[list[Ranked], str | None]:
    """Give one page in the order asked for, and the cursor of the next one."""
    if search.by_relevance:
        return await _ranked_page(search, matched)
    return _sorted_page(search, matched)


async def _ranked_page(search: _Search, matched: _Matched) -> tuple[list[Ranked], str | None]:
    request, question = search.request, search.question
    pinned, seen, after = None, 0, [None, None, None]
    if request.cursor:
        kinds = (str, int, bool, float, int)
        pinned, seen, *after = cursor.decode(question, request.cursor, kinds)
    turn = pins.turn_of(search.pins, pinned, request.limit)
    room = request.limit - len(turn.shown)
    place = _Place(seen, after, turn.settled, room + 1)
    found = [] if turn.left else await _rank(search, matched, place)
    page = [
        *(
            Ranked(pin.material_id, pin.material_id in matched.full_ids, 0, pin)
            for pin in turn.shown
        ),
        *(Ranked(key, key in matched.full_ids, score) for _, score, key in found[:room]),
    ]
    if len(found) <= room and not turn.left:
        return page, None
    last = found[room - 1] if room else (after if request.cursor else BEFORE_ALL)
    return page, cursor.encode(question, [turn.text, seen + room, *last])


async def _rank(search: _Search, matched: _Matched, place: _Place) -> list[tuple[bool, float, int]]:
    """Give the best materials behind a place: whether full, score and id."""
    request = search.request
    needed = place.seen + request.limit + 1 + len(place.pinned)
    within = await _within(search, matched, needed)
    if within is not None and not within:
        return []
    terms = search.analysis.terms
    score = ranking.passage_score(terms)
    statement = STATEMENTS.sql(
        "rank",
        {
            "score": score.sql,
            "material_score": ranking.material_score(),
            "length_factors": ranking.length_factors("p", "c"),
        },
    )
    rows = await search.connection.execute(
        text(statement),
        {
            "any_query": any_query(driving_terms(terms)),
            "full": [] if request.match is Match.ANY else list(matched.full_ids),
            "within": within,
            "pinned": place.pinned,
            "candidates": min(max(CANDIDATES, CANDIDATES_PER_HIT * needed), MOST),
            "finalists": min(max(FINALISTS, FINALISTS_PER_HIT * needed), MOST),
            "own_weight": ranking.OWN_WEIGHT,
            "after_full": place.after[0],
            "after_score": place.after[1],
            "after_id": place.after[2],
            "most": place.most,
            **score.binds,
            **visible_binds(search.principal),
        },
    )
    return [(row.is_full, row.score, row.material_id) for row in rows]


async def _within(search: _Search, matched: _Matched, needed: int) -> list[int] | None:
    """The ids that ranking may choose from; None where only access decides.

    With enough full matches for the page nothing else is looked at.
    """
    enough = len(matched.full_ids) >= needed and search.request.match is Match.AUTO
    if enough or search.request.match is Match.ALL or len(search.analysis.concepts) == 1:
        return sorted(matched.full_ids)
    restricted = (
        not search.selection.is_empty
        or search.analysis.excluded
        or any(unit.is_filter for unit in search.analysis.units)
    )
    if not restricted:
        return None
    if matched.partial or search.request.match is Match.ANY:
        return [row.id for row in matched.passing]
    rows = await candidates.partial_matches(search.connection, search.principal, search.analysis)
    return [row.id for row in facets.matching(rows, search.selection)]


def _sorted_page(search: _Search, matched: _Matched) -> tuple[list[Ranked], str | None]:
    request = search.request
    keyed = sorted((_sort_value(row, request.sort), row.id) for row in matched.passing)[::-1]
    if request.cursor:
        value, last = cursor.decode(search.question, request.cursor, (float, int))
        keyed = [key for key in keyed if key < (value, last)]
    page = keyed[: request.limit]
    has_more = len(keyed) > request.limit
    ranked = [
        Ranked(key, full=not search.has_words or key in matched.full_ids, score=0.0)
        for _, key in page
    ]
    return ranked, cursor.encode(search.question, page[-1]) if has_more else None


def _sort_value(row: FacetRow, sort: Sort) -> float:
    if sort is Sort.MOST_USED:
        return float(row.usage_count or 0)
    if sort is Sort.HEALTHIEST:
        return float(row.health_score or 0)
    return row.updated_at.timestamp() if row.updated_at else 0.0


def _warnings(search: _Search) -> list[QueryWarning]:
    warnings = [
        QueryWarning("unknown_value", f"Nothing is called {value!r} in {field}.")
        for field, value in search.selection.unknown
    ]
    if search.analysis.ignored:
        words = ", ".join(f"“{word}”" for word in search.analysis.ignored)
        warnings.append(QueryWarning("common_words", f"Too common to search for: {words}."))
    return warnings
