"""One slide's own text, by where it stands: title, body, tables, alt texts; pure over parsed XML.

Document order is kept: it is the order in which PowerPoint's own screen reader speaks. Text that
the slide inherits from its layout and master is boilerplate and left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from lxml import etree

from extractors.pptx.paragraphs import paragraph_text, paragraphs, texts
from extractors.types import Table

_TITLE_KINDS = {"title", "ctrTitle"}
_FURNITURE_KINDS = {"sldNum", "dt", "ftr", "hdr"}
_TITLE_CHARACTERS = 200
_INHERITED_SIZE = 1800
"""PowerPoint's default text size, in hundredths of a point."""


@dataclass(frozen=True, slots=True)
class SlideText:
    """The text of one slide, nothing twice."""

    title: str | None
    body: str
    tables: tuple[Table, ...]
    alt_texts: tuple[str, ...]
    hidden: bool
    has_picture: bool


def slide_text(root: etree._Element) -> SlideText:
    """The slide's text; `mc:Fallback` drawings, which repeat their `mc:Choice`, are removed."""
    for fallback in list(root.iter("{*}Fallback")):
        parent = fallback.getparent()
        if parent is not None:
            parent.remove(fallback)
    taken: set[etree._Element] = set()
    tables = tuple(table for element in root.iter("{*}tbl") if (table := _table(element, taken)))
    title = _title(root, taken)
    return SlideText(
        title=title,
        body=_body(root, taken),
        tables=tables,
        alt_texts=_alt_texts(root),
        hidden=says_hidden({str(name): str(value) for name, value in root.items()}),
        has_picture=next(root.iter("{*}pic"), None) is not None,
    )


def says_hidden(attributes: Mapping[str, str]) -> bool:
    """Tell by the attributes of a slide's root element whether the show leaves it out."""
    return attributes.get("show", "").strip() in {"0", "false"}


def _table(element: etree._Element, taken: set[etree._Element]) -> Table:
    """The table's rows; empty for one that stands in a cell of another, which holds its text."""
    held = [paragraph for paragraph in paragraphs(element) if paragraph not in taken]
    rows = []
    for row in element.iterchildren("{*}tr"):
        cells = list(row.iterchildren("{*}tc"))
        if held:
            rows.append(tuple("\n".join(texts(cell)) for cell in cells))
        taken.update(paragraph for cell in cells for paragraph in paragraphs(cell))
    return tuple(rows) if any(any(row) for row in rows) else ()


def _title(root: etree._Element, taken: set[etree._Element]) -> str | None:
    """The title placeholder's text, else the largest first line among the shapes."""
    candidates: list[tuple[int, etree._Element]] = []
    for shape in root.iter("{*}sp"):
        kind = _placeholder_kind(shape)
        lines = [p for p in paragraphs(shape) if p not in taken and paragraph_text(p)]
        if not lines or kind in _FURNITURE_KINDS:
            continue
        if kind in _TITLE_KINDS:
            taken.update(lines)
            return " ".join(" ".join(paragraph_text(p).split()) for p in lines)
        candidates.append((_size(lines[0]), lines[0]))
    if not candidates:
        return None
    line = max(candidates, key=lambda candidate: candidate[0])[1]
    title = " ".join(paragraph_text(line).split())
    if len(title) > _TITLE_CHARACTERS:
        return None
    taken.add(line)
    return title


def _placeholder_kind(shape: etree._Element) -> str | None:
    """The placeholder's kind; None for a shape that is no placeholder."""
    placeholder = shape.find("{*}nvSpPr/{*}nvPr/{*}ph")
    return None if placeholder is None else placeholder.get("type", "obj")


def _size(paragraph: etree._Element) -> int:
    sizes = [run.get("sz", "") for run in paragraph.iter("{*}rPr")]
    return max((int(size) for size in sizes if size.isdecimal()), default=_INHERITED_SIZE)


def _body(root: etree._Element, taken: set[etree._Element]) -> str:
    """Paragraphs a line each; a blank line between the text of one shape and the next."""
    rest = [
        (paragraph.getparent(), text)
        for paragraph in paragraphs(root)
        if paragraph not in taken and (text := paragraph_text(paragraph))
    ]
    shapes = groupby(rest, key=lambda item: item[0])
    return "\n\n".join("\n".join(text for _, text in group) for _, group in shapes)


def _alt_texts(root: etree._Element) -> tuple[str, ...]:
    found: list[str] = []
    for element in root.iter("{*}cNvPr"):
        title, description = (element.get(key, "").strip() for key in ("title", "descr"))
        if title and title != description:
            found.append(title)
        if description:
            found.append(description)
    return tuple(found)
