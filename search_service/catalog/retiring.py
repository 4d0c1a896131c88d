"""Takes what has expired out of use: the service's own deed, noted in the audit log as such.

Only what is published is archived; a draft that has expired can no longer be published, and is
listed for its owner.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.caller import Caller
from search_service.accounts.policy import LOCAL_ADMINISTRATOR
from search_service.catalog import editing, materials
from search_service.catalog.editing import Target
from search_service.db.enums import MaterialStatus
from search_service.db.tables import Material, MaterialDetails

SERVICE = Caller(replace(LOCAL_ADMINISTRATOR, full_name="The service itself"))

_materials: Any = Material.__table__
_details: Any = MaterialDetails.__table__


async def find_due(connection: AsyncConnection, today: date, most: int) -> list[int]:
    """List published materials that a day takes out of use, at most so many."""
    statement = (
        select(_materials.c.id)
        .join(_details, _details.c.material_id == _materials.c.id)
        .where(*_is_due(today))
        .order_by(_materials.c.id)
        .limit(most)
    )
    return list((await connection.execute(statement)).scalars())


async def retire(connection: AsyncConnection, material_id: int, today: date) -> bool:
    """Archive a material that is still due; False: it no longer is."""
    locked = select(_materials.c.id).where(_materials.c.id == material_id).with_for_update()
    await connection.execute(locked)
    due = select(_materials.c.id).join(_details, _details.c.material_id == _materials.c.id)
    if await connection.scalar(due.where(_materials.c.id == material_id, *_is_due(today))) is None:
        return False
    present = await materials.get(connection, SERVICE.principal, material_id)
    cause = {"cause": "expired", "expires_on": present.expires_on}
    await editing.retire(connection, SERVICE, Target(material_id), cause)
    return True


def _is_due(today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        _materials.c.status == MaterialStatus.PUBLISHED,
        _details.c.deleted_at.is_(None),
        _details.c.expires_on <= today,
    )
