"""Adds up stored postings to scores of passages, and chooses what is worth an exact score.

Pure: it is handed the bytes of top postings and gives keys. A passage's key is its material's id
and its ordinal in one whole number, as text.weighting packs it.
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

    What the functions that join lists give is in ascending order of keys, each once.
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
        return Scored(self.keys[mask], self.scores[mask])


NOTHING = Scored(np.empty(0, np.int64), np.empty(0))


def key_of(material_id: int, ordinal: int) -> int:
    return material_id << weighting.ORDINAL_BITS | ordinal


def unpacked(postings: bytes) -> Scored:
    """Read a list of top postings; the scores are saturations t / (t + k1), below 1."""
    packed = np.frombuffer(postings, ">i8").astype(np.int64)
    saturations = (packed >> weighting.KEY_BITS) / weighting.SATURATION_STEPS
    return Scored(packed & _KEYS, saturations)


def unpacked_array(array: bytes, kind: str) -> NDArray[Any]:
    """Read the numbers of what `array_send` gives for an array of one dimension without nulls.

    `kind` is NumPy's name of their form there, such as ">i4". A head of 20 bytes (12 for an empty
    array), then a length of four bytes before each value (PostgreSQL's array_send).
    """
    element = np.dtype([("length", ">i4"), ("value", kind)])
    values = np.frombuffer(array[20:], element)["value"]
    return values.astype(element["value"].newbyteorder("="))


def joined(lists: Sequence[Scored]) -> Scored:
    """Join lists of different passages; the order is theirs."""
    if len(lists) == 1:
        return lists[0]
    return Scored(
        np.concatenate([NOTHING.keys, *(each.keys for each in lists)]),
        np.concatenate([NOTHING.scores, *(each.scores for each in lists)]),
    )


def best_of(lists: Sequence[Scored]) -> Scored:
    """Join the lists of a word's forms: the form that counts most counts."""
    return _reduced(lists, np.maximum)


def any_of(lists: Sequence[Scored]) -> Scored:
    """Join the lists of a prefix's forms: all count together, saturated once."""
    counted = [Scored(each.keys, _frequencies(each.scores)) for each in lists]
    together = _reduced(counted, np.add)
    return Scored(together.keys, together.scores / (together.scores + weighting.K1))


def sum_of(lists: Sequence[Scored], weights: Sequence[float]) -> Scored:
    """Add the lists of different words up, each at its weight."""
    weighted = [
        Scored(each.keys, each.scores * weight) for each, weight in zip(lists, weights, strict=True)
    ]
    return _reduced(weighted, np.add)


def _frequencies(saturations: Floats) -> Floats:
    """Give t of t / (t + k1)."""
    return weighting.K1 * saturations / np.maximum(1 - saturations, 1e-6)


def _reduced(lists: Sequence[Scored], how: np.ufunc) -> Scored:
    together = joined(lists)
    if not len(together.keys):
        return NOTHING
    order = _ascending(together.keys)
    keys, scores = together.keys[order], together.scores[order]
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    return Scored(keys[starts], how.reduceat(scores, starts))


def _ascending(keys: Integers) -> Integers:
    """As np.argsort, 16 bits at a time: numbers of 16 bits NumPy sorts by radix, in a quarter of
    the time that it takes for whole keys.
    """
    order = np.argsort(keys.astype(np.uint16), kind="stable")
    for shift in range(16, int(keys.max()).bit_length(), 16):
        digits = (keys >> shift).astype(np.uint16)
        order = order[np.argsort(digits[order], kind="stable")]
    return order
