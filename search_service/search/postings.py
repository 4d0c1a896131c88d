"""Adds up stored postings to scores of passages, and chooses what is worth an exact score.

Pure: it is handed the bytes of top postings and gives keys. A passage's key is its material and its
ordinal in it in one whole number, as text.weighting packs it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search_service.search.columns import Floats, Integers, Mask
from search_service.text import weighting

_ORDINALS = (1 << weighting.ORDINAL_BITS) - 1
_KEYS = (1 << weighting.KEY_BITS) - 1


@dataclass(frozen=True, slots=True)
class Scored:
    """Passages with what is known of their scores.

    What the functions that add up give is in ascending order of keys, each once.
    """

    keys: Integers
    scores: Floats

    @property
    def materials(self) -> Integers:
        return self.keys >> weighting.ORDINAL_BITS

    @property
    def ordinals(self) -> Integers:
        return self.keys & _ORDINALS

    def where(self, mask: Mask) -> "Scored":
        places = np.flatnonzero(mask)  # to pick by place is several times faster than by mask
        return Scored(self.keys[places], self.scores[places])


NOTHING = Scored(np.empty(0, np.int64), np.empty(0))


def unpacked(postings: bytes) -> Scored:
    """Read top postings; the scores are saturations t / (t + k1)."""
    keys = np.frombuffer(postings, ">i8").astype(np.int64)
    saturations = (keys >> weighting.KEY_BITS) / weighting.SATURATION_STEPS
    keys &= _KEYS  # in place, as is done below: a new array of this size costs more than the work
    return Scored(keys, saturations)


def unpacked_ids(materials: bytes) -> Integers:
    """Read the ids of a list's materials, ascending."""
    return np.frombuffer(materials, ">i4").astype(np.int64)


def unpacked_array(array: bytes, kind: str) -> NDArray[Any]:
    """Read the numbers of what `array_send` gives for an array of one dimension without nulls.

    `kind` is NumPy's name of their form there, such as ">i4". A head of 20 bytes (12 for an empty
    array), then a length of four bytes before each value (PostgreSQL's array_send).
    """
    element = np.dtype([("length", ">i4"), ("value", kind)])
    values = np.frombuffer(array[20:], element)["value"]
    return values.astype(element["value"].newbyteorder("="))


def joined(lists: Sequence[Scored]) -> Scored:
    """Join lists; the order is theirs."""
    if len(lists) == 1:
        return lists[0]
    return Scored(
        np.concatenate([NOTHING.keys, *(each.keys for each in lists)]),
        np.concatenate([NOTHING.scores, *(each.scores for each in lists)]),
    )


def best_of(passages: Scored) -> Scored:
    """Take a word's forms together, of which several may have a passage: the best one counts."""
    return _reduced(passages, np.maximum)


def any_of(passages: Scored) -> Scored:
    """Take a prefix's forms together: all of them count, saturated once."""
    together = _reduced(Scored(passages.keys, _frequencies(passages.scores)), np.add)
    return Scored(together.keys, together.scores / (together.scores + weighting.K1))


def sum_of(lists: Sequence[Scored], weights: Sequence[float]) -> Scored:
    """Add the lists of different words up, each at its weight."""
    weighted = [
        Scored(each.keys, each.scores * weight) for each, weight in zip(lists, weights, strict=True)
    ]
    return _reduced(joined(weighted), np.add)


def _frequencies(saturations: Floats) -> Floats:
    """Give t of t / (t + k1)."""
    return weighting.K1 * saturations / np.maximum(1 - saturations, 1e-6)


def _reduced(passages: Scored, how: np.ufunc) -> Scored:
    if not len(passages.keys):
        return NOTHING
    order = ascending(passages.keys)
    keys, scores = passages.keys[order], passages.scores[order]
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    return Scored(keys[starts], how.reduceat(scores, starts))


def ascending(keys: Integers) -> Integers:
    """Give what np.argsort does of positive keys, 16 bits at a time: numbers of 16 bits NumPy sorts
    by radix, in a quarter of the time that it takes for whole keys.
    """
    order = np.argsort(keys.astype(np.uint16), kind="stable")
    for shift in range(16, int(keys.max(initial=0)).bit_length(), 16):
        digits = (keys >> shift).astype(np.uint16)
        order = order[np.argsort(digits[order], kind="stable")]
    return order
