"""Corrections to a page's text that only the position of its glyphs can justify.

Each looks at few characters: asking PDFium for every one would cost more than the text itself.
"""

import ctypes
import re
from collections.abc import Iterator
from itertools import groupby

import pypdfium2
from pypdfium2 import raw

from extractors.pdf.lines import Vocabulary

_RAISED = 0.15
"""How far a footnote mark stands above the line, as a share of the letter's height."""
_MARK = re.compile(
    r"\d(?<=[^\W\d_]\d)(?<![^A-Za-z][A-Za-z]\d)(?<![^A-Za-z][A-Za-z]{2}\d)\d{0,2}(?!\w)"
)
"""Digits behind a word; powers of a unit or a variable (km2, x2) stay where they are.

The digit comes first, so that only at digits it is asked what stands before.
"""
_BLANK = 0.09
"""The narrowest gap that divides two words, as a share of the letter's height.

PDFium takes wider ones only; in justified text real blanks of .10 to .13 are common. Letters of one
word stand at most .01 apart, unless they are all spaced.
"""
_BLANK_AGAINST_OTHERS = 3
"""How many times as wide as any other gap of the word it must be."""
_WIDEST_BLANK = 0.3
_ARABIC_LETTERS = re.compile("[\u0620-\u064a\u066e-\u06d3]{2,}")


def corrected(textpage: pypdfium2.PdfTextPage, text: str, vocabulary: Vocabulary) -> str:
    """The page's text, learnt, with blanks where words were glued and before footnote marks.

    Arabic ligatures are in reading order.
    """
    pieces, done = [], 0
    for start, end, replacement in sorted(_replacements(textpage, text, vocabulary)):
        pieces += [text[done:start], replacement]
        done = end
    return "".join((*pieces, text[done:])) if pieces else text


def _replacements(
    textpage: pypdfium2.PdfTextPage, text: str, vocabulary: Vocabulary
) -> Iterator[tuple[int, int, str]]:
    for place in _word_borders(textpage, text, vocabulary):
        yield place, place, " "
    for mark in _MARK.finditer(text):
        if _is_raised(textpage, mark.start()):
            yield mark.start(), mark.start(), " "
    if not text.isascii():
        for start, end in _turned_ligatures(textpage, text):
            yield start, end, text[start:end][::-1]


def _word_borders(
    textpage: pypdfium2.PdfTextPage, text: str, vocabulary: Vocabulary
) -> Iterator[int]:
    """Places in words that could be two, where a gap is as wide as a blank and the others not."""
    suspects = vocabulary.learn(text)
    lower = text.lower()
    found = lower if len(lower) == len(text) else ""  # else its places are not those of the glyphs
    for word in suspects:
        borders = [_widest_gap(textpage, place, len(word)) for place in _places(found, word)]
        if None in borders or not borders:
            vocabulary.add(word)
        yield from (border for border in borders if border)


def _places(text: str, word: str) -> Iterator[int]:
    """Where the word stands by itself, a hyphen or a digit beside it left aside."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not (text[start - 1 : start].isalpha() or text[end : end + 1].isalpha()):
            yield start
        start = text.find(word, end)


def _widest_gap(textpage: pypdfium2.PdfTextPage, start: int, letters: int) -> int | None:
    """The place of the one gap in a word that is a blank, if there is one."""
    first = raw.FPDFText_GetCharIndexFromTextIndex(textpage, start)
    last = raw.FPDFText_GetCharIndexFromTextIndex(textpage, start + letters - 1)
    if first < 0 or last - first != letters - 1:
        return None
    rect, handle = raw.FS_RECTF(), textpage.raw
    gaps, right, height = [], 0.0, 0.0
    for index in range(first, last + 1):
        raw.FPDFText_GetLooseCharBox(handle, index, rect)
        gaps.append(rect.left - right)
        right, height = rect.right, abs(rect.top - rect.bottom)
    *_, second, widest = sorted(gaps[1:])
    if not 0 < _BLANK * height <= widest <= _WIDEST_BLANK * height:
        return None
    return start + gaps.index(widest) if widest >= second * _BLANK_AGAINST_OTHERS else None


def height_and_top(textpage: pypdfium2.PdfTextPage, position: int) -> tuple[float, float]:
    """The height of the character at a place of the text, and its top edge, both in points."""
    rect = raw.FS_RECTF()
    index = raw.FPDFText_GetCharIndexFromTextIndex(textpage, position)
    if index < 0 or not raw.FPDFText_GetLooseCharBox(textpage, index, rect):
        return 0.0, 0.0
    return abs(rect.top - rect.bottom), max(rect.top, rect.bottom)


def _turned_ligatures(textpage: pypdfium2.PdfTextPage, text: str) -> Iterator[tuple[int, int]]:
    """Spans whose letters are one glyph: PDFium turns them about with the rest of the line."""
    for word in _ARABIC_LETTERS.finditer(text):
        boxes = ((_box(textpage, position), position) for position in range(*word.span()))
        for box, group in groupby(boxes, key=lambda item: item[0]):
            positions = [position for _, position in group]
            if box and len(positions) > 1:
                yield positions[0], positions[-1] + 1


def _box(textpage: pypdfium2.PdfTextPage, position: int) -> tuple[float, ...] | None:
    index = raw.FPDFText_GetCharIndexFromTextIndex(textpage, position)
    sides = [ctypes.c_double() for _ in range(4)]
    if index < 0 or not raw.FPDFText_GetCharBox(textpage, index, *sides):
        return None
    return tuple(side.value for side in sides)


def _is_raised(textpage: pypdfium2.PdfTextPage, position: int) -> bool:
    height, _ = height_and_top(textpage, position - 1)
    rise = _baseline(textpage, position) - _baseline(textpage, position - 1)
    return 0 < _RAISED * height <= rise <= height


def _baseline(textpage: pypdfium2.PdfTextPage, position: int) -> float:
    x, y = ctypes.c_double(), ctypes.c_double()
    index = raw.FPDFText_GetCharIndexFromTextIndex(textpage, position)
    raw.FPDFText_GetCharOrigin(textpage, index, x, y)
    return y.value
