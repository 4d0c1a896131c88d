"""How the service's closed lists, dates and sizes are written on a page. Pure; English.

It holds no HTML: a mark is a tone that the style sheet knows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from search_service.catalog.warnings import WORDS
from search_service.db.enums import MaterialAudience, MaterialStatus, MaterialType, ReviewReason
from search_service.search.tree import Field
from search_service.text.languages import UNDETERMINED

TYPES: Mapping[str, str] = {
    MaterialType.PRODUCT_BRIEF: "Brief",
    MaterialType.PRODUCT_SALES_ENABLEMENT_DECK: "Enablement deck",
    MaterialType.PRODUCT_PORTFOLIO_PRESENTATION: "Portfolio presentation",
    MaterialType.PRODUCT_SALES_DECK: "Sales deck",
    MaterialType.PRODUCT_DATASHEET: "Datasheet",
    MaterialType.PRODUCT_CATALOG: "Catalogue",
}
AUDIENCES: Mapping[str, str] = {
    MaterialAudience.INTERNAL: "Internal",
    MaterialAudience.CUSTOMER_FACING: "Customer-facing",
    MaterialAudience.BOTH: "Internal and customers",
}
STATUSES: Mapping[str, str] = {
    MaterialStatus.DRAFT: "Draft",
    MaterialStatus.REVIEW: "In review",
    MaterialStatus.PUBLISHED: "Published",
    MaterialStatus.ARCHIVED: "Archived",
}
LANGUAGES: Mapping[str, str] = {
    "de": "German", "en": "English", "es": "Spanish", "fr": "French", "it": "Italian",
    "nl": "Dutch", "pl": "Polish", "pt": "Portuguese", UNDETERMINED: "Undetermined",
}  # fmt: skip
FIELDS: Mapping[Field, str] = {
    Field.PERSONA: "Persona",
    Field.SEGMENT: "Segment",
    Field.UNIVERSE: "Universe",
    Field.PRODUCT: "Product",
    Field.TYPE: "Type",
    Field.AUDIENCE: "Audience",
    Field.STATUS: "Status",
    Field.TAG: "Tag",
    Field.FORMAT: "Format",
    Field.LANGUAGE: "Language",
    Field.OWNER: "Owner",
    Field.UPDATED: "Updated",
}
_LABELS: Mapping[Field, Mapping[str, str]] = {
    Field.TYPE: TYPES,
    Field.AUDIENCE: AUDIENCES,
    Field.STATUS: STATUSES,
    Field.LANGUAGE: LANGUAGES,
}
REVIEW_REASONS: Mapping[str, str] = {
    ReviewReason.SERIOUS_WARNINGS: "serious warnings",
    ReviewReason.PARTLY_READ: "partly read",
    ReviewReason.REFUSED: "could not be read",
    ReviewReason.UNFITTING_CORRECTIONS: "corrections no longer fit",
    ReviewReason.REVIEW_DUE: "review is due",
    ReviewReason.EXPIRING: "expires soon",
    ReviewReason.EXPIRED: "expired",
    ReviewReason.REPORTED: "reported as outdated",
    ReviewReason.STALE_PAGES: "gone stale",
}
_DECK_FORMATS = frozenset({"pptx", "pptm", "ppsx", "ppsm", "potx", "potm", "ppt", "odp"})
_OLD_DAYS = 365


@dataclass(frozen=True, slots=True)
class Badge:
    """A short mark; `tone` is "plain", "good", "warn", "alert" or "quiet"."""

    text: str
    tone: str = "plain"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What badges are made from; hits and records both have it."""

    material_type: str
    audience: str
    status: str | None
    product_name: str | None
    universe_name: str | None
    file_format: str | None
    language: str


def badges_of(facts: Facts) -> tuple[Badge, ...]:
    """Give the marks of a material, the one that warns first."""
    state = state_of(facts.status)
    audience_tone = "warn" if facts.audience == MaterialAudience.INTERNAL else "good"
    badges = [
        Badge(state, "alert") if state else None,
        Badge(AUDIENCES.get(facts.audience, facts.audience), audience_tone),
        Badge(TYPES.get(facts.material_type, facts.material_type)),
        Badge(facts.universe_name) if facts.universe_name else None,
        Badge(facts.product_name)
        if facts.product_name and facts.product_name != facts.universe_name
        else None,
        Badge(facts.file_format.upper(), "quiet") if facts.file_format else None,
        Badge(facts.language.upper(), "quiet", language(facts.language))
        if facts.language != UNDETERMINED
        else None,
    ]
    return tuple(badge for badge in badges if badge)


def state_of(status: str | None) -> str:
    """Give a status that a reader must know of; nothing for what is published."""
    known = status or MaterialStatus.DRAFT
    return "" if known == MaterialStatus.PUBLISHED else STATUSES.get(known, known)


def label_of(field: Field, value: str, given: str) -> str:
    """Give a facet value's name; `given` is what search calls it."""
    if field is Field.FORMAT:
        return given.upper()
    return _LABELS.get(field, {}).get(value, given)


def language(code: str) -> str:
    return LANGUAGES.get(code, code.upper())


def warning(code: str | None) -> str:
    """Give a receipt's warning as words; an unknown code is shown as it is."""
    return WORDS.get(code or "", (code or "").replace("_", " ").capitalize())


def page_word(file_format: str | None) -> str:
    """Give what one page of such a file is called."""
    return "slide" if (file_format or "") in _DECK_FORMATS else "page"


def counted(number: int, word: str) -> str:
    """Give "1 slide" or "1,200 slides"; a word in y changes to ies."""
    if number == 1:
        return f"1 {word}"
    plural = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return f"{number:,} {plural}"


def day(moment: date | datetime | None) -> str:
    """Give "3 Mar 2026", nothing for None."""
    return f"{moment.day} {moment:%b %Y}" if moment else ""


def is_old(moment: datetime | None, today: date) -> bool:
    """Tell whether something was last touched more than a year ago."""
    return moment is not None and (today - moment.date()).days > _OLD_DAYS


def size(size_bytes: int | None) -> str:
    """Give "840 kB" or "2.4 MB" (powers of ten, as file managers show)."""
    if size_bytes is None:
        return ""
    if size_bytes < 1_000_000:
        return f"{max(1, round(size_bytes / 1000))} kB"
    return f"{size_bytes / 1_000_000:.1f} MB"


def joined(words: Iterable[str]) -> str:
    """Give "a", "a and b" or "a, b and c"."""
    *most, last = tuple(words) or ("",)
    return f"{', '.join(most)} and {last}" if most else last
