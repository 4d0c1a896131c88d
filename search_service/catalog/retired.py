"""What replaces a material, and what is said of one that was taken out of use.

Whoever could once see a material hears its name, since when it is gone, and what replaces it, as
far as they may see that; never what stood in it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal, visible_binds, visible_sql
from search_service.db.enums import MaterialStatus
from search_service.db.statements import Statements
from search_service.errors import RetiredError

SUCCESSORS = Statements("search_service.catalog", "successors.sql", {"visible": visible_sql})
LONGEST_CHAIN = 100


@dataclass(frozen=True, slots=True)
class Replacement:
    """A published material that stands for one that is out of use."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Retired:
    """All that is told of a material out of use."""

    name: str
    retired_at: datetime
    replacement: Replacement | None


async def replacement(
    connection: AsyncConnection, principal: Principal, material_id: int
) -> Replacement | None:
    """Give what replaces a material, or what replaces that: the nearest that can be used."""
    binds = {"material_id": material_id, "most": LONGEST_CHAIN} | visible_binds(principal)
    row = (await connection.execute(SUCCESSORS["replacement"], binds)).one_or_none()
    return None if row is None else Replacement(row.id, row.name)


async def find(
    connection: AsyncConnection, principal: Principal, material_id: int
) -> Retired | None:
    """Give what may be told of a material that the principal saw while it was published."""
    binds = {"material_id": material_id, "published": MaterialStatus.PUBLISHED.value}
    row = (
        await connection.execute(SUCCESSORS["retired"], binds | visible_binds(principal))
    ).one_or_none()
    if row is None:
        return None
    return Retired(row.name, row.retired_at, await replacement(connection, principal, material_id))


async def refuse(connection: AsyncConnection, principal: Principal, material_id: int) -> None:
    """Raise RetiredError for a material that the principal saw while it was published."""
    known = await find(connection, principal, material_id)
    if known is None:
        return
    instead = known.replacement
    told = f"“{known.name}” was taken out of use on {known.retired_at.date()}"
    raise RetiredError(
        f"{told}; use “{instead.name}” instead." if instead else f"{told}; ask its owner.",
        name=known.name,
        retired_at=known.retired_at.isoformat(),
        successor={"id": instead.id, "name": instead.name} if instead else None,
    )


async def is_replaced(connection: AsyncConnection, material_id: int) -> bool:
    """Tell whether what replaces a material is published."""
    found = await connection.scalar(SUCCESSORS["is_replaced"], {"material_id": material_id})
    return bool(found)


async def replaces_some(connection: AsyncConnection, material_id: int) -> bool:
    """Tell whether a material is named as the successor of another one."""
    found = await connection.scalar(SUCCESSORS["replaces_some"], {"material_id": material_id})
    return bool(found)
