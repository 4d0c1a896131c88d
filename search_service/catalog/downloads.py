"""Notes who was sent which file, and counts that as a use of its material."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.caller import Caller
from search_service.audit.entries import Entry, record
from search_service.catalog import materials
from search_service.catalog.materials import MaterialRecord
from search_service.db.tables import Material, MaterialDetails
from search_service.index import writer

_materials: Any = Material.__table__
_details: Any = MaterialDetails.__table__


@dataclass(frozen=True, slots=True)
class Download:
    """What goes out: a version's original, or the clean copy of "all" its pages or of "3,5-7".

    `part` are the first byte and the one behind the last; None: the whole file.
    """

    version: int
    copy: str | None = None
    part: tuple[int, int] | None = None

    @property
    def begins(self) -> bool:
        """Tell whether it is a download of its own, and not how one goes on."""
        return self.part is None or self.part[0] == 0

    @property
    def facts(self) -> dict[str, Any]:
        """Give what the audit log says of it."""
        stated = {"version": self.version, "copy": self.copy, "part": self.part}
        return {name: value for name, value in stated.items() if value is not None}


async def note(
    connection: AsyncConnection, caller: Caller, material_id: int, sent: Download
) -> None:
    """Note a download, and count one that begins; the material itself does not change.

    Raises NotFoundError.
    """
    material = await materials.get(connection, caller.principal, material_id)
    if sent.begins:
        await _count(connection, material)
    await record(
        connection,
        Entry(caller.actor, "material.download", "material", material_id, None, sent.facts),
    )


async def _count(connection: AsyncConnection, material: MaterialRecord) -> None:
    await connection.execute(
        update(_materials)
        .where(_materials.c.id == material.id)
        .values(usage_count=func.coalesce(_materials.c.usage_count, 0) + 1)
    )
    if not material.usage_count:
        # It is no longer unused: its health is looked at again within the hour.
        await connection.execute(
            update(_details)
            .where(_details.c.material_id == material.id)
            .values(scores_due=func.current_date())
        )
    await writer.note_change(connection, material.id)
