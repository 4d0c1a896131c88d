"""What there is to decide about a reading, as values: warnings, corrections, acceptance. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from search_service.catalog.corrections import TEXT_FIELDS, Correction
from search_service.catalog.pages import ReviewedPage
from search_service.catalog.reviewing import RestingBeside, Review
from search_service.catalog.warnings import ReceiptWarning, WarningState
from search_service.web.views import wording
from search_service.web.views.reading import paragraphs_of

_SETTLED: Mapping[WarningState, str] = {
    WarningState.ACKNOWLEDGED: "acknowledged",
    WarningState.CORRECTED: "text corrected",
    WarningState.HIDDEN: "page hidden from search",
}
# A hundred pictures are one decision, not a hundred.
_TOGETHER = 3


@dataclass(frozen=True, slots=True)
class WarningRow:
    """A warning with its page (0: the file); `settled` says how, empty while it is open."""

    page_number: int
    code: str
    text: str
    why: str
    serious: bool
    settled: str


@dataclass(frozen=True, slots=True)
class Together:
    """Open warnings of one kind that can be acknowledged at once."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class PageForm:
    """The texts of a page that is being corrected; `problem` says why they were not saved."""

    page_number: int
    etag: str
    title: str
    body: str
    notes: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PageMark:
    """What was decided about a page; `before` are its corrected texts as they were extracted."""

    corrected: str
    hidden: bool
    correction_id: int
    before: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Resting:
    """A correction that no longer fits: what it was made for, what it says, what stands there."""

    id: int
    page_number: int
    hidden: bool
    rows: tuple[tuple[str, str, str, str], ...]
    """Field, then as it was extracted, as it was corrected, as it is extracted now."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """Everything that a person decides on the review page."""

    version: int
    open: tuple[WarningRow, ...]
    settled: tuple[WarningRow, ...]
    together: tuple[Together, ...]
    serious: int
    accepted: str
    acceptable: bool
    marks: Mapping[int, PageMark]
    open_pages: frozenset[int]
    resting: tuple[Resting, ...]
    form: PageForm | None
    refusal: str


def decisions_of(
    review: Review, found: Sequence[ReviewedPage], form: PageForm | None, refusal: str
) -> Decisions:
    """Lay out a review; `refusal` says why the material was just not published."""
    rows = tuple(_warning(each) for each in review.warnings)
    still_open = tuple(row for row in rows if not row.settled)
    accepted = review.accepted
    by = f" by {accepted.by}" if accepted and accepted.by else ""
    return Decisions(
        version=review.material.current_version,
        open=still_open,
        settled=tuple(row for row in rows if row.settled),
        together=_together(still_open),
        serious=sum(row.serious for row in still_open),
        accepted=f"Accepted{by} on {wording.day(accepted.at)}." if accepted else "",
        acceptable=review.is_publishable and accepted is None and bool(found),
        marks={item.page.page_number: _mark(item.correction) for item in found if item.correction},
        open_pages=frozenset(row.page_number for row in still_open),
        resting=tuple(_resting(item) for item in review.unfitting),
        form=form,
        refusal=refusal,
    )


def form_of(found: Iterable[ReviewedPage], wanted: str) -> PageForm | None:
    """Give the form of the page that an address asks for; None where there is no such page."""
    for item in found:
        if str(item.page.page_number) == wanted:
            page = item.page
            return PageForm(page.page_number, item.etag, page.title, page.body, page.notes)
    return None


def _warning(warning: ReceiptWarning) -> WarningRow:
    text = wording.warning(warning.code)
    return WarningRow(
        page_number=warning.page_number,
        code=warning.code,
        text=f"{text}: {warning.detail}" if warning.detail else text,
        why=warning.why or "",
        serious=warning.is_serious,
        settled=_settled(warning),
    )


def _settled(warning: ReceiptWarning) -> str:
    said = _SETTLED.get(warning.state, "")
    acknowledged = warning.acknowledgement
    if warning.state is not WarningState.ACKNOWLEDGED or acknowledged is None:
        return said
    by = f" by {acknowledged.by}" if acknowledged.by else ""
    return f"{said}{by} on {wording.day(acknowledged.at)}"


def _together(rows: Sequence[WarningRow]) -> tuple[Together, ...]:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.code] = counts.get(row.code, 0) + 1
    return tuple(
        Together(code, f"Acknowledge all {count}: {wording.warning(code)}")
        for code, count in counts.items()
        if count >= _TOGETHER
    )


def _mark(correction: Correction) -> PageMark:
    names = [name for name in TEXT_FIELDS if name in correction.changes]
    return PageMark(
        corrected=wording.joined(names) if names else "",
        hidden=correction.hidden,
        correction_id=correction.id,
        before=tuple(
            (name.capitalize(), paragraphs_of(getattr(correction, f"extracted_{name}")))
            for name in names
        ),
    )


def _resting(item: RestingBeside) -> Resting:
    known = item.correction
    return Resting(
        id=known.id,
        page_number=known.page_number,
        hidden=known.hidden,
        rows=tuple(
            (
                name.capitalize(),
                getattr(known, f"extracted_{name}"),
                text,
                getattr(item.page, name) if item.page else "",
            )
            for name, text in known.changes.items()
        ),
    )
