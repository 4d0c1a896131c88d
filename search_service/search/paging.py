"""Which materials an answer counts, and one page of them in the order asked for."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

import numpy as np

from search_service.errors import InvalidCursorError
from search_service.search import candidates, cursor, facets
from search_service.search.columns import Columns, Floats, Mask
from search_service.search.finalists import Entrants
from search_service.search.hits import Ranked
from search_service.search.pins import Turn, turn_of
from search_service.search.priors import factors
from search_service.search.ranker import Page, Ranker
from search_service.search.request import Match, Sort
from search_service.search.reranking import by_feedback, rerank, reranked
from search_service.search.scoring import Placed
from search_service.search.state import Search

# Hits that pages may go through in the order of relevance: the work grows with the place.
DEEPEST_PLACE = 10_000

# Hits that a cursor names at most: all that are ranked anew, and a page.
MOST_NAMED = 300

# A key before all of what is ranked, while only pins or some of the first hits were shown.
BEFORE_ALL = (True, sys.float_info.max, 2**31 - 1)


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
    allowed = await candidates.restricted(
        search.connection, search.analysis, search.lists, search.shown
    )
    full = search.seen & allowed.full & search.matching.full
    passing = facets.passing(search.columns, full, search.selection)
    wants_partial = search.request.match is Match.ANY or (
        search.request.match is Match.AUTO and not passing.any()
    )
    some = search.seen & allowed.some & search.matching.any
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


async def _ranked_page(search: Search, matched: Matched) -> tuple[list[Ranked], str | None]:
    """A page of pins, then by score; its cursor says which pins were shown and are to come.

    The first hits are ranked anew as a whole, so until all of these are shown a page begins with
    the first one; from there on it begins behind a key by words. Either way those are left out that
    were shown and may come again. So no hit stands on two pages, whatever is published or withdrawn
    meanwhile; one whose score by words changes may.
    """
    begin = _asked(search)
    turn, page = begin.turn, begin.page
    wanted = replace(page, most=page.most + len(begin.shown)) if page.after else page
    found = ordered = [] if turn.left else await placed_by_words(search, matched, turn, wanted)
    if page.after is None:
        ordered = await rerank(search, found)
    ordered = [item for item in ordered if item.material_id not in begin.shown]
    shown, full = ordered[: page.most], matched.full
    ranked = [
        *(
            Ranked(each.material_id, bool(full[each.material_id]), 0.0, pin=each)
            for each in turn.shown
        ),
        *(
            Ranked(
                item.material_id,
                bool(full[item.material_id]),
                item.score,
                tuple(item.ordinals),
                item.extras,
                matching=item.matching,
            )
            for item in shown
        ),
    ]
    ends = len(ordered) <= page.most and not turn.left
    if ends or page.seen + page.most >= DEEPEST_PLACE:
        return ranked, None
    ids, key = _behind(begin, found, shown, reranked(search))
    place = (turn.text, ids, page.seen + page.most, *key)
    return ranked, cursor.encode(search.question, place)


@dataclass(frozen=True, slots=True)
class _Begin:
    """Where a page begins: its pins, its ranked hits, and which of these were shown before."""

    turn: Turn
    page: Page
    shown: frozenset[int] = frozenset()


def _asked(search: Search) -> _Begin:
    """What the request's cursor says, or the first page."""
    if not search.request.cursor:
        turn = turn_of(search.pins, None, search.request.limit)
        return _Begin(turn, Page(search.request.limit - len(turn.shown)))
    kinds = (str, list, int, bool, float, int)
    text, ids, seen, *parts = cursor.decode(search.question, search.request.cursor, kinds)
    if seen >= DEEPEST_PLACE:
        raise InvalidCursorError("No page begins so deep; ask with more words or a filter.")
    turn = turn_of(search.pins, text, search.request.limit)
    key = (parts[0], parts[1], parts[2])
    page = Page(search.request.limit - len(turn.shown), seen, None if key == BEFORE_ALL else key)
    return _Begin(turn, page, frozenset(ids))


def _behind(
    begin: _Begin, found: Sequence[Placed], shown: Sequence[Placed], depth: int
) -> tuple[list[int], tuple[bool, float, int]]:
    """Where the next page begins: the hits shown that are to be left out, and a key by words.

    `found` are the hits by words, of which the first `depth` are ranked anew.
    """
    ids = begin.shown | {item.material_id for item in shown}
    together = list(takewhile(lambda item: item.material_id in ids, found))
    is_through = begin.page.after is not None or len(together) >= depth or len(ids) > MOST_NAMED
    if not (together and is_through):
        return sorted(ids)[:MOST_NAMED], begin.page.after or BEFORE_ALL
    left = ids - {item.material_id for item in together}
    return sorted(left)[:MOST_NAMED], _key_of(together[-1])


def _key_of(item: Placed) -> tuple[bool, float, int]:
    return item.full, item.score, item.material_id


async def placed_by_words(search: Search, matched: Matched, turn: Turn, page: Page) -> list[Placed]:
    """Give the hits of a page and one more; all from the first one on where it has no key.

    Where many were published since, which stand before the key, more are looked at until the page
    is full.
    """
    wanted = page if page.after else Page(max(page.seen + page.most, reranked(search)))
    while True:
        ranker = _ranker(search, matched, turn, wanted)
        placed = await ranker.page(wanted)
        looked_at = wanted.seen + wanted.most
        entering = int(np.count_nonzero(ranker.entrants.allowed))
        all_are = looked_at >= min(entering, DEEPEST_PLACE)
        if not wanted.after or len(placed) > wanted.most or all_are:
            return placed
        wanted = replace(wanted, seen=2 * looked_at)


def _ranker(search: Search, matched: Matched, turn: Turn, page: Page) -> Ranker:
    settled = search.columns.mask(np.array(turn.settled, np.int64))
    is_any = search.request.match is Match.ANY
    return Ranker(
        scorer=search.scorer,
        lists=search.lists,
        compares=by_feedback(search),
        entrants=Entrants(
            columns=search.columns,
            allowed=_allowed(search, matched, page.seen + page.most + 1) & ~settled,
            full=np.zeros_like(matched.full) if is_any else matched.full,
            factors=factors(search.columns, search.setting),
            weights=search.weights,
        ),
    )


def _allowed(search: Search, matched: Matched, needed: int) -> Mask:
    """Give the rows that ranking may choose from.

    With enough full matches for the page nothing else is looked at.
    """
    asked = search.request.match
    enough = asked is Match.AUTO and np.count_nonzero(matched.full) >= needed + len(search.pins)
    alone = len(search.analysis.concepts) == 1
    return matched.full if enough or alone or asked is Match.ALL else matched.some


def _sorted_page(search: Search, matched: Matched) -> tuple[list[Ranked], str | None]:
    request, columns = search.request, search.columns
    ids = np.flatnonzero(matched.passing)
    values = np.nan_to_num(_sort_values(columns, request.sort)[ids])
    order = np.lexsort((ids, values))[::-1]
    ids, values = ids[order], values[order]
    if request.cursor:
        value, last = cursor.decode(search.question, request.cursor, (float, int))
        later = (values < value) | ((values == value) & (ids < last))
        ids, values = ids[later], values[later]
    is_full = matched.full[ids] | (not search.has_words)
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
