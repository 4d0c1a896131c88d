"""Parts of a file: the Range field of RFC 9110, section 14, for one range of bytes. Pure."""

import re
from dataclasses import dataclass

_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes from `start` to `end`, which is not included."""

    start: int
    end: int


class UnsatisfiableRangeError(Exception):
    """The file has no byte of the range asked for."""


def part_of(header: str | None, size_bytes: int) -> Part | None:
    """Give the part asked for; None for the whole file, also where the field is not understood.

    Several ranges count as not understood, which RFC 9110 allows. Raises UnsatisfiableRangeError.
    """
    found = _RANGE.fullmatch(header.strip()) if header else None
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        length = int(found[2])
        if length == 0:
            raise UnsatisfiableRangeError
        return Part(max(0, size_bytes - length), size_bytes)
    start = int(found[1])
    last = int(found[2]) if found[2] else size_bytes - 1
    if found[2] and last < start:
        return None
    if start >= size_bytes:
        raise UnsatisfiableRangeError
    return Part(start, min(last + 1, size_bytes))
