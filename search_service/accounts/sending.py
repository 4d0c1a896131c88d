"""Whether a material or a slide may be sent to a customer, and why not: pure rules in one place.

It knows no table and no request. What travels with a file is a reason too; a clean copy takes that
away, and nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from search_service.db.enums import MaterialAudience, MaterialStatus


class ReasonCode(StrEnum):
    """Why something should not be sent; stable, in the order in which they are told."""

    INTERNAL_AUDIENCE = "internal_audience"
    NOT_PUBLISHED = "not_published"
    ARCHIVED = "archived"
    EXPIRED = "expired"
    REVIEW_OVERDUE = "review_overdue"
    SUPERSEDED = "superseded"
    STALE_BLOCK = "stale_block"
    HIDDEN_SLIDE = "hidden_slide"
    WITHDRAWN = "withdrawn"
    NOT_READ = "not_read"
    SPEAKER_NOTES = "speaker_notes"
    COMMENTS = "comments"
    HIDDEN_SLIDES = "hidden_slides"
    EMBEDDED_WORKBOOKS = "embedded_workbooks"
    EXTERNAL_LINKS = "external_links"
    AUTHOR_METADATA = "author_metadata"


TRAVELLING = frozenset({
    ReasonCode.NOT_READ, ReasonCode.SPEAKER_NOTES, ReasonCode.COMMENTS, ReasonCode.HIDDEN_SLIDES,
    ReasonCode.EMBEDDED_WORKBOOKS, ReasonCode.EXTERNAL_LINKS, ReasonCode.AUTHOR_METADATA,
})  # fmt: skip
"""What a clean copy does not have."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; `message` is a sentence for a person."""

    code: ReasonCode
    message: str


