"""Deleted materials as the interface shows them."""

from datetime import datetime

from msgspec import Struct

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
