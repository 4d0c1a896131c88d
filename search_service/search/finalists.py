"""Chooses, from what is roughly known of passages, the materials that are scored exactly.

Pure. Full matches go before all others; inside both groups a material counts as `ranking` says:
its best passage, a little of its next ones and of its own words, times its factor.
"""

from dataclasses import dataclass

import numpy as np

from search_service.search.columns import Columns, Floats, Integers, Mask
from search_service.search.postings import Scored
from search_service.search.weights import DEFAULT, Weights

# Of each material; the best ones decide, and those are shown.
PAGES = 1 + len(DEFAULT.next_slides)
# Materials looked at for each one wanted, and at least: the rough order is not the exact one.
MARGIN = 2
LEAST = 40
# A passage of a full match beats every other by more than any score.
_FULL = 1e6


@dataclass(frozen=True, slots=True)
class Finalists:
    """Materials, in no order, each with its factor, and the passages to be scored of them."""

    ids: Integers
    is_full: Mask
    factors: Floats
    passage_materials: Integers
    passage_ordinals: Integers


@dataclass(frozen=True, slots=True)
class Entrants:
    """Who takes part: rows of the columns, which of them are full matches, and their factors."""

    columns: Columns
    allowed: Mask
    full: Mask
    factors: Floats
    weights: Weights = DEFAULT


def choose(scored: Scored, entrants: Entrants, wanted: int) -> Finalists:
    """Choose enough materials for the `wanted` best ones to be among them."""
    rows = entrants.columns.rows(scored.materials)
    # The last row stands for -1: a material that is gone.
    taking_part = (rows >= 0) & entrants.allowed[rows]
    scored, rows = scored.where(taking_part), rows[taking_part]
    own = scored.ordinals == 0
    values = scored.scores * np.where(own, entrants.weights.own, 1.0) * entrants.factors[rows]
    values += _FULL * entrants.full[rows]
    chosen = np.zeros(entrants.columns.size, np.bool_)
    chosen[_best_rows(rows, values, max(LEAST, MARGIN * wanted))] = True
    inside = chosen[rows]
    best = _best_pages(scored.where(inside), own[inside])
    ids = entrants.columns.ids[chosen]
    return Finalists(
        ids=ids,
        is_full=entrants.full[chosen],
        factors=entrants.factors[chosen],
        passage_materials=best.materials,
        passage_ordinals=best.ordinals,
    )


def _best_rows(rows: Integers, values: Floats, most: int) -> Integers:
    """The rows of the materials with the best passages, at most so many."""
    near = most * 8
    if len(values) > near:
        # Most materials have several passages among the best; where they have more than eight
        # each, the next look is at all of them.
        best = np.argpartition(-values, near)[:near]
        found = _first_rows(rows[best], values[best], most)
        if len(found) == most:
            return found
    return _first_rows(rows, values, most)


def _first_rows(rows: Integers, values: Floats, most: int) -> Integers:
    ordered = rows[np.argsort(-values, kind="stable")]
    _, first = np.unique(ordered, return_index=True)
    return ordered[np.sort(first)[:most]]


def _best_pages(scored: Scored, own: Mask) -> Scored:
    """Of each material the best pages, and its own words."""
    materials = scored.materials
    order = np.lexsort((-scored.scores, own, materials))
    ordered = materials[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    lengths = np.diff(np.concatenate([starts, [len(ordered)]]))
    places = np.arange(len(ordered)) - np.repeat(starts, lengths)
    return scored.where(_scattered(order, (places < PAGES) | own[order]))


def _scattered(order: Integers, picked: Mask) -> Mask:
    mask = np.zeros(len(order), np.bool_)
    mask[order[picked]] = True
    return mask
