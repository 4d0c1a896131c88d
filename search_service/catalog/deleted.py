"""What was deleted and can still come back: for those who could delete it, for 30 days.

Bringing it back is `ingest.restoring`, as that writes what search reads.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import policy
from search_service.accounts.policy import Principal
from search_service.db.enums import MaterialStatus
from search_service.db.tables import Material, MaterialDetails, User
from search_service.errors import NotFoundError

KEPT = timedelta(days=30)
MAX_LISTED = 500

_materials: Any = Material.__table__
_details: Any = MaterialDetails.__table__
_users: Any = User.__table__


@dataclass(frozen=True, slots=True)
class DeletedMaterial:
    """A material that is hidden from everybody; `goes_at` is when it is gone for good."""

    id: int
    name: str
    status: MaterialStatus
    file_name: str | None
    owner_id: int | None
    owner_name: str | None
    deleted_at: datetime

    @property
    def goes_at(self) -> datetime:
        return self.deleted_at + KEPT


async def find(connection: AsyncConnection, principal: Principal) -> list[DeletedMaterial]:
    """List what the principal could bring back, deleted last first; at most MAX_LISTED."""
    rows = await connection.execute(_selected(principal).limit(MAX_LISTED))
    return [_record(row) for row in rows.mappings()]


async def get(
    connection: AsyncConnection, principal: Principal, material_id: int
) -> DeletedMaterial:
    """Give one of them. Raises NotFoundError for what is not deleted, gone or somebody else's."""
    statement = _selected(principal).where(_materials.c.id == material_id)
    row = (await connection.execute(statement)).mappings().one_or_none()
    if row is None:
        raise NotFoundError(
            "There is no such deleted material, or you may not bring it back; deleted materials "
            f"are kept for {KEPT.days} days."
        )
    return _record(row)


def _selected(principal: Principal) -> Any:
    return (
        select(
            _materials.c.id,
            _materials.c.name,
            _materials.c.status,
            _materials.c.file_name,
            _materials.c.owner_id,
            _users.c.full_name.label("owner_name"),
            _details.c.deleted_at,
        )
        .join(_details, _details.c.material_id == _materials.c.id)
        .outerjoin(_users, _users.c.id == _materials.c.owner_id)
        .where(
            policy.visible("materials", principal),
            _details.c.deleted_at > datetime.now(UTC) - KEPT,
            *_own(principal),
        )
        .order_by(_details.c.deleted_at.desc(), _materials.c.id.desc())
    )


def _own(principal: Principal) -> tuple[ColumnElement[bool], ...]:
    """The rule of `policy.may_edit` as a condition on the owner."""
    if policy.may_edit(principal, None):
        return ()
    owner_id = principal.user_id if policy.may_edit(principal, principal.user_id) else None
    return (_materials.c.owner_id == (owner_id or 0),)


def _record(row: Any) -> DeletedMaterial:
    return DeletedMaterial(**{**row, "status": row["status"] or MaterialStatus.DRAFT})
