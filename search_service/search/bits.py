"""Sets of rows with eight of them in a byte: a thousand are joined in the time that masks take for
some ten.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from search_service.search.columns import Integers, Mask

# As np.packbits makes them of a mask; rows beyond the end are not in it.
Bits = NDArray[np.uint8]


def bits_of(rows: Integers) -> Bits:
    """Give the bits of some rows."""
    mask = np.zeros(int(rows.max(initial=-1)) + 1, np.bool_)
    mask[rows] = True
    return np.packbits(mask)


def mask_of(bits: Bits, size: int) -> Mask:
    """Give bits as a mask of so many rows."""
    padded = np.zeros(-(-size // 8), np.uint8)  # NumPy's own padding of nothing is not zeros
    within = bits[: len(padded)]
    padded[: len(within)] = within
    return np.unpackbits(padded, count=size).view(np.bool_)


def joined(parts: Iterable[Bits]) -> Bits:
    """Give the rows that are in some of the parts."""
    listed = list(parts)
    together = np.zeros(max(map(len, listed), default=0), np.uint8)
    for part in listed:
        together[: len(part)] |= part
    return together


def meet(one: Bits, other: Bits) -> bool:
    """Tell whether some row is in both."""
    size = min(len(one), len(other))
    return bool((one[:size] & other[:size]).any())
