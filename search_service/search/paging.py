"""Which materials an answer counts, and one page of them in the order asked for."""

from dataclasses import dataclass

import numpy as np

from search_service.search import candidates, cursor, facets
from search_service.search.columns import Columns, Floats, Mask
from search_service.search.finalists import Entrants
from search_service.search.hits import Ranked
from search_service.search.priors import factors
from search_service.search.ranker import Page, Ranker
from search_service.search.request import Match, Sort
from search_service.search.reranking import rerank, reranked
from search_service.search.state import Search


@dataclass(frozen=True, slots=True)
class Matched:
    """Which rows count before the selection and after it, which rank before the others, and all.

    `full` and `some` are after the selection.
    """

    counted: Mask
    passing: Mask
    full: Mask
    some: Mask
    partial: bool


async def match(search: Search) -> Matched:
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
        return Matched(full, passing, passing, some_passing, partial=False)
    partial = bool(some_passing.any() and not passing.any())
    return Matched(some, some_passing, passing, some_passing, partial)


async def page_of(search: Search, matched: Matched) -> tuple[list[Ranked], str | None]:
    """Give one page in the order asked for, and the cursor of the next one."""
    if search.by_relevance:
        return await _ranked_page(search, matched)
    return _sorted_page(search, matched)


def ranker_of(search: Search, matched: Matched, page: Page) -> Ranker:
    """Give what ranks by the words alone, for a page of what matched."""
    is_any = search.request.match is Match.ANY
    return Ranker(
        connection=search.connection,
        principal=search.principal,
        terms=search.analysis.terms,
        reader=search.reader,
        lists=search.lists,
        entrants=Entrants(
            columns=search.columns,
            allowed=_allowed(search, matched, page.seen + page.most + 1),
            full=np.zeros_like(matched.full) if is_any else matched.full,
            factors=factors(search.priors, search.columns),
        ),
    )


async def _ranked_page(search: Search, matched: Matched) -> tuple[list[Ranked], str | None]:
    """A page by score; its cursor is the key by words of the last hit in its order by words.

    The first hits are ranked anew, and then as a whole, from the first on, whatever the page: its
    borders are places in that order.
    """
    limit, page = search.request.limit, _asked(search)
    depth = reranked(search)
    wanted = page
    if page.seen < depth:
        wanted = Page(max(page.seen + limit, depth))
    found = ordered = await ranker_of(search, matched, wanted).page(wanted)
    if page.seen < depth:
        ordered = (await rerank(search, found))[page.seen :]
        found = found[page.seen :]
    shown = ordered[:limit]
    is_full = matched.full[search.columns.row_of[[item.material_id for item in shown]]]
    ranked = [
        Ranked(item.material_id, bool(holds_all), item.score, tuple(item.ordinals), item.extras)
        for item, holds_all in zip(shown, is_full, strict=True)
    ]
    if len(found) <= limit:
        return ranked, None
    last = found[limit - 1]
    key = [page.seen + limit, last.full, last.score, last.material_id]
    return ranked, cursor.encode(search.question, key)


def _asked(search: Search) -> Page:
    if not search.request.cursor:
        return Page(search.request.limit)
    kinds = (int, bool, float, int)
    seen, full, score, key = cursor.decode(search.question, search.request.cursor, kinds)
    return Page(search.request.limit, seen, (full, score, key))


def _allowed(search: Search, matched: Matched, needed: int) -> Mask:
    """Give the rows that ranking may choose from.

    With enough full matches for the page nothing else is looked at.
    """
    asked = search.request.match
    enough = asked is Match.AUTO and np.count_nonzero(matched.full) >= needed
    return matched.full if enough or asked is Match.ALL else matched.some


def _sorted_page(search: Search, matched: Matched) -> tuple[list[Ranked], str | None]:
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
