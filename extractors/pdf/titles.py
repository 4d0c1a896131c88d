"""The title of a PDF page, by a rule anyone can check against the page; pure.

The title is the line with the tallest characters among those in the page's upper half, as long as
it stands out: at least a sixth taller than the page's middle line. Lines directly below it of the
same height belong to it, up to three. A page where nothing stands out takes its first line, if
that is short. Heights are those of a line's middle character; the upper half is counted in lines
as drawn, between the highest and the lowest.
"""

from collections.abc import Iterable
from typing import NamedTuple

_STANDS_OUT = 7 / 6
_SAME_HEIGHT = 0.05
_MAX_LINES = 3
_MAX_CHARACTERS = 200
_SHORT_LINE = 100


class Line(NamedTuple):
    """A line of text, with its character height and its top edge in points from the bottom."""

    text: str
    height: float
    top: float


def page_title(lines: Iterable[Line]) -> str | None:
    """The title, or None for a page whose lines name none; see the module for the rule."""
    worded = [line for line in lines if any(map(str.isalpha, line.text))]
    if not worded:
        return None
    middle = (max(line.top for line in worded) + min(line.top for line in worded)) / 2
    upper = [line for line in worded if line.top >= middle]
    tallest = max(upper, key=lambda line: line.height)
    if tallest.height >= _STANDS_OUT * sorted(line.height for line in worded)[len(worded) // 2]:
        return _with_following(worded, worded.index(tallest))
    return worded[0].text if len(worded[0].text) <= _SHORT_LINE else None


def _with_following(lines: list[Line], first: int) -> str | None:
    height = lines[first].height
    title = lines[first].text
    for line in lines[first + 1 : first + _MAX_LINES]:
        if abs(line.height - height) > _SAME_HEIGHT * height:
            break
        title = f"{title} {line.text}"
    return title if len(title) <= _MAX_CHARACTERS else None
