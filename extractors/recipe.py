"""Which copy of a file is wanted: clean, of all pages or of some; it reads no file."""

import re
from dataclasses import dataclass

VERSION = 1
"""Of the recipes below: raised with every change of what a copy holds, as copies are kept."""
MAX_RANGES = 100
_MAX_PAGE = 100_000
# With a hyphen, or the dash that telephones write.
_RANGE = re.compile(r"\s*([0-9]{1,6})\s*(?:[-\u2013]\s*([0-9]{1,6})\s*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Pages as first and last of each range, from 1, in the file's own order; none: all pages."""

    ranges: tuple[tuple[int, int], ...] = ()

    @property
    def last_page(self) -> int:
        """The highest number that is asked for; 0 where all pages are."""
        return max((last for _, last in self.ranges), default=0)

    @property
    def name(self) -> str:
        """The pages as they are written: "3,5-7"; empty for all of them."""
        return ",".join(
            f"{first}" if first == last else f"{first}-{last}" for first, last in self.ranges
        )

    def wants(self, page: int) -> bool:
        return not self.ranges or any(first <= page <= last for first, last in self.ranges)


ALL_PAGES = Recipe()


def recipe_of(written: str) -> Recipe:
    """Read "3,5-7" in any order; ranges that touch become one. Raises ValueError."""
    parts = written.split(",")
    if len(parts) > MAX_RANGES:
        raise ValueError(f"there are {len(parts)} ranges, and at most {MAX_RANGES} are taken")
    pages: list[tuple[int, int]] = []
    for part in parts:
        match = _RANGE.fullmatch(part)
        if match is None:
            raise ValueError(f"{part.strip()[:40]!r} is no page and no range such as 5-7")
        first = int(match[1])
        last = int(match[2] or first)
        if not 1 <= first <= last <= _MAX_PAGE:
            raise ValueError(f"{part.strip()!r} is no range of pages, which count from 1")
        pages.append((first, last))
    return Recipe(tuple(_merged(sorted(pages))))


def _merged(pages: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in pages:
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
