"""Deleted materials, successors and reports as the interface shows and takes them."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from search_service.api.schemas.limits import Id
from search_service.db.enums import MaterialStatus


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
