"""Removes for good what was deleted long enough ago: a material's rows, and its files.

It asks for nobody's rights: it is the service's own tidying up.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.audit.entries import Actor, Entry, record
from search_service.db.tables import (
    IndexChange,
    IngestJob,
    Material,
    MaterialDetails,
    MaterialSuccessor,
    MaterialVersion,
)
from search_service.files import copies
from search_service.files.content_lock import lock_content
from search_service.files.store import FileStore

_materials: Any = Material.__table__
_details: Any = MaterialDetails.__table__
_versions: Any = MaterialVersion.__table__
_successors: Any = MaterialSuccessor.__table__
_jobs: Any = IngestJob.__table__
_changes: Any = IndexChange.__table__


async def find_deleted(connection: AsyncConnection, before: datetime, most: int) -> list[int]:
    """List materials that were deleted before a moment, at most so many."""
    statement = (
        select(_details.c.material_id)
        .where(_details.c.deleted_at < before)
        .order_by(_details.c.material_id)
        .limit(most)
    )
    return list((await connection.execute(statement)).scalars())


async def purge_material(
    connection: AsyncConnection, store: FileStore, material_id: int, before: datetime
) -> bool:
    """Remove a material that was deleted before a moment, with every file that only it had.

    Files go before the commit: should that fail, the rows are still there to be tried again, and
    nothing else ever needed the files. False: it is gone, or deleted no longer.
    """
    locked = select(_materials.c.name).where(_materials.c.id == material_id).with_for_update()
    name = await connection.scalar(locked)
    due = select(_details.c.material_id).where(
        _details.c.material_id == material_id, _details.c.deleted_at < before
    )
    if name is None or await connection.scalar(due) is None:
        return False
    hashes = await _hashes_of(connection, material_id)
    for sha256 in hashes:
        await lock_content(connection, sha256)
    await connection.execute(delete(_jobs).where(_jobs.c.material_id == material_id))
    await connection.execute(delete(_successors).where(_successors.c.successor_id == material_id))
    await connection.execute(delete(_materials).where(_materials.c.id == material_id))
    shared = select(_versions.c.sha256).where(_versions.c.sha256.in_(hashes)).distinct()
    kept = set((await connection.execute(shared)).scalars())
    unused = [sha256 for sha256 in hashes if sha256 not in kept]
    facts = {"name": name, "files": unused}
    await record(connection, Entry(Actor(), "material.purge", "material", material_id, facts))
    for sha256 in unused:
        await store.remove(sha256)
        await copies.remove_all(store, sha256)
    return True


async def purge_index_changes(connection: AsyncConnection) -> int:
    """Forget changes of materials that no longer exist; give how many."""
    present = select(_materials.c.id).where(_materials.c.id == _changes.c.material_id).exists()
    return int((await connection.execute(delete(_changes).where(~present))).rowcount)


async def _hashes_of(connection: AsyncConnection, material_id: int) -> list[str]:
    """The files of all versions, in one order, so that two purges never wait in a circle."""
    statement = (
        select(_versions.c.sha256)
        .where(_versions.c.material_id == material_id)
        .distinct()
        .order_by(_versions.c.sha256)
    )
    return list((await connection.execute(statement)).scalars())
