"""Writes which blocks a material's present version holds, and since when each stands there.

It runs in the transaction that writes the material. Lock order: the material's row, then the one
lock of this module until the transaction ends, and no other material's row: what a change means
for others is derived when it is read (`catalog.staleness`), and their scores follow by a job.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.catalog import staleness, variants
from search_service.catalog.blocks import BlockUnit
from search_service.catalog.sql import BLOCKS
from search_service.db.tables import BlockFingerprint, ContentBlock

# Any number that no other advisory lock of the service has (db.migrate, files.content_lock).
_LOCK_KEY = 7_305_140_262

_blocks: Any = ContentBlock.__table__
_fingerprints: Any = BlockFingerprint.__table__


async def write(connection: AsyncConnection, material_id: int, units: Sequence[BlockUnit]) -> None:
    """Make the material's blocks those of `units`; new texts become new blocks. Idempotent.

    The caller has locked the material's row, written the receipt of its present version, and
    enqueued nothing yet: whoever waits for this lock must hold no job's key that its holder wants.
    """
    await lock(connection)
    ids = await _known(connection, [unit.fingerprint for unit in units])
    missing = {unit.fingerprint: unit for unit in units if unit.fingerprint not in ids}
    if missing:
        ids |= await _create(connection, [missing[key] for key in sorted(missing)])
    block_ids = sorted({ids[unit.fingerprint] for unit in units})
    await variants.relate(connection, block_ids)
    wanted = sorted({(ids[unit.fingerprint], unit.slide_number, unit.context) for unit in units})
    await connection.execute(
        BLOCKS["place_usages"],
        {
            "material_id": material_id,
            "block_ids": [block_id for block_id, _, _ in wanted],
            "pages": [page for _, page, _ in wanted],
            "contexts": [context for _, _, context in wanted],
        },
    )
    before = await _date(connection, material_id, block_ids)
    await staleness.announce(connection, material_id, sorted({*block_ids, *before}))


async def lock(connection: AsyncConnection) -> None:
    """Keep others from changing blocks and their variants until the transaction ends."""
    await connection.execute(BLOCKS["lock"], {"key": _LOCK_KEY})


async def forget_orphans(connection: AsyncConnection, most: int) -> int:
    """Delete blocks that stand nowhere any more, at most so many; give how many."""
    await lock(connection)
    return int((await connection.execute(BLOCKS["orphans"], {"most": most})).rowcount)


async def _known(connection: AsyncConnection, fingerprints: Sequence[str]) -> dict[str, int]:
    rows = await connection.execute(BLOCKS["known"], {"fingerprints": sorted(set(fingerprints))})
    return {row.fingerprint: row.content_block_id for row in rows}


async def _create(connection: AsyncConnection, units: Sequence[BlockUnit]) -> dict[str, int]:
    rows = [
        {"name": unit.name, "content": unit.content, "block_type": unit.block_type.value}
        for unit in units
    ]
    made = insert(_blocks).returning(_blocks.c.id, sort_by_parameter_order=True)
    block_ids = (await connection.execute(made, rows)).scalars().all()
    claims = [
        {"content_block_id": block_id, "fingerprint": unit.fingerprint}
        for block_id, unit in zip(block_ids, units, strict=True)
    ]
    await connection.execute(insert(_fingerprints), claims)
    return {unit.fingerprint: block_id for block_id, unit in zip(block_ids, units, strict=True)}


@dataclass(frozen=True, slots=True)
class _Sighting:
    version_ordinal: int
    since: datetime


async def _date(
    connection: AsyncConnection, material_id: int, block_ids: Sequence[int]
) -> Mapping[int, _Sighting]:
    """Date the blocks that came with this version; give what stood there before."""
    key = {"material_id": material_id}
    rows = (await connection.execute(BLOCKS["sightings"], key)).all()
    before = {row.content_block_id: _Sighting(row.version_ordinal, row.since) for row in rows}
    version = (await connection.execute(BLOCKS["dated"], key)).one()
    new = [block_id for block_id in block_ids if block_id not in before]
    since = dict.fromkeys(new, date_of(version.ordinal, version.uploaded, version.modified))
    if any(sighting.version_ordinal == version.ordinal for sighting in before.values()):
        gone = {at: seen.since for at, seen in before.items() if at not in set(block_ids)}
        since |= await _inherited(connection, since, gone)
    await connection.execute(BLOCKS["forget_sightings"], key | {"block_ids": list(block_ids)})
    await connection.execute(
        BLOCKS["write_sightings"],
        key
        | {
            "ordinal": version.ordinal,
            "block_ids": list(block_ids),
            "since": [
                since[block_id] if block_id in since else before[block_id].since
                for block_id in block_ids
            ],
        },
    )
    return before


async def _inherited(
    connection: AsyncConnection, since: Mapping[int, datetime], gone: Mapping[int, datetime]
) -> dict[int, datetime]:
    """A file that is only read anew or corrected is as old as it was: take over the dates."""
    sides = {"block_ids": list(since), "others": list(gone)}
    found: dict[int, datetime] = {}
    for row in await connection.execute(BLOCKS["variants_among"], sides):
        block_id = row.content_block_id
        found[block_id] = min(found.get(block_id, since[block_id]), gone[row.variant_id])
    return found


def date_of(ordinal: int, uploaded: datetime, modified: str | None) -> datetime:
    """Give the date of a wording that came with a version.

    A later version changes the material when it is uploaded. A first one may be old already: its
    file's own date counts where that is past, else the day of its upload, as the order in which
    several files were uploaded on one day says nothing.
    """
    if ordinal > 1:
        return uploaded
    stated = datetime.fromisoformat(modified) if modified else None
    if stated is not None and stated < uploaded:
        return stated
    return datetime.combine(uploaded.astimezone(UTC).date(), time(), UTC)
