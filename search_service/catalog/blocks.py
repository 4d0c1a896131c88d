"""Content blocks: what the same slide or table is called wherever it stands, and where that is.

A block is known by the exact fingerprint of its normalised text; who may see a block is decided
by its usages alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import cast, func, insert, select, tuple_
from sqlalchemy.dialects.postgresql import BIT
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal
from search_service.catalog.materials import access
from search_service.db.enums import MaterialStatus
from search_service.db.tables import (
    BlockFingerprint,
    ContentBlock,
    ContentBlockUsage,
    Material,
    MaterialDetails,
)
from search_service.errors import NotFoundError

# SimHashes this near belong to two wordings of one thing.
VARIANT_BITS = 6
VARIANT_LIMIT = 50

_blocks: Any = ContentBlock.__table__
_usages: Any = ContentBlockUsage.__table__
_fingerprints: Any = BlockFingerprint.__table__
_materials: Any = Material.__table__
_details: Any = MaterialDetails.__table__


@dataclass(frozen=True, slots=True)
class BlockUnit:
    """A piece of one material that may stand in others, with its place."""

    fingerprint: str
    simhash: int
    name: str
    content: str
    block_type: str
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


async def write(connection: AsyncConnection, material_id: int, units: Sequence[BlockUnit]) -> None:
    """Make the material's usages those of `units`; new texts become new blocks. Idempotent."""
    ids = await _known(connection, [unit.fingerprint for unit in units])
    missing = {unit.fingerprint: unit for unit in units if unit.fingerprint not in ids}
    if missing:
        ids |= await _create(connection, [missing[key] for key in sorted(missing)])
    wanted = {(ids[unit.fingerprint], unit.slide_number, unit.context) for unit in units}
    await _replace_usages(connection, material_id, wanted)


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
    own = (
        select(_fingerprints.c.simhash)
        .where(_fingerprints.c.content_block_id == block_id)
        .scalar_subquery()
    )
    distance = func.bit_count(cast(_fingerprints.c.simhash.bitwise_xor(own), BIT(64)))
    near = (
        select(_fingerprints.c.content_block_id)
        .where(_fingerprints.c.content_block_id != block_id, distance <= VARIANT_BITS)
        .order_by(distance, _fingerprints.c.content_block_id)
        .limit(VARIANT_LIMIT)
    )
    return await _records(connection, principal, _blocks.c.id.in_(near))


async def _known(connection: AsyncConnection, fingerprints: Sequence[str]) -> dict[str, int]:
    statement = select(_fingerprints.c.fingerprint, _fingerprints.c.content_block_id).where(
        _fingerprints.c.fingerprint.in_(set(fingerprints))
    )
    return {row.fingerprint: row.content_block_id for row in await connection.execute(statement)}


async def _create(connection: AsyncConnection, units: Sequence[BlockUnit]) -> dict[str, int]:
    """Blocks for new fingerprints, in their order, so that two writers never wait in a circle."""
    rows = [
        {"name": unit.name, "content": unit.content, "block_type": unit.block_type}
        for unit in units
    ]
    made = insert(_blocks).returning(_blocks.c.id, sort_by_parameter_order=True)
    block_ids = (await connection.execute(made, rows)).scalars().all()
    claims = [
        {"content_block_id": block_id, "fingerprint": unit.fingerprint, "simhash": unit.simhash}
        for block_id, unit in zip(block_ids, units, strict=True)
    ]
    # Another transaction may have claimed a fingerprint since it was looked up; then its block is
    # the one, and ours goes.
    await connection.execute(
        upsert(_fingerprints).on_conflict_do_nothing(index_elements=["fingerprint"]), claims
    )
    ids = await _known(connection, [unit.fingerprint for unit in units])
    lost = set(block_ids) - set(ids.values())
    if lost:
        await connection.execute(_blocks.delete().where(_blocks.c.id.in_(lost)))
    return ids


async def _replace_usages(
    connection: AsyncConnection, material_id: int, wanted: set[tuple[int, int, str]]
) -> None:
    place = (_usages.c.content_block_id, _usages.c.slide_number, _usages.c.usage_context)
    statement = select(*place).where(_usages.c.material_id == material_id)
    present = {tuple(row) for row in await connection.execute(statement)}
    gone = present - wanted
    if gone:
        await connection.execute(
            _usages.delete().where(
                _usages.c.material_id == material_id, tuple_(*place).in_(list(gone))
            )
        )
    new = [
        {
            "material_id": material_id,
            "content_block_id": block_id,
            "slide_number": slide_number,
            "usage_context": context,
        }
        for block_id, slide_number, context in sorted(wanted - present)
    ]
    if new:
        await connection.execute(insert(_usages), new)


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
