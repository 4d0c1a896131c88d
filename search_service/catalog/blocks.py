"""Content blocks: what the same slide or table is called wherever it stands, and where that is.

A block is known by the exact fingerprint of its normalised text; who may see a block is decided
by its usages alone.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal
from search_service.catalog.materials import access
from search_service.db.enums import MaterialStatus
from search_service.db.tables import (
    BlockVariant,
    ContentBlock,
    ContentBlockUsage,
    Material,
    MaterialDetails,
)
from search_service.errors import NotFoundError

_blocks: Any = ContentBlock.__table__
_usages: Any = ContentBlockUsage.__table__
_variants: Any = BlockVariant.__table__
_materials: Any = Material.__table__
_details: Any = MaterialDetails.__table__


class BlockKind(StrEnum):
    """What a block is; of two texts only those of one kind can be variants."""

    SLIDE = "slide"
    TABLE = "table"
    LIST = "list"
    PARAGRAPHS = "paragraph_group"


@dataclass(frozen=True, slots=True)
class BlockUnit:
    """A piece of one material that may stand in others, with its place."""

    fingerprint: str
    name: str
    content: str
    block_type: BlockKind
    slide_number: int
    context: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Where a block stands."""

    material_id: int
    material_name: str
    status: MaterialStatus
    slide_number: int | None
    context: str | None


@dataclass(frozen=True, slots=True)
class BlockRecord:
    """A block as somebody may see it; `usages` counts the visible ones."""

    id: int
    name: str
    content: str
    block_type: str | None
    usages: int


async def where_used(
    connection: AsyncConnection, principal: Principal, block_id: int
) -> list[Usage]:
    """List the visible places of a block. Raises NotFoundError where there is none."""
    statement = (
        _visible_usages(
            principal,
            _usages.c.material_id,
            _materials.c.name.label("material_name"),
            func.coalesce(_materials.c.status, MaterialStatus.DRAFT).label("status"),
            _usages.c.slide_number,
            _usages.c.usage_context.label("context"),
        )
        .where(_usages.c.content_block_id == block_id)
        .order_by(_materials.c.name, _materials.c.id, _usages.c.slide_number)
    )
    usages = [Usage(**row) for row in (await connection.execute(statement)).mappings()]
    if not usages:
        raise NotFoundError("There is no such content block, or you may not see it.")
    return usages


async def get(connection: AsyncConnection, principal: Principal, block_id: int) -> BlockRecord:
    """Give a block with a visible usage. Raises NotFoundError."""
    found = await _records(connection, principal, _blocks.c.id == block_id)
    if not found:
        raise NotFoundError("There is no such content block, or you may not see it.")
    return found[0]


async def of_material(
    connection: AsyncConnection, principal: Principal, material_id: int
) -> list[BlockRecord]:
    """List the blocks of a material, each with the number of its visible usages anywhere."""
    here = select(_usages.c.content_block_id).where(_usages.c.material_id == material_id)
    return await _records(connection, principal, _blocks.c.id.in_(here))


async def variants(
    connection: AsyncConnection, principal: Principal, block_id: int
) -> list[BlockRecord]:
    """List visible blocks whose text is nearly that of a block. Raises NotFoundError."""
    await get(connection, principal, block_id)
    near = select(_variants.c.variant_id).where(_variants.c.content_block_id == block_id)
    return await _records(connection, principal, _blocks.c.id.in_(near))


async def _records(
    connection: AsyncConnection, principal: Principal, condition: Any
) -> list[BlockRecord]:
    columns = (_blocks.c.id, _blocks.c.name, _blocks.c.content, _blocks.c.block_type)
    statement = (
        _visible_usages(principal, *columns, func.count().label("usages"))
        .join(_blocks, _blocks.c.id == _usages.c.content_block_id)
        .where(condition)
        .group_by(_blocks.c.id)
        .order_by(func.min(_usages.c.slide_number), _blocks.c.id)
    )
    return [BlockRecord(**row) for row in (await connection.execute(statement)).mappings()]


def _visible_usages(principal: Principal, *columns: Any) -> Any:
    return (
        select(*columns)
        .select_from(_usages)
        .join(_materials, _materials.c.id == _usages.c.material_id)
        .join(_details, _details.c.material_id == _materials.c.id)
        .where(*access(principal))
    )
