"""The pages of a version as they were read; what search matches is made from them elsewhere."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal
from search_service.catalog import versions
from search_service.db.tables import MaterialPage
from search_service.errors import NotFoundError

_pages: Any = MaterialPage.__table__
# One statement holds at most 32,767 values (PostgreSQL's wire protocol), 16 to a page.
_BATCH = 500


@dataclass(frozen=True, slots=True)
class PageRecord:
    """One page or slide; `tables` are rows of cells, `warnings` are {code, detail}."""

    page_number: int
    label: str | None = None
    title: str = ""
    body: str = ""
    notes: str = ""
    tables: list[list[list[str]]] = field(default_factory=list)
    alt_texts: list[str] = field(default_factory=list)
    chart_texts: list[str] = field(default_factory=list)
    diagram_texts: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    hidden: bool = False
    width: float | None = None
    height: float | None = None
    warnings: list[dict[str, str | None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class VersionKey:
    """Which version of which material."""

    material_id: int
    ordinal: int


async def write(
    connection: AsyncConnection, version: VersionKey, pages: Sequence[PageRecord]
) -> None:
    """Replace the pages of a version."""
    await connection.execute(
        _pages.delete().where(
            _pages.c.material_id == version.material_id,
            _pages.c.version_ordinal == version.ordinal,
        )
    )
    key = {"material_id": version.material_id, "version_ordinal": version.ordinal}
    for start in range(0, len(pages), _BATCH):
        rows = [key | asdict(page) for page in pages[start : start + _BATCH]]
        await connection.execute(insert(_pages), rows)


async def find(
    connection: AsyncConnection, principal: Principal, material_id: int, ordinal: int | None = None
) -> list[PageRecord]:
    """List the pages of a version, by default of the present one, in their order.

    Raises NotFoundError for a version that the principal may not see.
    """
    version = await versions.get(connection, principal, material_id, ordinal)
    return await _read(connection, VersionKey(material_id, version.ordinal))


async def get(
    connection: AsyncConnection, principal: Principal, version: VersionKey, page_number: int
) -> PageRecord:
    """Give one page. Raises NotFoundError."""
    await versions.get(connection, principal, version.material_id, version.ordinal)
    found = await _read(connection, version, page_number)
    if not found:
        raise NotFoundError("There is no such page.")
    return found[0]


async def _read(
    connection: AsyncConnection, version: VersionKey, page_number: int | None = None
) -> list[PageRecord]:
    keys = {"material_id", "version_ordinal"}
    statement = (
        select(*(column for column in _pages.c if column.name not in keys))
        .where(
            _pages.c.material_id == version.material_id,
            _pages.c.version_ordinal == version.ordinal,
        )
        .order_by(_pages.c.page_number)
    )
    if page_number is not None:
        statement = statement.where(_pages.c.page_number == page_number)
    return [PageRecord(**row) for row in (await connection.execute(statement)).mappings()]
