"""Materials, their versions, pages and receipts as the interface shows and takes them."""

from datetime import date, datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from search_service.api.schemas.limits import (
    Cursor,
    Id,
    Ids,
    Line,
    Lines,
    Name,
    PageLimit,
    Text,
    Values,
)
from search_service.api.schemas.reviews import ExtractedTexts
from search_service.api.schemas.sharing import Shareable
from search_service.catalog.cursors import Sort
from search_service.db.enums import MaterialAudience, MaterialStatus, MaterialType, ReviewReason
from search_service.files.page_images import Size

Day = date
ShortLine = Annotated[str, Meta(max_length=100)]
Version = Annotated[str, Meta(max_length=50)]


class Reference(Struct, frozen=True):
    """A persona, a segment or another material."""

    id: int
    name: str


class Material(Struct, frozen=True):
    """A material; `url` is its page, `can_edit` says whether the caller may change it."""

    id: int
    url: str
    name: str
    description: str | None
    material_type: MaterialType
    audience: MaterialAudience
    status: MaterialStatus
    product_name: str | None
    universe_name: str | None
    version: str | None
    file_name: str | None
    file_format: str | None
    file_size: int | None
    language: str
    page_count: int | None
    current_version: int
    content_hash: str | None
    tags: tuple[str, ...]
    keywords: tuple[str, ...]
    use_cases: tuple[str, ...]
    pain_points: tuple[str, ...]
    personas: tuple[Reference, ...]
    segments: tuple[Reference, ...]
    successor: Reference | None
    owner_id: int | None
    owner_name: str | None
    health_score: int
    health_reasons: tuple[str, ...]
    completeness_score: int
    completeness_reasons: tuple[str, ...]
    usage_count: int
    edited_fields: tuple[str, ...]
    guessed_fields: tuple[str, ...]
    review_by: date | None
    expires_on: date | None
    published_at: datetime | None
    archived_at: datetime | None
    last_updated: datetime | None
    created_at: datetime
    updated_at: datetime
    can_edit: bool
    review_reasons: tuple[ReviewReason, ...]
    next_statuses: tuple[MaterialStatus, ...]
    shareable: Shareable


class Materials(Struct, frozen=True):
    items: tuple[Material, ...]
    total: int
    next_cursor: str | None


class MaterialQuery(Struct, frozen=True):
    """Which materials to list: each parameter narrows, its repeated values widen."""

    status: Annotated[list[MaterialStatus], Meta(max_length=10)] = []
    type: Annotated[list[MaterialType], Meta(max_length=10)] = []
    audience: Annotated[list[MaterialAudience], Meta(max_length=10)] = []
    universe: Values = []
    product: Values = []
    language: Values = []
    tag: Values = []
    persona: Ids = []
    segment: Ids = []
    owner: Ids = []
    name: Annotated[Line | None, Meta(description="Part of the name.")] = None
    review_before: date | None = None
    guessed: bool | None = None
    needs_review: Annotated[
        bool | None,
        Meta(description="Own materials with something to look at, or without; see `Review`."),
    ] = None
    review_reason: Annotated[
        list[ReviewReason],
        Meta(max_length=20, description="Own materials with one of these reasons."),
    ] = []
    ready: Annotated[
        bool | None,
        Meta(
            description="Own materials that were read, have nothing to look at and are not "
            "published yet; or the others."
        ),
    ] = None
    sort: Sort = Sort.UPDATED
    limit: PageLimit = 20
    cursor: Cursor | None = None


class MaterialChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays, null or an empty list empties it."""

    name: Name | UnsetType = UNSET
    description: Text | UnsetType | None = UNSET
    material_type: MaterialType | UnsetType = UNSET
    audience: MaterialAudience | UnsetType = UNSET
    product_name: Line | UnsetType | None = UNSET
    universe_name: ShortLine | UnsetType | None = UNSET
    version: Version | UnsetType | None = UNSET
    tags: Lines | UnsetType = UNSET
    keywords: Lines | UnsetType = UNSET
    use_cases: Lines | UnsetType = UNSET
    pain_points: Lines | UnsetType = UNSET
    review_by: Day | UnsetType | None = UNSET
    expires_on: Day | UnsetType | None = UNSET
    owner_id: Id | UnsetType | None = UNSET
    persona_ids: Ids | UnsetType = UNSET
    segment_ids: Ids | UnsetType = UNSET


class StatusChange(Struct, frozen=True, forbid_unknown_fields=True):
    """The status to go to: DRAFT ⇄ REVIEW ⇄ PUBLISHED → ARCHIVED → DRAFT.

    With `override` a material is published over open serious warnings; the audit log names them.
    """

    status: MaterialStatus
    override: bool = False


class UploadFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of a file, beside it; lists are given by repeating the field."""

    name: Line | None = None
    description: Text | None = None
    material_type: MaterialType | None = None
    audience: MaterialAudience | None = None
    product_name: Line | None = None
    universe_name: ShortLine | None = None
    version: Version | None = None
    tags: Lines | None = None
    keywords: Lines | None = None
    use_cases: Lines | None = None
    pain_points: Lines | None = None
    review_by: date | None = None
    expires_on: date | None = None
    persona_ids: Ids | None = None
    segment_ids: Ids | None = None


class VersionFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What people call the newer file, such as 2.1."""

    version: Version | None = None


class Accepted(Struct, frozen=True):
    """An upload that was taken; the job reads it. `duplicate`: the same bytes were here already.

    `job_id` is null for a duplicate of what somebody else has uploaded.
    """

    material_id: int
    version: int
    job_id: int | None
    duplicate: bool
    url: str


class MaterialVersion(Struct, frozen=True):
    """One uploaded file of a material; `superseded_at` is null for the present one."""

    ordinal: int
    sha256: str
    file_name: str
    file_format: str
    media_type: str
    file_size: int
    version: str | None
    uploaded_by: int | None
    created_at: datetime
    superseded_at: datetime | None
    extraction_status: str | None
    extraction_code: str | None


class MaterialVersions(Struct, frozen=True):
    items: tuple[MaterialVersion, ...]


class Receipt(Struct, frozen=True):
    """What was read of a version and what looks wrong; `receipt` is null until it was read."""

    material_id: int
    version: int
    status: str | None
    code: str | None
    receipt: dict[str, Any] | None


class VersionQuery(Struct, frozen=True):
    """Which version; the present one unless said."""

    version: Annotated[int, Meta(ge=1, le=100_000)] | None = None


class PageImageQuery(Struct, frozen=True):
    """Of which version, the present one unless said; 800 pixels wide, or 240 as a thumb."""

    version: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    size: Size = Size.PAGE


class FileQuery(VersionQuery, frozen=True):
    """Which file: a version as it was uploaded, or a clean copy of it, which `slides` is always."""

    clean: Annotated[
        bool,
        Meta(
            description="A copy without speaker notes, comments, hidden slides, embedded files "
            "and data on its authors."
        ),
    ] = False
    slides: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=500,
                description="A clean copy of these slides or pages alone, such as 3,5-7.",
            ),
        ]
        | None
    ) = None


class Page(Struct, frozen=True):
    """What was read of one page or slide, as it was corrected; `url` is its permanent address.

    `image_path` leads to its picture, on this server.

    `extracted` and `correction_id` are for those who may edit: what was read before the
    correction, and what undoes it.
    """

    page_number: int
    url: str
    image_path: str
    label: str | None
    title: str
    body: str
    notes: str
    tables: list[list[list[str]]]
    alt_texts: list[str]
    chart_texts: list[str]
    diagram_texts: list[str]
    comments: list[str]
    links: list[str]
    hidden: bool
    width: float | None
    height: float | None
    warnings: list[dict[str, str | None]]
    hidden_from_search: bool
    corrected_fields: tuple[str, ...]
    correction_id: int | None
    extracted: ExtractedTexts | None
    shareable: Shareable


class Pages(Struct, frozen=True):
    material_id: int
    version: int
    items: tuple[Page, ...]


class HealthCheck(Struct, frozen=True):
    """One row of a material's history, newest first."""

    checked_at: datetime
    health_score: int
    issues_found: tuple[str, ...]
    recommendations: tuple[str, ...]


class CompletenessCheck(Struct, frozen=True):
    """One row of a material's history, newest first."""

    checked_at: datetime
    score: int
    reasons: tuple[str, ...]


class MaterialHealth(Struct, frozen=True):
    health_score: int
    health_reasons: tuple[str, ...]
    completeness_score: int
    completeness_reasons: tuple[str, ...]
    history: tuple[HealthCheck, ...]
    completeness_history: tuple[CompletenessCheck, ...]
