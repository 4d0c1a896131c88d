"""The review screen as values: what was read, page by page, and the next statuses. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from search_service.accounts import policy
from search_service.accounts.policy import Principal
from search_service.catalog.materials import MaterialRecord
from search_service.catalog.pages import PageRecord
from search_service.db.enums import MaterialStatus
from search_service.web.views import wording
from search_service.web.views.addresses import image_address
from search_service.web.views.reading import Known, paragraphs_of, text_of

_STEPS: Mapping[tuple[MaterialStatus, MaterialStatus], str] = {
    (MaterialStatus.DRAFT, MaterialStatus.REVIEW): "Send to review",
    (MaterialStatus.REVIEW, MaterialStatus.PUBLISHED): "Publish",
    (MaterialStatus.REVIEW, MaterialStatus.DRAFT): "Back to draft",
    (MaterialStatus.PUBLISHED, MaterialStatus.ARCHIVED): "Archive",
    (MaterialStatus.PUBLISHED, MaterialStatus.REVIEW): "Back to review",
    (MaterialStatus.ARCHIVED, MaterialStatus.DRAFT): "Reopen as draft",
}
_SOURCES: Mapping[str, str] = {
    "title": "title", "text": "text", "table": "tables", "notes": "notes", "comments": "comments",
    "ocr": "recognised pictures", "chart": "charts",
    "diagram": "diagrams", "alt_text": "alternative texts",
}  # fmt: skip

_BAGGAGE: Mapping[str, str] = {
    "speaker_notes": "slide with speaker notes",
    "comments": "comment",
    "hidden_slides": "hidden slide",
    "embedded_workbooks": "embedded file",
    "external_links": "linked file",
    "author_metadata": "property naming people or companies",
}
_BAGGAGE_PLURALS: Mapping[str, str] = {
    "speaker_notes": "slides with speaker notes",
    "author_metadata": "properties naming people or companies",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A button that takes the material to another status; one of them leads on."""

    status: str
    label: str
    leads_on: bool


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """What was read from one page; `warnings` are sentences."""

    page: PageRecord
    image: str
    title: str
    paragraphs: tuple[str, ...]
    notes: tuple[str, ...]
    characters: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviewView:
    """What was read from the present file; `unread` says why nothing was, and what to do."""

    pages: tuple[ReviewPage, ...]
    summary: str
    baggage: tuple[str, ...]
    file_warnings: tuple[str, ...]
    steps: tuple[Step, ...]
    unread: str


def review_of(known: Known, principal: Principal, word: str) -> ReviewView:
    """Lay out the review of a material; `word` is what its pages are called."""
    receipt = known.receipt or {}
    material = known.material
    pages = tuple(
        _page(page, image_address(material.id, page.page_number, material.current_version), word)
        for page in known.pages
    )
    steps = steps_of(material, principal)
    return ReviewView(
        pages=pages,
        summary=_summary(receipt, len(pages), word),
        baggage=_baggage(receipt),
        file_warnings=tuple(_sentences(receipt.get("warnings") or ())),
        # Of what nobody could read there is nothing to hand on.
        steps=tuple(step for step in steps if not (known.unread and step.leads_on)),
        unread=known.unread,
    )


def _baggage(receipt: Mapping[str, Any]) -> tuple[str, ...]:
    """Say what travels with the file beside its pages."""
    counts: Mapping[str, int] = receipt.get("baggage") or {}
    return tuple(
        f"{counts[name]:,} {_BAGGAGE_PLURALS[name]}"
        if counts[name] > 1 and name in _BAGGAGE_PLURALS
        else wording.counted(counts[name], word)
        for name, word in _BAGGAGE.items()
        if counts.get(name)
    )


def steps_of(material: MaterialRecord, principal: Principal) -> tuple[Step, ...]:
    """Give the steps that the principal may take, the one that leads on first."""
    allowed = [
        new
        for new in MaterialStatus
        if policy.may_transition(principal, material.owner_id, material.status, new)
    ]
    ahead = {MaterialStatus.REVIEW, MaterialStatus.PUBLISHED}
    steps = [
        Step(
            new.value,
            _STEPS[material.status, new],
            new in ahead and material.status is not MaterialStatus.PUBLISHED,
        )
        for new in allowed
    ]
    return tuple(sorted(steps, key=lambda step: not step.leads_on))


def _page(page: PageRecord, image: str, word: str) -> ReviewPage:
    cells = sum(len(cell) for table in page.tables for row in table for cell in row)
    other = (page.alt_texts, page.chart_texts, page.diagram_texts)
    characters = len(page.title) + len(page.body) + len(page.notes) + cells
    return ReviewPage(
        page=page,
        image=image,
        title=page.title or f"{word.capitalize()} {page.page_number}",
        paragraphs=text_of(page.body, portrait=word == "page"),
        notes=paragraphs_of(page.notes),
        characters=characters + sum(len(text) for texts in other for text in texts),
        warnings=tuple(_sentences(page.warnings)),
    )


def _sentences(warnings: Iterable[Mapping[str, str | None]]) -> list[str]:
    return [
        f"{wording.warning(item['code'])}: {item['detail']}"
        if item.get("detail")
        else wording.warning(item["code"])
        for item in warnings
    ]


def _summary(receipt: Mapping[str, Any], pages: int, word: str) -> str:
    """One line: how many pages, how much text from where, by which reader."""
    totals: Mapping[str, Any] = receipt.get("totals") or {}
    characters: Mapping[str, int] = totals.get("characters") or {}
    sources = [_SOURCES.get(source, source) for source in characters]
    without = totals.get("pages_without_text") or 0
    parts = (
        wording.counted(pages, word),
        f"{sum(characters.values()):,} characters from {wording.joined(sources)}"
        if sources
        else "",
        f"{wording.counted(without, word)} without text" if without else "",
        f"read in {receipt['duration_s']:.1f} s" if receipt.get("duration_s") else "",
    )
    return " · ".join(part for part in parts if part)
