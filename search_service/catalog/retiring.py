"""Takes out of use what has expired or is replaced: the service's own deed, noted as such.

Only what is published is archived; a draft that has expired can no longer be published, and is
listed for its owner.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.caller import Caller
from search_service.accounts.policy import LOCAL_ADMINISTRATOR
from search_service.catalog import editing
from search_service.catalog.editing import Target
from search_service.catalog.retired import SUCCESSORS
from search_service.db.tables import Material

SERVICE = Caller(replace(LOCAL_ADMINISTRATOR, full_name="The service itself"))

_materials: Any = Material.__table__


async def find_due(connection: AsyncConnection, today: date, most: int) -> list[int]:
    """List published materials that are to be taken out of use on a day, at most so many."""
    return [row.id for row in await _due(connection, today, most, None)]


async def retire(connection: AsyncConnection, material_id: int, today: date) -> bool:
    """Archive a material that is still due; False: it no longer is."""
    locked = select(_materials.c.id).where(_materials.c.id == material_id).with_for_update()
    await connection.execute(locked)
    for row in await _due(connection, today, 1, material_id):
        cause = (
            {"cause": "expired", "expires_on": row.expires_on}
            if row.expired
            else {"cause": "replaced"}
        )
        await editing.retire(connection, SERVICE, Target(material_id), cause)
        return True
    return False


async def _due(
    connection: AsyncConnection, today: date, most: int, material_id: int | None
) -> list[Row[Any]]:
    binds = {"today": today, "most": most, "material_id": material_id}
    return list(await connection.execute(SUCCESSORS["due"], binds))
