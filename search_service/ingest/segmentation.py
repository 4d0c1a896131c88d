"""Cuts a page into the pieces that may stand elsewhere: the whole of it, tables, lists, paragraphs.

Pure. What says nothing wherever it stands ("Thank you", an agenda, a legal line) is no piece.
"""

import re
from collections.abc import Iterator, Sequence

from search_service.catalog.blocks import BlockKind, BlockUnit
from search_service.catalog.pages import PageRecord
from search_service.index.writer import PageText
from search_service.text.fingerprint import fingerprint, telling_words

CELL_BORDER = " | "
# Different words that are no numbers. With these no block of the corpus' 567 files stands word for
# word in a file of another of its 17 accounts (benchmarks.blocks).
MIN_WORDS = {
    BlockKind.SLIDE: 8,
    BlockKind.TABLE: 8,
    BlockKind.LIST: 12,
    BlockKind.PARAGRAPHS: 12,
}
MAX_NAME = 255
LIST_LINES = 3
# A legal line is one sentence or two; a page of terms is content.
LEGAL_WORDS = 25

_BULLET = re.compile(r"\s*(?:[•‣▪■●○◦–—*·➢➤✓✔-]|\d{1,2}[.)])\s")
_LEGAL = re.compile(
    r"(?i)©|\(c\)\s*\d{4}|copyright|all rights reserved|tous droits réservés|alle rechte"
    r"|\b(?:strictly )?confidential\b|\bconfidentiel|\bvertraulich\b"
)
_GAP = re.compile(r"\n[^\S\n]*\n\s*")


def units_of(page: PageRecord, text: PageText, *, wrapped: bool) -> list[BlockUnit]:
    """Give the pieces of a page, the whole of it first; each text once.

    `text` is the page without running lines; `wrapped` where a line's end means nothing (PDF).
    """
    where = f"Page {page.page_number}"
    whole = _stated(f"{text.title}\n{text.body}")
    pieces = [(BlockKind.SLIDE, whole, where)]
    for number, table in enumerate(page.tables, start=1):
        if len(table) > 1:
            place = f"{where}, table {number}"
            pieces.append((BlockKind.TABLE, table_lines([table]), place))
    spoken = _stated(_before_tables(page, text))
    pieces += [(kind, group, where) for kind, group in _groups(spoken, wrapped=wrapped)]
    found: dict[str, BlockUnit] = {}
    for kind, content, context in pieces:
        if len(telling_words(content)) >= MIN_WORDS[kind]:
            unit = _unit(kind, content, page.page_number, context)
            found.setdefault(unit.fingerprint, unit)
    return list(found.values())


def table_lines(tables: Sequence[Sequence[Sequence[str]]]) -> str:
    """Give tables as text: a line for each row, an empty line between two tables."""
    return "\n\n".join(
        "\n".join(CELL_BORDER.join(filled) for row in table if (filled := [c for c in row if c]))
        for table in tables
    )


def _unit(kind: BlockKind, content: str, page_number: int, context: str) -> BlockUnit:
    return BlockUnit(
        fingerprint=fingerprint(content),
        # Of its own words alone: a block is shared, the slide it was first met on is not.
        name=content.partition("\n")[0][:MAX_NAME],
        content=content,
        block_type=kind,
        slide_number=page_number,
        context=context,
    )


def _stated(text: str) -> str:
    """The text without legal lines and lone numbers, which change where the content does not."""
    return "\n".join(line for line in text.split("\n") if not _is_furniture(line)).strip()


def _is_furniture(line: str) -> bool:
    bare = line.strip()
    if not bare:
        return False
    return bare.isdecimal() or (
        _LEGAL.search(bare) is not None and len(bare.split()) <= LEGAL_WORDS
    )


def _before_tables(page: PageRecord, text: PageText) -> str:
    """The body's own words: tables, charts and diagrams stand behind them."""
    tables = table_lines(page.tables)
    return text.body.partition(tables)[0] if tables else text.body


def _groups(body: str, *, wrapped: bool) -> Iterator[tuple[BlockKind, str]]:
    """Runs of lines with no empty line between; in a PDF, where there are none, its bullets."""
    for group in _GAP.split(body):
        lines = [line for line in group.split("\n") if line.strip()]
        if not lines:
            continue
        bullets = sum(1 for line in lines if _BULLET.match(line))
        listed = bullets * 2 > len(lines) or (not wrapped and len(lines) >= LIST_LINES)
        yield (BlockKind.LIST if listed else BlockKind.PARAGRAPHS), "\n".join(lines)
