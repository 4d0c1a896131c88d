"""From what was read to what is written: cleaning, running lines, language, passages, blocks.

Pure and processor-bound: it runs in a thread, before the writing transaction begins.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.types import Page, Table
from search_service.catalog.blocks import BlockUnit
from search_service.catalog.pages import PageRecord
from search_service.index.writer import PageText
from search_service.ingest.receipt import Reading, warnings_of
from search_service.ingest.segmentation import table_lines, units_of
from search_service.text.languages import detect
from search_service.text.normalise import clean, repeated_lines, without_lines


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the writing transaction writes, but for what it must look up."""

    language: str
    pages: tuple[PageRecord, ...]
    texts: tuple[PageText, ...]
    units: tuple[BlockUnit, ...]

    @property
    def words(self) -> int:
        return sum(len(text.body.split()) for text in self.texts)


def prepare(reading: Reading) -> Prepared:
    """Clean and take apart everything that was read."""
    pages = [_cleaned(page) for page in reading.pages]
    running = repeated_lines([page.body for page in pages])
    title_in_body = reading.document.title_in_body
    texts = [_text_of(page, running, title_in_body=title_in_body) for page in pages]
    whole = "\n".join(part for text in texts for part in (text.title, text.body) if part)
    return Prepared(
        language=detect(whole, reading.document.language),
        pages=tuple(pages),
        texts=tuple(texts),
        units=tuple(
            unit
            for page, text in zip(pages, texts, strict=True)
            for unit in units_of(page, text, wrapped=title_in_body)
        ),
    )


def without_title(body: str, title: str) -> str:
    """Give the body without the first lines that say the title, however it was broken there."""
    words = title.split()
    if not words:
        return body
    # Whole lines only: a title that opens a sentence stays part of it.
    spoken = r"\s+".join(map(re.escape, words))
    return re.sub(rf"(?m)^[^\S\n]*{spoken}[^\S\n]*(?:\n|\Z)", "", body, count=1).strip("\n")


def _cleaned(page: Page) -> PageRecord:
    return PageRecord(
        page_number=page.number,
        label=_line(page.label) or None,
        title=_line(page.title),
        body=clean(page.body),
        notes=clean(page.notes or ""),
        tables=[_cleaned_table(table) for table in page.tables],
        alt_texts=_texts(page.alt_texts),
        chart_texts=_texts(page.chart_texts),
        diagram_texts=_texts(page.diagram_texts),
        comments=_texts(page.comments),
        links=_texts(page.links),
        hidden=page.hidden,
        width=page.width,
        height=page.height,
        warnings=warnings_of(page.warnings),
    )


def _cleaned_table(table: Table) -> list[list[str]]:
    return [[_line(cell) for cell in row] for row in table]


def _text_of(page: PageRecord, running: frozenset[str], *, title_in_body: bool) -> PageText:
    body, title = without_lines(page.body, running), page.title
    if title_in_body:
        body = without_title(body, title)
        title = without_lines(title, running)
    others = (*page.chart_texts, *page.diagram_texts, *page.alt_texts)
    parts = (body, table_lines(page.tables), "\n".join(others))
    return PageText(
        page_number=page.page_number,
        title=title,
        body="\n\n".join(part for part in parts if part.strip()),
        notes="\n\n".join(part for part in (page.notes, *page.comments) if part),
        hidden=page.hidden,
    )


def _texts(texts: Sequence[str]) -> list[str]:
    return [text for text in map(clean, texts) if text]


def _line(text: str | None) -> str:
    return " ".join(clean(text or "").split())
