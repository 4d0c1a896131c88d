"""Text with marks as parts that a template prints one by one, each escaped. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextPart:
    """A piece of plain text, not yet safe in HTML; `marked` where it was asked for."""

    text: str
    marked: bool = False


def parts_of(text: str, marks: Iterable[tuple[int, int]]) -> tuple[TextPart, ...]:
    """Cut a text at [start, end) offsets; those that overlap or lie outside are cut to fit."""
    parts: list[TextPart] = []
    position = 0
    for given in sorted(marks):
        start, end = max(given[0], position), min(given[1], len(text))
        if start >= end:
            continue
        parts += [TextPart(text[position:start])] if start > position else []
        parts.append(TextPart(text[start:end], marked=True))
        position = end
    rest = text[position:]
    return (*parts, TextPart(rest)) if rest else tuple(parts)
