"""Corrections, warnings and acceptance of what was read, as the interface shows and takes them."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from search_service.catalog import warnings
from search_service.catalog.warnings import WarningState
from search_service.db.enums import ReviewReason
from search_service.ingest.correcting import MAX_TEXT, MAX_TITLE

Title = Annotated[str, Meta(max_length=MAX_TITLE)]
PageText = Annotated[str, Meta(max_length=MAX_TEXT)]
WarningCode = Annotated[str, Meta(min_length=1, max_length=50)]
Ordinal = Annotated[int, Meta(ge=1, le=100_000)]


class PageChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """What to correct; a field that is left out stays, null takes it back to what was extracted."""

    title: Title | UnsetType | None = UNSET
    body: PageText | UnsetType | None = UNSET
    notes: PageText | UnsetType | None = UNSET
    hidden_from_search: bool | UnsetType = UNSET


class ExtractedTexts(Struct, frozen=True):
    """What was read from a page, whatever was corrected of it."""

    title: str
    body: str
    notes: str


class Correction(Struct, frozen=True):
    """A correction; null texts are as they were extracted.

    One that does not `fit` rests: `page_number` is where its page stood last, and `present` what
    was read from the page that stands there now, null where there is none.
    """

    id: int
    page_number: int
    fits: bool
    title: str | None
    body: str | None
    notes: str | None
    hidden_from_search: bool
    extracted: ExtractedTexts
    present: ExtractedTexts | None
    created_at: datetime
    updated_at: datetime


class Corrections(Struct, frozen=True):
    items: tuple[Correction, ...]


class ReviewWarning(Struct, frozen=True):
    """A warning of a page, or with page 0 of the file; `why` says what a serious one costs."""

    page_number: int
    code: Annotated[str, Meta(description=f"One of these:\n\n{warnings.documented()}")]
    detail: str | None
    serious: bool
    why: str | None
    state: WarningState
    acknowledged_by: str | None
    acknowledged_at: datetime | None


class Review(Struct, frozen=True):
    """What there is to decide about the present version; its warnings, the open and serious first.

    `reasons` say why the material stands in the list of those that need a review.
    """

    material_id: int
    version: int
    accepted_by: str | None
    accepted_at: datetime | None
    publishable: bool
    reasons: tuple[ReviewReason, ...]
    warnings: tuple[ReviewWarning, ...]
    unfitting_corrections: int


class Acceptance(Struct, frozen=True, forbid_unknown_fields=True):
    """The version whose reading was looked at."""

    version: Ordinal


class Acknowledgement(Struct, frozen=True, forbid_unknown_fields=True):
    """Which open warnings to let be: those of a code, of one page (0 is the file) or of all."""

    code: WarningCode
    page_number: Annotated[int, Meta(ge=0, le=100_000)] | None = None