@dataclass(frozen=True, slots=True)
class Shareable:
    """`ok`: it may be sent as it is; `clean_copy_ok`: its clean copy may."""

    ok: bool
    clean_copy_ok: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class MaterialFacts:
    """What the rules look at of a material at its present version.

    `baggage` is what was found to travel with the file, which may not be all where it was not
    `read_in_full`; `stale_pages` are those that are published in newer words elsewhere.
    """

    audience: MaterialAudience
    status: MaterialStatus
    review_by: date | None
    expires_on: date | None
    version: int
    media_type: str
    baggage: Mapping[str, int]
    read_in_full: bool = True
    stale_pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the rules look at of one page of a version."""

    number: int
    version: int
    hidden: bool
    has_notes: bool
    comments: int


WITHDRAWN = Shareable(
    ok=False,
    clean_copy_ok=False,
    reasons=(Reason(ReasonCode.WITHDRAWN, "It was withdrawn a moment ago; search again."),),
)
_COPIED_TYPES = ("application/pdf", "presentationml.", "ms-powerpoint.")
_NAMED_PAGES = 5
_BAGGAGE: Mapping[ReasonCode, tuple[str, str]] = {
    ReasonCode.SPEAKER_NOTES: ("slide has speaker notes", "slides have speaker notes"),
    ReasonCode.COMMENTS: ("comment travels with the file", "comments travel with the file"),
    ReasonCode.HIDDEN_SLIDES: ("hidden slide is in the file", "hidden slides are in the file"),
    ReasonCode.EMBEDDED_WORKBOOKS: (
        "embedded workbook or object is in the file",
        "embedded workbooks or objects are in the file",
    ),
    ReasonCode.EXTERNAL_LINKS: (
        "link to a file of somebody's own is in it",
        "links to files of somebody's own are in it",
    ),
    ReasonCode.AUTHOR_METADATA: (
        "property of the file names people or companies",
        "properties of the file name people or companies",
    ),
}


def of_material(facts: MaterialFacts, today: date) -> Shareable:
    """Say whether a file may be sent as it stands today."""
    return _decided(facts, [*_of_both(facts, today), *_stale(facts), *_travelling(facts)])


def of_page(facts: MaterialFacts, page: PageFacts, today: date) -> Shareable:
    """Say the same of one of its pages alone."""
    reasons = [*_of_both(facts, today), *_superseded(facts, page), *_stale(facts, page)]
    if page.hidden:
        reasons.append(Reason(ReasonCode.HIDDEN_SLIDE, "The slide is hidden in the show."))
    if page.has_notes:
        reasons.append(Reason(ReasonCode.SPEAKER_NOTES, "The slide has speaker notes."))
    if page.comments:
        reasons.append(_counted(ReasonCode.COMMENTS, page.comments))
    return _decided(facts, reasons)


def has_clean_copy(media_type: str) -> bool:
    """Tell whether clean copies are made of this kind of file."""
    return media_type == _COPIED_TYPES[0] or any(mark in media_type for mark in _COPIED_TYPES[1:])


def _decided(facts: MaterialFacts, reasons: list[Reason]) -> Shareable:
    cured = all(reason.code in TRAVELLING for reason in reasons)
    return Shareable(
        ok=not reasons,
        clean_copy_ok=cured and has_clean_copy(facts.media_type),
        reasons=tuple(reasons),
    )


def _of_both(facts: MaterialFacts, today: date) -> list[Reason]:
    found = (rule(facts, today) for rule in _RULES)
    return [reason for reason in found if reason]


def _internal(facts: MaterialFacts, _today: date) -> Reason | None:
    if facts.audience != MaterialAudience.INTERNAL:
        return None
    return Reason(ReasonCode.INTERNAL_AUDIENCE, "It is for internal use only.")


def _unpublished(facts: MaterialFacts, _today: date) -> Reason | None:
    if facts.status == MaterialStatus.ARCHIVED:
        return Reason(ReasonCode.ARCHIVED, "It is archived.")
    if facts.status == MaterialStatus.PUBLISHED:
        return None
    words = "is a draft" if facts.status == MaterialStatus.DRAFT else "is still in review"
    return Reason(ReasonCode.NOT_PUBLISHED, f"It {words}.")


def _expired(facts: MaterialFacts, today: date) -> Reason | None:
    if facts.expires_on is None or facts.expires_on > today:
        return None
    return Reason(ReasonCode.EXPIRED, f"It expired on {facts.expires_on.isoformat()}.")


def _overdue(facts: MaterialFacts, today: date) -> Reason | None:
    if facts.review_by is None or facts.review_by >= today:
        return None
    return Reason(
        ReasonCode.REVIEW_OVERDUE, f"Its review was due on {facts.review_by.isoformat()}."
    )


_RULES: tuple[Callable[[MaterialFacts, date], Reason | None], ...] = (
    _internal,
    _unpublished,
    _expired,
    _overdue,
)


def _superseded(facts: MaterialFacts, page: PageFacts) -> list[Reason]:
    if page.version >= facts.version:
        return []
    words = f"Version {page.version} of the file was replaced by version {facts.version}."
    return [Reason(ReasonCode.SUPERSEDED, words)]


def _stale(facts: MaterialFacts, page: PageFacts | None = None) -> list[Reason]:
    stale = facts.stale_pages
    if page is not None:
        stale = (page.number,) if page.number in stale and page.version == facts.version else ()
    if not stale:
        return []
    named = ", ".join(map(str, stale[:_NAMED_PAGES]))
    more = f" and {len(stale) - _NAMED_PAGES} more" if len(stale) > _NAMED_PAGES else ""
    what = f"Slide {named} is" if len(stale) == 1 else f"Slides {named}{more} are"
    return [Reason(ReasonCode.STALE_BLOCK, f"{what} published in newer words elsewhere.")]


def _travelling(facts: MaterialFacts) -> list[Reason]:
    counts = {code: int(facts.baggage.get(code, 0)) for code in _BAGGAGE}
    found = [_counted(code, count) for code, count in counts.items() if count]
    if facts.read_in_full:
        return found
    words = "The file was not read in full, so nobody knows all that travels with it."
    return [Reason(ReasonCode.NOT_READ, words), *found]


def _counted(code: ReasonCode, count: int) -> Reason:
    one, many = _BAGGAGE[code]
    return Reason(code, f"{count} {one if count == 1 else many}.")
