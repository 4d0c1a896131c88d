"""One search from the question to the answer; the only place that knows the order of the steps."""

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal
from search_service.db.engine import Database
from search_service.search import candidates, column_cache, cursor, facets
from search_service.search.analysis import analyse, corpus_of
from search_service.search.answer import Answer, Correction
from search_service.search.column_cache import ColumnCache, Version
from search_service.search.columns import Columns, Floats, Mask
from search_service.search.correction import corrections_of, replaced
from search_service.search.facets import Names
from search_service.search.finalists import Entrants
from search_service.search.hits import Ranked, fill
from search_service.search.priors import factors
from search_service.search.query import parse
from search_service.search.ranker import Page, Ranker
from search_service.search.request import Match, SearchRequest, Sort
from search_service.search.sql import STATEMENTS
from search_service.search.state import Search
from search_service.search.tree import Field, FieldFilter, Query, QueryWarning

TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class _Matched:
    """Which rows count before the selection and after it, and which rank before the others."""

    counted: Mask
    passing: Mask
    full: Mask
    partial: bool


@dataclass(frozen=True, slots=True)
class Searcher:
    """Searches a database; `timeout_s` ends each statement. Keeps columns for its process."""

    database: Database
    timeout_s: float = TIMEOUT_S
    cache: ColumnCache = field(default_factory=ColumnCache)

    async def search(self, principal: Principal, request: SearchRequest) -> Answer:
        """Answer one request with what the principal may see.

        Never fails for what was typed: a malformed query gives warnings. Raises InvalidCursorError
        for a foreign cursor, QueryTimeoutError, DatabaseUnavailableError.
        """
        started = time.perf_counter()
        known = self.cache.newest
        async with self.database.reading() as connection:
            answer, version = await _answer(connection, principal, request, known, self.timeout_s)
        self.cache.keep(version)
        return replace(answer, took_ms=round((time.perf_counter() - started) * 1000, 2))


async def search_on(
    connection: AsyncConnection, principal: Principal, request: SearchRequest
) -> Answer:
    """Answer one request as it would be after the caller's open transaction."""
    answer, _ = await _answer(connection, principal, request, None, TIMEOUT_S)
    return answer


async def _answer(
    connection: AsyncConnection,
    principal: Principal,
    request: SearchRequest,
    known: Version | None,
    timeout_s: float,
) -> tuple[Answer, Version]:
    begun = await connection.execute(
        STATEMENTS["begin"],
        {
            "timeout": str(int(timeout_s * 1000)),
            "known": known.snapshot if known else None,
        },
    )
    state = begun.one()
    version = await column_cache.current(connection, known, state.changed, state.snapshot)
    query = parse(request.text)
    corpus = await corpus_of(connection)
    analysis = await analyse(connection, query, corpus)
    corrections = await corrections_of(connection, principal, analysis)
    meant = replaced(query, corrections)
    if corrections and request.correct:
        query, analysis = meant, await analyse(connection, meant, corpus)
    names = await _names(connection)
    now = datetime.now(UTC)
    columns = version.columns
    search = Search(
        connection=connection,
        principal=principal,
        request=request,
        query=query,
        analysis=analysis,
        selection=facets.select(_filters(query, request), query.updated, names, now),
        names=names,
        now=now,
        columns=columns,
        seen=column_cache.visible(columns, principal),
        rewritten=columns.ids if state.rewritten is None else np.array(state.rewritten, np.int64),
    )
    matched = await _match(search)
    ranked, next_cursor = await _page(search, matched)
    used = corrections if request.correct else {}
    counts = request.facets
    answer = Answer(
        query=query.text,
        hits=await fill(search, ranked),
        total=int(matched.passing.sum()),
        partial=matched.partial,
        facets=facets.count(columns, matched.counted, search.selection, names, now)
        if counts
        else (),
        warnings=(*query.warnings, *_warnings(search)),
        corrected=tuple(Correction(typed, word) for typed, word in used.items()),
        did_you_mean=meant.text if corrections and not request.correct else None,
        next_cursor=next_cursor,
        took_ms=0,
    )
    return answer, version


def _filters(query: Query, request: SearchRequest) -> list[FieldFilter]:
    chosen = [FieldFilter(field, values) for field, values in request.selection.items() if values]
    return [*query.filters, *chosen]


async def _names(connection: AsyncConnection) -> Names:
    rows = await connection.execute(STATEMENTS["vocabulary"])
    names: dict[Field, dict[int, str]] = {Field.PERSONA: {}, Field.SEGMENT: {}, Field.OWNER: {}}
    for row in rows:
        names[Field(row.field)][row.id] = row.name
    return Names(names)


