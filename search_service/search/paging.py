"""Which materials an answer counts, and one page of them in the order asked for."""

import sys
from dataclasses import dataclass

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

# A key before all of what is ranked, while only pins were shown.
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
    """A page of pins, then by score; its cursor says which pins were shown and are to come, and is
    the key by words of the last hit in its order by words.

    The first hits are ranked anew, and then as a whole, from the first on, whatever the page: its
    borders are places in that order.
    """
    turn, page = _asked(search)
    found = ordered = [] if turn.left else await placed_by_words(search, matched, turn, page)
    if found and page.seen < reranked(search):
        ordered = (await rerank(search, found))[page.seen :]
        found = found[page.seen :]
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
    ends = len(found) <= page.most and not turn.left
    if ends or page.seen + page.most >= DEEPEST_PLACE:
        return ranked, None
    last: tuple[bool, float, int] = page.after or BEFORE_ALL
    if shown:
        by_words = found[page.most - 1]
        last = (by_words.full, by_words.score, by_words.material_id)
    place = (turn.text, page.seen + page.most, *last)
    return ranked, cursor.encode(search.question, place)


def _asked(search: Search) -> tuple[Turn, Page]:
    """The pins whose turn it is, and which of the ranked hits follow them."""
    text, seen, after = None, 0, None
    if search.request.cursor:
        kinds = (str, int, bool, float, int)
        text, seen, *key = cursor.decode(search.question, search.request.cursor, kinds)
        if seen >= DEEPEST_PLACE:
            raise InvalidCursorError("No page begins so deep; ask with more words or a filter.")
        after = (key[0], key[1], key[2])
    turn = turn_of(search.pins, text, search.request.limit)
    return turn, Page(search.request.limit - len(turn.shown), seen, after)


async def placed_by_words(search: Search, matched: Matched, turn: Turn, page: Page) -> list[Placed]:
    """Give the hits of a page and one more; from the first on where these are ranked anew."""
    depth = reranked(search)
    wanted = Page(max(page.seen + page.most, depth)) if page.seen < depth else page
    return await _ranker(search, matched, turn, wanted).page(wanted)


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
