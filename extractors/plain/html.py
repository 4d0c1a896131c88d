"""HTML as pages: the text a browser would show, by headings; nothing is fetched or executed."""

from dataclasses import dataclass, field, replace

from lxml import etree

from extractors.types import (
    Code,
    Document,
    ExtractionError,
    Page,
    ReadWarning,
    Table,
    WarningCode,
)

_PAGE_HEADINGS = {"h1", "h2", "h3"}
_UNSEEN = {"head", "script", "style", "template", "noscript", "svg", "object", "iframe"}
_BLOCKS = {
    *("address", "article", "aside", "blockquote", "body", "caption", "dd", "details", "div"),
    *("dl", "dt", "figcaption", "figure", "footer", "form", "h4", "h5", "h6", "header", "hr"),
    *("li", "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "td"),
    *("th", "tr", "ul"),
}
_OUTSIDE = ("http://", "https://", "mailto:")


@dataclass(slots=True)
class _Section:
    title: str | None = None
    pieces: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    alt_texts: list[str] = field(default_factory=list)
    links: dict[str, None] = field(default_factory=dict)


def read(text: str) -> list[Document | Page]:
    """The header and every page; a heading is its page's title and stands not in the body.

    Raises ExtractionError with damaged where no element can be made out.
    """
    root, is_whole = _parsed(text)
    pages = [_page(number, section) for number, section in enumerate(_sections(root), start=1)]
    if not is_whole:
        cut = ReadWarning(WarningCode.PART_DAMAGED, "elements nest too deep; the rest is lost")
        pages[-1] = replace(pages[-1], warnings=(cut,))
    author = root.find(".//meta[@name='author']")
    header = Document(
        media_type="text/html",
        extractor="html 1",
        title=_spaced(root.findtext(".//title") or "") or None,
        author=None if author is None else author.get("content"),
        pages=len(pages),
        language=root.get("lang"),
    )
    return [header, *pages]


def _parsed(text: str) -> tuple[etree._Element, bool]:
    """The root element, and whether everything was parsed."""
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        # Bytes, because lxml refuses text that declares an encoding of its own.
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ExtractionError(Code.DAMAGED, "the HTML cannot be parsed") from error
    if root is None:
        raise ExtractionError(Code.DAMAGED, "the HTML holds no element")
    return root, all(entry.level_name != "FATAL" for entry in parser.error_log)


def _sections(root: etree._Element) -> list[_Section]:
    sections = [_Section()]
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        name = element.tag if isinstance(element.tag, str) else ""
        if event == "end":
            _leave(sections[-1], element, name)
        elif name in _PAGE_HEADINGS:
            sections.append(_Section(_spaced(_whole_text(element)) or None))
            walk.skip_subtree()
        elif name in _UNSEEN:
            walk.skip_subtree()
        elif name == "table" and (table := _data_table(element)):
            sections[-1].tables.append(table)
            walk.skip_subtree()
        else:
            _enter(sections[-1], element, name)
    first, *rest = sections
    return sections if "".join(first.pieces).strip() or first.tables or not rest else rest


def _enter(section: _Section, element: etree._Element, name: str) -> None:
    if name in _BLOCKS or name == "br":
        section.pieces.append("\n")
    if name == "img" and (alt := _spaced(element.get("alt", ""))):
        section.alt_texts.append(alt)
    if name == "a" and element.get("href", "").startswith(_OUTSIDE):
        section.links[element.get("href", "")] = None
    section.pieces.append(_unbroken(element.text, element))


def _leave(section: _Section, element: etree._Element, name: str) -> None:
    if name in _BLOCKS:
        section.pieces.append("\n")
    section.pieces.append(_unbroken(element.tail, element.getparent()))


def _data_table(element: etree._Element) -> Table:
    """The table's rows; empty for one that only lays out the page."""
    if next(element.iterdescendants("table", "ul", "ol", *_PAGE_HEADINGS), None) is not None:
        return ()
    rows = tuple(
        tuple(_spaced(_whole_text(cell)) for cell in row.iterchildren("td", "th"))
        for row in element.iter("tr")
    )
    return rows if any(len(row) > 1 for row in rows) else ()


def _whole_text(element: etree._Element) -> str:
    return "".join(str(text) for text in element.itertext())


def _unbroken(text: str | None, parent: etree._Element | None) -> str:
    """The text with its line breaks as spaces, except where the author laid them out."""
    if not text or (parent is not None and parent.tag == "pre"):
        return text or ""
    return text.replace("\r", " ").replace("\n", " ")


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _page(number: int, section: _Section) -> Page:
    lines = (line.rstrip() for line in "".join(section.pieces).split("\n"))
    return Page(
        number=number,
        title=section.title,
        body="\n".join(_spaced(line) for line in lines if line.strip()),
        tables=tuple(section.tables),
        alt_texts=tuple(section.alt_texts),
        links=tuple(section.links),
    )