async def _match(search: Search) -> _Matched:
    """Find the materials to count: full matches, or partial ones where there is no full one."""
    full = await candidates.full_matches(
        search.connection, search.analysis, search.columns, search.seen
    )
    passing = facets.passing(search.columns, full, search.selection)
    wants_partial = search.request.match is Match.ANY or (
        search.request.match is Match.AUTO and not passing.any()
    )
    if not (wants_partial and len(search.analysis.concepts) > 1):
        return _Matched(full, passing, passing, partial=False)
    counted = await candidates.partial_matches(
        search.connection, search.analysis, search.columns, search.seen
    )
    some = facets.passing(search.columns, counted, search.selection)
    return _Matched(counted, some, passing, partial=bool(some.any() and not passing.any()))


async def _page(search: Search, matched: _Matched) -> tuple[list[Ranked], str | None]:
    """Give one page in the order asked for, and the cursor of the next one."""
    if search.by_relevance:
        return await _ranked_page(search, matched)
    return _sorted_page(search, matched)


async def _ranked_page(search: Search, matched: _Matched) -> tuple[list[Ranked], str | None]:
    request = search.request
    page = Page(request.limit)
    if request.cursor:
        seen, *after = cursor.decode(search.question, request.cursor, (int, bool, float, int))
        page = Page(request.limit, seen, (after[0], after[1], after[2]))
    allowed = await _allowed(search, matched, page.seen + request.limit + 1)
    full = matched.full if request.match is not Match.ANY else np.zeros_like(matched.full)
    entrants = Entrants(search.columns, allowed, full, factors(search.priors, search.columns))
    ranker = Ranker(
        search.connection, search.principal, search.analysis.terms, entrants, search.rewritten
    )
    found = await ranker.page(page)
    placed = found[: request.limit]
    full_ids = set(search.columns.ids[matched.full].tolist())
    ranked = [
        Ranked(each.material_id, each.material_id in full_ids, each.score, tuple(each.ordinals))
        for each in placed
    ]
    if len(found) <= request.limit:
        return ranked, None
    last = placed[-1]
    key = [page.seen + request.limit, last.full, last.score, last.material_id]
    return ranked, cursor.encode(search.question, key)


async def _allowed(search: Search, matched: _Matched, needed: int) -> Mask:
    """Give the rows that ranking may choose from.

    With enough full matches for the page nothing else is looked at.
    """
    match = search.request.match
    enough = match is Match.AUTO and matched.full.sum() >= needed
    if enough or match is Match.ALL or len(search.analysis.concepts) == 1:
        return matched.full
    if matched.partial or match is Match.ANY:
        return matched.passing
    some = await candidates.restricted(
        search.connection, search.analysis, search.columns, search.seen
    )
    return facets.passing(search.columns, some, search.selection) | matched.full


def _sorted_page(search: Search, matched: _Matched) -> tuple[list[Ranked], str | None]:
    request, columns = search.request, search.columns
    ids = columns.ids[matched.passing]
    values = np.nan_to_num(_sort_values(columns, request.sort)[matched.passing])
    order = np.lexsort((ids, values))[::-1]
    ids, values = ids[order], values[order]
    if request.cursor:
        value, last = cursor.decode(search.question, request.cursor, (float, int))
        later = (values < value) | ((values == value) & (ids < last))
        ids, values = ids[later], values[later]
    is_full = matched.full[columns.row_of[ids]] | (not search.has_words)
    ranked = [
        Ranked(int(key), full=bool(full), score=0.0)
        for key, full in zip(ids[: request.limit], is_full, strict=False)
    ]
    if len(ids) <= request.limit:
        return ranked, None
    last_shown = request.limit - 1
    key = [float(values[last_shown]), int(ids[last_shown])]
    return ranked, cursor.encode(search.question, key)


def _sort_values(columns: Columns, sort: Sort) -> Floats:
    if sort is Sort.MOST_USED:
        return columns.usage
    return columns.health if sort is Sort.HEALTHIEST else columns.updated


def _warnings(search: Search) -> list[QueryWarning]:
    warnings = [
        QueryWarning("unknown_value", f"Nothing is called {value!r} in {field}.")
        for field, value in search.selection.unknown
    ]
    if search.analysis.ignored:
        words = ", ".join(f"“{word}”" for word in search.analysis.ignored)
        warnings.append(QueryWarning("common_words", f"Too common to search for: {words}."))
    return warnings
