"""From what was read to what is written: cleaning, running lines, language, passages, blocks.

Pure and processor-bound: it runs in a thread.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Self

from extractors.types import Page, Table
from search_service.catalog.blocks import BlockUnit
from search_service.catalog.corrections import NewCorrection
from search_service.catalog.pages import PageRecord
from search_service.index.writer import PageText
from search_service.ingest.receipt import Reading, warnings_of
from search_service.ingest.segmentation import table_lines, units_of
from search_service.text.languages import detect
from search_service.text.normalise import clean, repeated_lines, without_lines

_NOTHING: Mapping[int, NewCorrection] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Manner:
    """How a reader gave the pages: `extractors.types.Document` says what the fields mean."""

    title_in_body: bool
    language: str | None

    @classmethod
    def of(cls, reading: Reading) -> Self:
        return cls(reading.document.title_in_body, reading.document.language)

    @classmethod
    def of_receipt(cls, receipt: Mapping[str, Any]) -> Self:
        """Read it from a receipt; one of before it was noted tells it by the media type."""
        noted = receipt.get("manner")
        if noted is None:
            media_type = receipt.get("media_type") or ""
            return cls(media_type == "application/pdf" or media_type.startswith("text/"), None)
        return cls(noted["title_in_body"], noted["language"])


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the writing transaction writes, but for what it must look up.

    `pages` are as they were read; `texts` and `units` as they were corrected, `texts` without the
    pages that are hidden from search.
    """

    language: str
    pages: tuple[PageRecord, ...]
    texts: tuple[PageText, ...]
    units: tuple[BlockUnit, ...]

    @property
    def words(self) -> int:
        return sum(len(text.body.split()) for text in self.texts)


def prepare(reading: Reading) -> Prepared:
    """Clean and take apart everything that was read."""
    return arrange([_cleaned(page) for page in reading.pages], Manner.of(reading))


def arrange(
    pages: Sequence[PageRecord],
    manner: Manner,
    corrections: Mapping[int, NewCorrection] = _NOTHING,
) -> Prepared:
    """Take extracted pages apart; `corrections` are by page number."""
    running = repeated_lines([page.body for page in pages])
    corrected = [_corrected(page, corrections.get(page.page_number)) for page in pages]
    texts = []
    for page in corrected:
        text = _text_of(page, running, title_in_body=manner.title_in_body)
        correction = corrections.get(page.page_number)
        # A title that somebody gave stands, be it a running line.
        stated = None if correction is None else correction.title
        texts.append(text if stated is None else replace(text, title=stated))
    shown = [
        text
        for text in texts
        if text.page_number not in corrections or not corrections[text.page_number].hidden
    ]
    whole = "\n".join(part for text in texts for part in (text.title, text.body) if part)
    return Prepared(
        language=detect(whole, manner.language),
        pages=tuple(pages),
        texts=tuple(shown),
        units=tuple(
            unit
            for page, text in zip(corrected, texts, strict=True)
            for unit in units_of(page, text, wrapped=manner.title_in_body)
        ),
    )


def fingerprints(pages: Sequence[PageRecord], manner: Manner) -> dict[int, str]:
    """Give what tells an extracted page from another, by page number: 64 hex digits.

    Running lines, comments and blanks do not count: a footer's year or a page number changes no
    page, and neither does another place in the deck.
    """
    running = repeated_lines([page.body for page in pages])
    found = {}
    for page in pages:
        text = _text_of(page, running, title_in_body=manner.title_in_body)
        parts = (" ".join(part.split()) for part in (text.title, text.body, page.notes))
        found[page.page_number] = sha256(
            "\n".join(parts).encode("utf-8", "surrogatepass")
        ).hexdigest()
    return found


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


def _corrected(page: PageRecord, correction: NewCorrection | None) -> PageRecord:
    changes: dict[str, Any] = {} if correction is None else dict(correction.changes)
    return replace(page, **changes) if changes else page


def _text_of(page: PageRecord, running: frozenset[str], *, title_in_body: bool) -> PageText:
    body = without_lines(page.body, running, page.page_number)
    title = page.title
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
