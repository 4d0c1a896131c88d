"""A page drawn from its text alone, as SVG, where there is no picture of it. Pure.

It says of itself that it is a sketch. The markup is made by an XML writer and refers to nothing:
no text of a page can become an element, an attribute, a script or a link.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from unicodedata import east_asian_width
from xml.etree import ElementTree as ET

from search_service.catalog.pages import PageRecord

LABEL = "Sketch of the text, not how the page looks"
_WIDTH = 960
_SLIDE_HEIGHT = 540
_PAGE_HEIGHT = 1358
_LEAST_RATIO, _MOST_RATIO = 0.4, 2.0
_MARGIN = 56
_BAND = 44
_PAPER, _INK, _SOFT, _LINE = "#ffffff", "#1f2733", "#5b6675", "#d5dae1"
_EM = 0.55
"""Width of a letter in parts of its size, in the mean, in the fonts of browsers."""
_MAX_CHARACTERS = 6_000  # more stands on no page
# What XML 1.0 cannot hold, whatever is escaped.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class _Style:
    size: int
    weight: str = "400"
    colour: str = _INK

    @property
    def columns(self) -> int:
        return int((_WIDTH - 2 * _MARGIN) / (self.size * _EM))


_TITLE = _Style(40, "600")
_TEXT = _Style(24)
_SMALL_TITLE = _Style(76, "600")
_MARK = _Style(22, "600", _SOFT)
_SMALL_MARK = _Style(64, "600", _SOFT)


def sketch_of(page: PageRecord, *, portrait: bool, small: bool) -> bytes:
    """Give an SVG of a page, 960 units wide; a small one has the title alone, in large letters."""
    height = _height_of(page, portrait=portrait)
    mark = _SMALL_MARK if small else _MARK
    title = _SMALL_TITLE if small else _TITLE
    sheet = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {_WIDTH} {height}",
            "width": str(_WIDTH),
            "height": str(height),
            "font-family": "system-ui, sans-serif",
        },
    )
    ET.SubElement(sheet, "title").text = _plain(f"{LABEL}: {page.title}")
    _box(sheet, (0, 0, _WIDTH, height), _PAPER)
    lowest = height - (_BAND if not small else 2 * _BAND) - _MARGIN // 2
    y = _write(sheet, _wrapped(page.title, title.columns), title, (_MARGIN, lowest))
    if not small:
        _write(sheet, _lines_of(page, _TEXT.columns), _TEXT, (y + _TEXT.size, lowest))
    _box(sheet, (_MARGIN, lowest + 4, _WIDTH - 2 * _MARGIN, 2), _LINE)
    _text(sheet, "Sketch" if small else LABEL, mark, height - _MARGIN // 2)
    written: bytes = ET.tostring(sheet, encoding="utf-8")
    return written


def _height_of(page: PageRecord, *, portrait: bool) -> int:
    if not page.width or not page.height:
        return _PAGE_HEIGHT if portrait else _SLIDE_HEIGHT
    return round(_WIDTH * min(max(page.height / page.width, _LEAST_RATIO), _MOST_RATIO))


def _lines_of(page: PageRecord, columns: int) -> Iterator[str]:
    """The page's own text in lines that fit; notes and comments do not stand on a page."""
    title = " ".join(page.title.split())
    for line in page.body[:_MAX_CHARACTERS].splitlines():
        if " ".join(line.split()) != title:
            yield from _wrapped(line, columns)
    for table in page.tables:
        for row in table:
            yield from _wrapped("  |  ".join(row)[:_MAX_CHARACTERS], columns)
    for text in (*page.chart_texts, *page.diagram_texts):
        yield from _wrapped(text[:_MAX_CHARACTERS], columns)


def _wrapped(text: str, columns: int) -> Iterator[str]:
    """Cut a text into lines of so many narrow letters; a wide one takes the room of two."""
    line, room = "", columns
    for word in _plain(text).split():
        for piece in _pieces(word, columns):
            width = _columns_of(piece) + bool(line)
            if width > room:
                yield line
                line, room = "", columns
                width = _columns_of(piece)
            line = f"{line} {piece}" if line else piece
            room -= width
    if line:
        yield line


def _pieces(word: str, columns: int) -> Iterator[str]:
    step = columns if _columns_of(word) == len(word) else columns // 2
    return (word[start : start + step] for start in range(0, len(word), step))


def _columns_of(text: str) -> int:
    return len(text) + sum(east_asian_width(sign) in "WF" for sign in text)


def _plain(text: str) -> str:
    return _NO_XML.sub("", text)


def _write(sheet: ET.Element, lines: Iterable[str], style: _Style, room: tuple[int, int]) -> int:
    """Write lines one below the other as long as there is room; give where the next would be."""
    y, lowest = room
    step = round(style.size * 1.35)
    for line in lines:
        if y + 2 * step > lowest:
            _text(sheet, f"{line} …", style, y + style.size)
            return y + step
        _text(sheet, line, style, y + style.size)
        y += step
    return y


def _text(sheet: ET.Element, text: str, style: _Style, y: int) -> None:
    written = ET.SubElement(
        sheet,
        "text",
        {
            "x": str(_MARGIN),
            "y": str(y),
            "font-size": str(style.size),
            "font-weight": style.weight,
            "fill": style.colour,
        },
    )
    written.text = text


def _box(sheet: ET.Element, place: tuple[int, int, int, int], colour: str) -> None:
    names = ("x", "y", "width", "height")
    sides = {name: str(value) for name, value in zip(names, place, strict=True)}
    ET.SubElement(sheet, "rect", {**sides, "fill": colour})
