"""One search from the question to the answer; the only place that knows the order of the steps."""

import time
from dataclasses import dataclass, field, replace

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal
from search_service.db.engine import Database
from search_service.search import candidates, cursor, facets
from search_service.search.answer import Answer
from search_service.search.column_cache import ColumnCache
from search_service.search.columns import Columns, Floats, Mask
from search_service.search.finalists import Entrants
from search_service.search.hits import Ranked, fill
from search_service.search.priors import factors
from search_service.search.ranker import Page, Ranker
from search_service.search.request import Match, SearchRequest, Sort
from search_service.search.state import Search
from search_service.search.tree import QueryWarning
from search_service.search.understanding import begin, understand

TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class _Matched:
    """Which rows count before the selection and after it, which rank before the others, and all.

    `full` and `some` are after the selection.
    """

    counted: Mask
    passing: Mask
    full: Mask
    some: Mask
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
            snapshot = await begin(connection, known, self.timeout_s)
            answer = await _answer(await understand(snapshot, principal, request))
        self.cache.keep(snapshot.version)
        return replace(answer, took_ms=round((time.perf_counter() - started) * 1000, 2))


async def search_on(
    connection: AsyncConnection, principal: Principal, request: SearchRequest
) -> Answer:
    """Answer one request as it would be after the caller's open transaction."""
    snapshot = await begin(connection, None, TIMEOUT_S)
    return await _answer(await understand(snapshot, principal, request))


async def _answer(search: Search) -> Answer:
    matched = await _match(search)
    ranked, next_cursor = await _page(search, matched)
    counted = search.request.facets
    return Answer(
        query=search.query.text,
        hits=await fill(search, ranked),
        total=int(matched.passing.sum()),
        partial=matched.partial,
        facets=facets.count(
            search.columns, matched.counted, search.selection, search.names, search.now
        )
        if counted
        else (),
        warnings=(*search.query.warnings, *_warnings(search)),
        corrected=search.corrected,
        did_you_mean=search.did_you_mean,
        next_cursor=next_cursor,
        took_ms=0,
    )


async def _match(search: Search) -> _Matched:
    """Find the materials to count: full matches, or partial ones where there is no full one."""
    allowed = search.seen & await candidates.restricted(
        search.connection, search.analysis, search.lists, search.columns
    )
    full = allowed & search.matching.full
    passing = facets.passing(search.columns, full, search.selection)
    wants_partial = search.request.match is Match.ANY or (
        search.request.match is Match.AUTO and not passing.any()
    )
    some = allowed & search.matching.any
    some_passing = facets.passing(search.columns, some, search.selection)
    if not (wants_partial and len(search.analysis.concepts) > 1):
        return _Matched(full, passing, passing, some_passing, partial=False)
    partial = bool(some_passing.any() and not passing.any())
    return _Matched(some, some_passing, passing, some_passing, partial)


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
    allowed = _allowed(search, matched, page.seen + request.limit + 1)
    full = matched.full if request.match is not Match.ANY else np.zeros_like(matched.full)
    ranker = Ranker(
        connection=search.connection,
        principal=search.principal,
        terms=search.analysis.terms,
        reader=search.reader,
        lists=search.lists,
        entrants=Entrants(search.columns, allowed, full, factors(search.priors, search.columns)),
    )
    found = await ranker.page(page)
    placed = found[: request.limit]
    is_full = matched.full[search.columns.row_of[[each.material_id for each in placed]]]
    ranked = [
        Ranked(each.material_id, bool(holds_all), each.score, tuple(each.ordinals))
        for each, holds_all in zip(placed, is_full, strict=True)
    ]
    if len(found) <= request.limit:
        return ranked, None
    last = placed[-1]
    key = [page.seen + request.limit, last.full, last.score, last.material_id]
    return ranked, cursor.encode(search.question, key)


def _allowed(search: Search, matched: _Matched, needed: int) -> Mask:
    """Give the rows that ranking may choose from.

    With enough full matches for the page nothing else is looked at.
    """
    match = search.request.match
    enough = match is Match.AUTO and np.count_nonzero(matched.full) >= needed
    return matched.full if enough or match is Match.ALL else matched.some


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
