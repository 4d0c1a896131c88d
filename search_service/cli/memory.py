"""Suits the memory of Python and of the C library to a process that answers searches for days."""

import contextlib
import ctypes
import gc

# From glibc's malloc.h.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
# Smaller arrays than the first come from the heap, whose free end is given back beyond the second;
# what is free below something in use stays, so that a process keeps about what it once needed.
_MMAPPED_BYTES = 4 << 20
_KEPT_BYTES = 256 << 20


def suit_to_searches() -> None:
    """Look for garbage seldom, and keep freed memory for the next search."""
    _collect_garbage_seldom()
    _keep_freed_memory()


def _collect_garbage_seldom() -> None:
    """Look for cycles every 50,000 new objects, and never among those that stay.

    An answer is some thousands of objects without a cycle; by Python's own rule looking for one
    took a tenth of a search's processor time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _keep_freed_memory() -> None:
    """Give freed memory back to the system late, where the C library can be told so (glibc).

    Every search has arrays of some hundred kilobytes: given back after each one, their pages were
    made anew for the next, which took half of the time of adding lists up.
    """
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_THRESHOLD, _MMAPPED_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
