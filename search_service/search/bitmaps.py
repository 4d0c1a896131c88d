"""Sets of materials as bitmaps, by id; joined and compared many at a time.

Id i is bit 128 >> (i & 7) of byte i >> 3, as np.packbits has it; of ids beyond the last byte none
is in the set.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from search_service.search.columns import Integers, Mask

Bitmap = NDArray[np.uint8]


def bitmap_of(ids: Integers) -> Bitmap:
    """Give the set of some ids."""
    mask = np.zeros(int(ids.max(initial=-1)) + 1, np.bool_)
    mask[ids] = True
    return np.packbits(mask)


def mask_of(bitmap: Bitmap, size: int) -> Mask:
    """Give a set as a mask over rows, of which there are so many."""
    padded = np.zeros(-(-size // 8), np.uint8)  # NumPy's own padding of nothing is not zeros
    within = bitmap[: len(padded)]
    padded[: len(within)] = within
    return np.unpackbits(padded, count=size).view(np.bool_)


def holds(bitmap: Bitmap, id_: int) -> bool:
    """Tell whether an id is in the set."""
    return id_ >> 3 < len(bitmap) and bool(bitmap[id_ >> 3] & (128 >> (id_ & 7)))


def union(sets: Iterable[Bitmap]) -> Bitmap:
    """Give what is in one of the sets at least."""
    listed = list(sets)
    together = np.zeros(max(map(len, listed), default=0), np.uint8)
    for each in listed:
        together[: len(each)] |= each
    return together


def intersection(sets: Sequence[Bitmap]) -> Bitmap:
    """Give what is in each of the sets, of which there is one at least."""
    size = min(map(len, sets))
    common = sets[0][:size].copy()
    for each in sets[1:]:
        common &= each[:size]
    return common


def intersect(one: Bitmap, other: Bitmap) -> bool:
    """Tell whether something is in both."""
    return bool(intersection([one, other]).any())
