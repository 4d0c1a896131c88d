"""Brings a deleted material back as it was: found again with the commit, by the same people.

What search reads of it was removed when it was deleted, and is written anew from its stored pages
as they were corrected; no file is read for that.
"""

import asyncio
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.caller import Caller
from search_service.audit.entries import Entry, record
from search_service.catalog import corrections, deleted, materials, scores, staleness, versions
from search_service.catalog.materials import MaterialRecord
from search_service.catalog.refresh import schedule_statistics
from search_service.catalog.stamps import touch
from search_service.db.tables import Material, MaterialDetails
from search_service.index import writer
from search_service.ingest import embeddings
from search_service.ingest.correcting import read_present
from search_service.ingest.preparation import arrange
from search_service.ingest.upload import start_reading
from search_service.ingest.writing import write_texts
from search_service.jobs.queue import enqueue

_materials: Any = Material.__table__
_details: Any = MaterialDetails.__table__


async def restore(connection: AsyncConnection, caller: Caller, material_id: int) -> MaterialRecord:
    """Undo the deletion of a material; a file whose reading that cancelled is read after all.

    Raises NotFoundError for what is not deleted, is gone for good, or is somebody else's.
    """
    rows = select(_materials.c.id).where(_materials.c.id == material_id)
    await connection.execute(rows.with_for_update())
    before = await deleted.get(connection, caller.principal, material_id)
    await connection.execute(
        update(_details).where(_details.c.material_id == material_id).values(deleted_at=None)
    )
    await touch(connection, material_id, {})
    await _index(connection, material_id)
    newest = await versions.newest(connection, material_id)
    if newest is not None and newest.extraction_status is None:
        await start_reading(connection, caller, material_id, newest.ordinal)
    await staleness.announce_material(connection, material_id)
    await schedule_statistics(connection)
    facts = {"deleted_at": before.deleted_at}
    entry = Entry(caller.actor, "material.undelete", "material", material_id, facts)
    await record(connection, entry)
    return await materials.get(connection, caller.principal, material_id)


async def _index(connection: AsyncConnection, material_id: int) -> None:
    present = await read_present(connection, material_id)
    if not present.pages:
        await writer.refresh_metadata(connection, material_id)
        await scores.refresh(connection, material_id)
        return
    ordinal = present.material.current_version
    fitting = await corrections.fitting(connection, material_id, ordinal)
    prepared = await asyncio.to_thread(arrange, present.pages, present.manner, fitting)
    await write_texts(connection, material_id, prepared, {})
    await enqueue(connection, embeddings.job_after_correction(material_id))
