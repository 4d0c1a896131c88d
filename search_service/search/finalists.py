"""Chooses, from what is roughly known of passages, the materials that are scored exactly.

Pure. Full matches go before all others; inside both groups a material counts as `ranking` says:
its best passage, a little of its next ones and of its own words, times its factor.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from search_service.search import postings
from search_service.search.columns import Columns, Floats, Integers, Mask
from search_service.search.postings import Scored
from search_service.search.weights import DEFAULT, Weights
from search_service.text import weighting

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
# One value in so many is sampled to find the largest, and twice as many as are wanted looked at.
_SAMPLED = 16
_AMPLE = 2
# Scores are told apart in so many steps where passages of one material are put in order.
_STEPS = 2**16 - 2


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
        shares = np.where(passages.ordinals == 0, weight * entrants.weights.own, weight)
        np.maximum.at(best, passages.materials, passages.scores * shares)
        together += best
    together *= entrants.factors
    together *= entrants.allowed
    return together


def promising(known: Floats, entrants: Entrants, wanted: int) -> Mask:
    """Choose the rows worth to be looked at closer, by what `roughly` gives."""
    most = NEAR * _most(wanted)
    rows = np.flatnonzero(known > 0)  # of flags: of numbers it takes four times as long
    if len(rows) <= most:
        return known > 0
    values = known[rows] + entrants.full[rows] * _FULL
    chosen = np.zeros(len(known), np.bool_)
    chosen[rows[np.flatnonzero(values >= _largest(values, most))]] = True
    return chosen


def choose(scored: Scored, entrants: Entrants, wanted: int) -> Integers:
    """Choose the rows of enough materials for the `wanted` best ones to be among them.

    All of `scored` take part, and their keys ascend, so that the passages of a material are side by
    side.
    """
    weights = entrants.weights
    rows = scored.materials
    most = _most(wanted)
    singly = scored.scores * np.where(scored.ordinals == 0, weights.own, 1.0)
    near = _best(rows, np.maximum, singly * entrants.factors[rows], entrants.full, WIDE * most)
    scored = scored.where(near)
    rows = scored.materials
    own = scored.ordinals == 0
    by_rank = np.array([1.0, *weights.next_slides, 0.0])
    shares = np.where(own, weights.own, by_rank[np.minimum(_ranks(scored), PAGES)])
    values = scored.scores * shares * entrants.factors[rows]
    rows = rows[_best(rows, np.add, values, entrants.full, most)]
    return rows[_starts(rows)]


def best_of_each(scored: Scored, most: int) -> Scored:
    """Keep the best slides of each material, so many, and its own words whether they score or not.

    Keys ascend, as in `choose`.
    """
    slides = scored.where(scored.ordinals > 0)
    best = slides.where(_ranks(slides) < most)
    rows = scored.materials
    own = rows[_starts(rows)] << weighting.ORDINAL_BITS
    return postings.joined([best, Scored(own, np.zeros(len(own)))])


def _most(wanted: int) -> int:
    return max(LEAST, int(MARGIN * wanted))


def _largest(values: Floats, most: int) -> float:
    """The `most`-th largest of many values, looked for among those that a sample finds large."""
    sample = values[::_SAMPLED]
    likely = int(_AMPLE * most / _SAMPLED) + 1
    if likely < len(sample):
        large = values[np.flatnonzero(values >= np.partition(sample, -likely)[-likely])]
        values = large if len(large) >= most else values
    return float(np.partition(values, -most)[-most])


def _best(rows: Integers, how: np.ufunc, values: Floats, full: Mask, most: int) -> Mask:
    """The passages of the `most` materials whose values, taken together, are largest."""
    starts = _starts(rows)
    if len(starts) <= most:
        return np.ones(len(rows), np.bool_)
    together = how.reduceat(values, starts) + full[rows[starts]] * _FULL
    chosen = np.zeros(len(starts), np.bool_)
    chosen[np.argpartition(-together, most)[:most]] = True
    return np.repeat(chosen, _lengths(starts, len(rows)))


def _ranks(scored: Scored) -> Integers:
    """Which of its material's passages each is, the best one 0; own words are last."""
    rows, scores = scored.materials, scored.scores
    # One number to sort by: the row, then less for a higher score, in steps that decide nothing.
    behind = (_STEPS - scores * (_STEPS / max(scores.max(initial=0), 1e-9))).astype(np.int64)
    behind[scored.ordinals == 0] = _STEPS + 1
    order = postings.ascending((rows << 16) | behind)
    starts = _starts(rows)  # these stay side by side
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
