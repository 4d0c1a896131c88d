"""What keeps a library fresh: deletion, successors, reports, the owner's queue, handing over."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from search_service.api.schemas.limits import Email, Id
from search_service.db.enums import MaterialStatus, ReviewReason


class DeletedMaterial(Struct, frozen=True):
    """A deleted material; from `goes_at` on it cannot come back."""

    id: int
    name: str
    status: MaterialStatus
    file_name: str | None
    owner_id: int | None
    owner_name: str | None
    deleted_at: datetime
    goes_at: datetime


class DeletedMaterials(Struct, frozen=True):
    """Deleted last first; at most 500."""

    items: tuple[DeletedMaterial, ...]


class Successor(Struct, frozen=True, forbid_unknown_fields=True):
    """The material that replaces another one."""

    material_id: Id


class NewReport(Struct, frozen=True, forbid_unknown_fields=True):
    """What is outdated; page 0 is the material as a whole."""

    reason: Annotated[str, Meta(min_length=1, max_length=1_000)]
    page_number: Annotated[int, Meta(ge=0, le=100_000)] = 0


class ReportAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    """What was done about a report."""

    answer: Annotated[str, Meta(max_length=1_000)] | None = None


class Report(Struct, frozen=True):
    """Somebody's word that a material is outdated; open while `resolved_at` is null."""

    id: int
    material_id: int
    page_number: int
    reason: str
    reporter_name: str | None
    reported_at: datetime
    answer: str | None
    resolver_name: str | None
    resolved_at: datetime | None


class Reports(Struct, frozen=True):
    """Open ones first, each the newest first; at most 200."""

    items: tuple[Report, ...]


class Attention(Struct, frozen=True):
    """How many of one's own materials wait for what; an administrator's: of everybody's.

    `GET /materials` lists them with `review_reason`, `needs_review` and `ready`.
    """

    by_reason: dict[ReviewReason, int]
    needs_review: int
    ready: int


class Transfer(Struct, frozen=True, forbid_unknown_fields=True):
    """Which materials to hand over, and the address of who is to look after them."""

    material_ids: Annotated[list[Id], Meta(min_length=1, max_length=500)]
    to: Email


class TransferOfAll(Struct, frozen=True, forbid_unknown_fields=True):
    """The address of who is to look after all materials of an account."""

    to: Email


class Transferred(Struct, frozen=True):
    """How many changed hands; with any `left`, ask again."""

    transferred: int
    left: int = 0
