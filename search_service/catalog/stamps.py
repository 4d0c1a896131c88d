"""When a material changed: the moment from which its ETag is made."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.tables import Material

_materials: Any = Material.__table__
# Later than before even when two changes share a transaction's clock.
_STAMP: Any = func.greatest(func.now(), _materials.c.updated_at + text("interval '1 microsecond'"))


async def touch(connection: AsyncConnection, material_id: int, columns: Mapping[str, Any]) -> None:
    """Set columns of materials and with them `updated_at`, from which the ETag is made."""
    await connection.execute(
        update(_materials)
        .where(_materials.c.id == material_id)
        .values(updated_at=_STAMP, **columns)
    )
