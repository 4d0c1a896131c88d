"""Chooses, from what is roughly known of passages, the materials that are scored exactly.

Pure. Full matches go before all others; inside both groups a material counts as `ranking` says:
its best passage, a little of its next ones and of its own words, times its factor.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from search_service.search.columns import Columns, Floats, Integers, Mask
from search_service.search.postings import Scored
from search_service.search.weights import DEFAULT, Weights

# Of each material; the best ones decide, and those are shown.
PAGES = 1 + len(DEFAULT.next_slides)
# Materials looked at: so many times the wanted ones, and at least. The rough order is not the exact
# one.
MARGIN = 4 / 3
LEAST = 40
# Materials with the best single passages, of which those are chosen that are best as a whole.
WIDE = 8
# Materials of which passages are added up at all, so many times as are looked at.
NEAR = 32
# A full match beats every other by more than any score.
_FULL = 1e6


@dataclass(frozen=True, slots=True)
class Entrants:
    """Who takes part: rows of the columns, which of them are full matches, and their factors."""

    columns: Columns
    allowed: Mask
    full: Mask
    factors: Floats
    weights: Weights = DEFAULT


def roughly(lists: Sequence[Scored], weights: Sequence[float], entrants: Entrants) -> Floats:
    """Give about what each row's material may score by one passage, as far as the lists of terms
    tell: as if the best passages of all its words were the same one. 0 for who takes no part.
    """
    together = np.zeros(entrants.columns.size)
    for passages, weight in zip(lists, weights, strict=True):
        best = np.zeros(entrants.columns.size)
        shares = np.where(passages.ordinals == 0, entrants.weights.own, 1.0)
        np.maximum.at(best, passages.materials, passages.scores * shares)
        together += best * weight
    together *= entrants.factors * entrants.allowed
    return together


def promising(known: Floats, entrants: Entrants, wanted: int) -> Mask:
    """Choose the rows worth to be looked at closer, by what `roughly` gives."""
    most = NEAR * _most(wanted)
    rows = np.flatnonzero(known > 0)  # of flags: of numbers it takes four times as long
    if len(rows) <= most:
        return known > 0
    values = known[rows] + np.where(entrants.full[rows], _FULL, 0.0)
    least = np.partition(values, len(rows) - most)[len(rows) - most]
    chosen = np.zeros(len(known), np.bool_)
    chosen[rows[values >= least]] = True
    return chosen


def choose(scored: Scored, entrants: Entrants, wanted: int) -> Integers:
    """Choose the rows of enough materials for the `wanted` best ones to be among them.

    All of `scored` take part, and their keys ascend, so that the passages of a material are side by
    side.
    """
    weights = entrants.weights
    rows = scored.materials
    most = _most(wanted)
    bonus = np.where(entrants.full, _FULL, 0.0)
    singly = scored.scores * np.where(scored.ordinals == 0, weights.own, 1.0)
    near = _best(rows, np.maximum, singly * entrants.factors[rows], bonus, WIDE * most)
    scored, rows = scored.where(near), rows[near]
    own = scored.ordinals == 0
    by_rank = np.array([1.0, *weights.next_slides, 0.0])
    shares = np.where(own, weights.own, by_rank[np.minimum(_ranks(scored), PAGES)])
    chosen = _best(rows, np.add, scored.scores * shares * entrants.factors[rows], bonus, most)
    rows = rows[chosen]
    return rows[_starts(rows)]


def _most(wanted: int) -> int:
    return max(LEAST, int(MARGIN * wanted))


def _best(rows: Integers, how: np.ufunc, values: Floats, bonus: Floats, most: int) -> Mask:
    """The passages of the `most` materials whose values, taken together, are largest."""
    starts = _starts(rows)
    if len(starts) <= most:
        return np.ones(len(rows), np.bool_)
    together = how.reduceat(values, starts) + bonus[rows[starts]]
    chosen = np.zeros(len(starts), np.bool_)
    chosen[np.argpartition(-together, most)[:most]] = True
    return np.repeat(chosen, _lengths(starts, len(rows)))


def _ranks(scored: Scored) -> Integers:
    """Which of its material's passages each is, the best one 0; own words are last."""
    own, rows = scored.ordinals == 0, scored.materials
    # One number to sort by: the row, whether own words, and less for a higher score.
    behind = 1 - scored.scores / (1 + scored.scores)
    order = np.argsort(2 * rows + own + behind * 0.999)
    starts = _starts(rows[order])
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order)) - np.repeat(starts, _lengths(starts, len(order)))
    return ranks


def _starts(groups: Integers) -> Integers:
    """Where each group of equal values that are side by side begins."""
    differs = np.ones(len(groups), np.bool_)
    differs[1:] = groups[1:] != groups[:-1]
    return np.flatnonzero(differs)


def _lengths(starts: Integers, size: int) -> Integers:
    return np.diff(np.append(starts, size))
