"""The pages of a version as they were read and corrected; what search matches is made elsewhere."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal
from search_service.catalog import corrections, versions
from search_service.catalog.corrections import Correction
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


@dataclass(frozen=True, slots=True)
class ReviewedPage:
    """A page as it is shown, with the correction that made it so; None: as it was extracted."""

    ordinal: int
    page: PageRecord
    correction: Correction | None

    @property
    def hidden_from_search(self) -> bool:
        return self.correction is not None and self.correction.hidden

    @property
    def etag(self) -> str:
        """Changes with what is shown of the page; with quotes, as HTTP writes it."""
        page = self.page
        state = (self.ordinal, page.title, page.body, page.notes, self.hidden_from_search)
        return f'"{sha256(repr(state).encode("utf-8", "surrogatepass")).hexdigest()[:20]}"'


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
    """List the pages of a version as they were corrected, by default of the present one, in order.

    Raises NotFoundError for a version that the principal may not see.
    """
    found = await find_reviewed(connection, principal, material_id, ordinal)
    return [reviewed.page for reviewed in found]


async def find_reviewed(
    connection: AsyncConnection, principal: Principal, material_id: int, ordinal: int | None = None
) -> list[ReviewedPage]:
    """List the same with their corrections. Raises what `find` raises."""
    version = await versions.get(connection, principal, material_id, ordinal)
    key = VersionKey(material_id, version.ordinal)
    return await _reviewed(connection, key, await read_extracted(connection, key))


async def get(
    connection: AsyncConnection, principal: Principal, version: VersionKey, page_number: int
) -> PageRecord:
    """Give one page as it was corrected. Raises NotFoundError."""
    return (await get_reviewed(connection, principal, version, page_number)).page


async def get_reviewed(
    connection: AsyncConnection, principal: Principal, version: VersionKey, page_number: int
) -> ReviewedPage:
    """Give the same with its correction. Raises NotFoundError."""
    await versions.get(connection, principal, version.material_id, version.ordinal)
    found = await read_extracted(connection, version, page_number)
    if not found:
        raise NotFoundError("There is no such page.")
    return (await _reviewed(connection, version, found))[0]


def reviewed_as(ordinal: int, page: PageRecord, correction: Correction | None) -> ReviewedPage:
    """Give an extracted page with its correction applied. Pure."""
    if correction is None:
        return ReviewedPage(ordinal, page, None)
    changes: dict[str, Any] = dict(correction.changes)
    return ReviewedPage(ordinal, replace(page, **changes), correction)


async def _reviewed(
    connection: AsyncConnection, version: VersionKey, extracted: Sequence[PageRecord]
) -> list[ReviewedPage]:
    fitting = await corrections.fitting(connection, version.material_id, version.ordinal)
    return [reviewed_as(version.ordinal, page, fitting.get(page.page_number)) for page in extracted]


async def read_extracted(
    connection: AsyncConnection, version: VersionKey, page_number: int | None = None
) -> list[PageRecord]:
    """List the pages, or one, as they were read, whoever asks; for the service's own work."""
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
