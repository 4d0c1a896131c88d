"""Brings what is known of a material's pages into catalogue and index: keywords, passages, blocks.

Both a reading and a correction end here, so that they leave the same rows.
"""

from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.catalog import block_writing, scores
from search_service.catalog.refresh import schedule_statistics
from search_service.catalog.stamps import touch
from search_service.db.tables import MaterialDetails
from search_service.index import writer
from search_service.ingest import keywording
from search_service.ingest.preparation import Prepared
from search_service.text.keywords import Wording

_details: Any = MaterialDetails.__table__


async def write_texts(
    connection: AsyncConnection, material_id: int, prepared: Prepared, columns: dict[str, Any]
) -> None:
    """Write what was prepared of the present version; `columns` of materials go with it."""
    await touch(connection, material_id, columns)
    await connection.execute(
        update(_details)
        .where(_details.c.material_id == material_id)
        .values(language=prepared.language, page_count=len(prepared.pages))
    )
    await writer.write_material(connection, material_id, prepared.texts)
    await block_writing.write(connection, material_id, prepared.units)
    await scores.refresh(connection, material_id)
    await schedule_statistics(connection)


async def keywords_of(
    connection: AsyncConnection, material_id: int, prepared: Prepared
) -> list[str]:
    """Give the keywords of what can be found of a material."""
    titles = [text.title for text in prepared.texts]
    bodies = [text.body for text in prepared.texts]
    wording = Wording(prepared.language, titles, bodies)
    return await keywording.keywords_of(connection, material_id, wording)
