"""Markdown as pages: what a reader of the rendered page sees, without the marks; pure.

A small part of CommonMark, read line by line in linear time: headings of both kinds, fences, pipe
tables, links, images, emphasis, front matter. What is not recognised stays as it was written.
"""

import re
from dataclasses import dataclass, field

from extractors.types import Document, Page, Table

_PAGE_LEVEL = 3
"""Headings of this level and above begin a page; deeper ones are lines of it."""
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_TABLE_RULE = set("|-: \t")
_IMAGE = re.compile(r"!\[([^\]\n]{0,300})\]\([^)\n]{0,500}\)")
_LINK = re.compile(r"\[([^\]\n]{1,300})\]\(<?([^)\s>]{1,500})>?[^)\n]{0,300}\)")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^>\s]{1,500})>")
_EMPHASIS = re.compile(r"(\*\*|__|~~|(?<!\w)[*_]|`+)(?=\S)([^*_~`\n]{1,300})\1")
_OUTSIDE = ("http://", "https://", "mailto:")


@dataclass(slots=True)
class _Section:
    title: str | None = None
    lines: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    alt_texts: list[str] = field(default_factory=list)
    links: dict[str, None] = field(default_factory=dict)


def read(text: str) -> list[Document | Page]:
    """The header and every page; a heading is its page's title and stands not in the body."""
    properties, lines = _front_matter(_without_comments(text).splitlines())
    pages = [_page(number, section) for number, section in enumerate(_sections(lines), start=1)]
    header = Document(
        media_type="text/markdown",
        extractor="markdown 1",
        title=properties.get("title") or next((page.title for page in pages if page.title), None),
        author=properties.get("author"),
        pages=len(pages),
        language=properties.get("lang"),
    )
    return [header, *pages]


def _without_comments(text: str) -> str:
    """The text without HTML comments; one that never ends stays, as no reader would hide it."""
    pieces = []
    start = 0
    while (comment := text.find("<!--", start)) >= 0 and (end := text.find("-->", comment)) >= 0:
        pieces.append(text[start:comment])
        start = end + 3
    return "".join([*pieces, text[start:]])


def _front_matter(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """Simple `key: value` lines between two rules at the very start, and the lines behind them."""
    if not lines or lines[0].rstrip() != "---" or "---" not in (rest := lines[1:100]):
        return {}, lines
    end = rest.index("---") + 1
    pairs = (line.partition(":") for line in lines[1:end])
    return {key.strip(): value.strip().strip("\"'") for key, _, value in pairs}, lines[end + 1 :]


def _sections(lines: list[str]) -> list[_Section]:
    sections = [_Section()]
    fence = ""
    for line in lines:
        mark = _FENCE.match(line)
        if fence:
            closing = mark is not None and line.strip() == mark[1] and mark[1].startswith(fence)
            fence = "" if closing else fence
            if not closing:
                sections[-1].lines.append(line)
        elif mark:
            fence = mark[1]
        elif heading := _HEADING.match(line):
            title = line[heading.end() :].strip().rstrip("#").rstrip()
            _begin(sections, len(heading[1]), title)
        elif (rule := _UNDERLINE.fullmatch(line)) and _is_paragraph(sections[-1].lines[-1:]):
            _begin(sections, 1 if rule[1][0] == "=" else 2, sections[-1].lines.pop().strip())
        else:
            _add(sections[-1], line)
    first, *rest = sections
    return sections if first.title or any(map(str.strip, first.lines)) or not rest else rest


def _begin(sections: list[_Section], level: int, title: str) -> None:
    if level > _PAGE_LEVEL:
        _add(sections[-1], title)
    else:
        sections.append(_Section())
        sections[-1].title = _inline(sections[-1], title)


def _is_paragraph(lines: list[str]) -> bool:
    return bool(lines) and bool(lines[0].strip()) and not lines[0].lstrip().startswith(("-", "|"))


def _add(section: _Section, line: str) -> None:
    """Add a line; rows of a table follow the rule under its head until a line without a bar."""
    is_rule = "|" in line and "-" in line and _TABLE_RULE.issuperset(line)
    if is_rule and section.lines and "|" in section.lines[-1]:
        section.tables.append((_cells(section, section.lines.pop()),))
        section.lines.append("")
    elif section.tables and "|" in line and section.lines[-1:] == [""]:
        section.tables[-1] += (_cells(section, line),)
    else:
        section.lines.append(_inline(section, line) if line.strip() else "\n")


def _cells(section: _Section, line: str) -> tuple[str, ...]:
    return tuple(_inline(section, cell.strip()) for cell in line.strip().strip("|").split("|"))


def _inline(section: _Section, line: str) -> str:
    """The line as rendered; its images and links are noted in the section."""
    section.alt_texts += [alt for alt in _IMAGE.findall(line) if alt.strip()]
    line = _IMAGE.sub("", line)
    addresses = [address for _, address in _LINK.findall(line)] + _AUTOLINK.findall(line)
    section.links |= dict.fromkeys(a for a in addresses if a.startswith(_OUTSIDE))
    line = _AUTOLINK.sub(r"\1", _LINK.sub(r"\1", line))
    for _ in range(2):  # emphasis within emphasis; deeper nesting keeps its marks
        line = _EMPHASIS.sub(r"\2", line)
    return line.lstrip("> ") if line.lstrip().startswith(">") else line


def _page(number: int, section: _Section) -> Page:
    return Page(
        number=number,
        title=section.title or None,
        body=re.sub(r"\n{3,}", "\n\n", "\n".join(section.lines)).strip(),
        tables=tuple(section.tables),
        alt_texts=tuple(section.alt_texts),
        links=tuple(section.links),
    )
