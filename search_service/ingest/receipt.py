"""The honest account of an extraction: what was read from where, and what looks wrong. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from extractors.addresses import may_be_sent
from extractors.types import (
    NOT_READ_IN_FULL,
    Document,
    Page,
    ReadWarning,
    Summary,
    WarningCode,
)
from search_service.text.dates import moment_of

RECOGNISED = frozenset({WarningCode.TEXT_RECOGNISED, WarningCode.TEXT_RECOGNISED_POORLY})
_PLACES_TOLD = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that reading one file gave."""

    document: Document
    pages: tuple[Page, ...]
    summary: Summary
    duration_s: float


def receipt_of(reading: Reading) -> dict[str, Any]:
    """Give the receipt as it is stored (JSON).

    `manner`: how the reader gave the pages (`preparation.Manner`);
    `pages`: number, characters by source, hidden, warnings; `totals`: the same added up, with
    pages, pages without text, pages with warnings; `baggage`: what travels with the file beside
    its pages; `modified`: when the file says that it was changed (ISO 8601), where that can be
    true; `extractor`, `media_type`, `duration_s`, `status`, `code`, `warnings`; `detail`: why not
    all was read, and of which pages.
    """
    pages = [_page(page) for page in reading.pages]
    return {
        "status": reading.summary.status,
        "code": _text(reading.summary.code),
        "detail": _detail(reading),
        "extractor": reading.document.extractor,
        "media_type": reading.document.media_type,
        "modified": _moment(reading.document.modified),
        "duration_s": round(reading.duration_s, 3),
        "pages_stated": reading.document.pages,
        "manner": {
            "title_in_body": reading.document.title_in_body,
            "language": reading.document.language,
        },
        "totals": _totals(pages),
        "baggage": _baggage(reading),
        "warnings": warnings_of((*reading.document.warnings, *reading.summary.warnings)),
        "pages": pages,
    }


def incomplete_pages(reading: Reading) -> str:
    """Name the pages of which something was not read, those never reached among them.

    "page 3", "pages 3 and 41–100"; empty where none is known.
    """
    numbers = {
        page.number
        for page in reading.pages
        if any(warning.code in NOT_READ_IN_FULL for warning in page.warnings)
    }
    last = max((page.number for page in reading.pages), default=0)
    numbers |= set(range(last + 1, (reading.document.pages or 0) + 1))
    places = _places(sorted(numbers))
    if len(places) > _PLACES_TOLD:
        more = f"{len(places) - _PLACES_TOLD} more places"
        return f"pages {', '.join(places[:_PLACES_TOLD])} and {more}"
    *most, end = places or [""]
    if most:
        return f"pages {', '.join(most)} and {end}"
    return f"page{'s' if len(numbers) > 1 else ''} {end}" if end else ""


def characters_of(page: Page) -> dict[str, int]:
    """Count a page's characters by where they come from; `ocr` is text recognised in a picture."""
    recognised = any(warning.code in RECOGNISED for warning in page.warnings)
    cells = (cell for table in page.tables for row in table for cell in row)
    return {
        "title": len(page.title or ""),
        "ocr" if recognised else "text": len(page.body),
        "table": sum(map(len, cells)),
        "notes": len(page.notes or ""),
        "comments": sum(map(len, page.comments)),
        "chart": sum(map(len, page.chart_texts)),
        "diagram": sum(map(len, page.diagram_texts)),
        "alt_text": sum(map(len, page.alt_texts)),
    }


def warnings_of(warnings: Sequence[ReadWarning]) -> list[dict[str, str | None]]:
    """Give warnings as they are stored."""
    return [{"code": warning.code.value, "detail": warning.detail} for warning in warnings]


def _places(numbers: Sequence[int]) -> list[str]:
    """Ascending numbers as "7", or "41–100" where they follow one another."""
    runs = groupby(enumerate(numbers), key=lambda each: each[1] - each[0])
    spans = [[number for _, number in run] for _, run in runs]
    return [f"{span[0]}–{span[-1]}" if len(span) > 1 else str(span[0]) for span in spans]


def _detail(reading: Reading) -> str | None:
    places = incomplete_pages(reading) if reading.summary.status == "partial" else ""
    parts = (reading.summary.detail, f"not read in full: {places}" if places else "")
    return "; ".join(part for part in parts if part) or None


def _page(page: Page) -> dict[str, Any]:
    return {
        "number": page.number,
        "characters": {source: count for source, count in characters_of(page).items() if count},
        "hidden": page.hidden,
        "warnings": warnings_of(page.warnings),
    }


def _totals(pages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    characters: dict[str, int] = {}
    for page in pages:
        for source, count in page["characters"].items():
            characters[source] = characters.get(source, 0) + count
    return {
        "pages": len(pages),
        "pages_without_text": sum(not page["characters"] for page in pages),
        "pages_with_warnings": sum(bool(page["warnings"]) for page in pages),
        "hidden_pages": sum(page["hidden"] for page in pages),
        "characters": characters,
    }


def _baggage(reading: Reading) -> dict[str, int]:
    """Counts by the names of `extractors.types.Baggage`, made here where a format states none."""
    comments = sum(len(page.comments) for page in reading.pages)
    if reading.document.baggage is not None:
        stated = asdict(reading.document.baggage)
        own = sum(not may_be_sent(link) for page in reading.pages for link in page.links)
        return stated | {
            "comments": max(stated["comments"], comments),
            "external_links": stated["external_links"] + own,
        }
    return {
        "speaker_notes": sum(bool(page.notes) for page in reading.pages),
        "comments": comments,
        "hidden_slides": sum(page.hidden for page in reading.pages),
        "embedded_workbooks": 0,
        "external_links": 0,
        "author_metadata": int(bool(reading.document.author)),
    }


def _moment(stated: str | None) -> str | None:
    moment = moment_of(stated or "")
    return None if moment is None else moment.isoformat()


def _text(code: object) -> str | None:
    return None if code is None else str(code)
