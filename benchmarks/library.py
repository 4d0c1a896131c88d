"""Fills a database with published materials through the real index writer."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.engine import Database
from search_service.db.enums import MaterialAudience, MaterialStatus, MaterialType
from search_service.db.tables import Material, MaterialDetails, MaterialPersona, MaterialSegment
from search_service.index import statistics
from search_service.index.writer import PageText, write_material

BATCH = 50
WRITERS = 2


@dataclass(frozen=True, slots=True)
class Document:
    """A material to write; `key` comes back as its file name."""

    key: str
    name: str
    pages: Sequence[PageText]
    language: str = "en"
    universe: str | None = None
    persona_ids: Sequence[int] = ()
    segment_ids: Sequence[int] = ()


async def write(database: Database, documents: Iterable[Document]) -> int:
    """Write all documents, refresh the statistics and analyse; return how many there were."""
    source = iter(documents)
    written = sum(await asyncio.gather(*(_write_some(database, source) for _ in range(WRITERS))))
    async with database.transaction() as connection:
        await statistics.refresh(connection)
    async with database.write.connect() as connection:
        autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await autocommit.execute(text("VACUUM ANALYZE"))
    return written


async def keys(database: Database) -> dict[int, str]:
    """Give the documents' keys by material id."""
    async with database.reading() as connection:
        rows = await connection.execute(text("SELECT id, file_name FROM materials"))
        return {row.id: row.file_name for row in rows}


async def _write_some(database: Database, source: Iterator[Document]) -> int:
    written = 0
    while batch := list(islice(source, BATCH)):
        async with database.transaction() as connection:
            for document in batch:
                await _write_one(connection, document)
        written += len(batch)
    return written


async def _write_one(connection: AsyncConnection, document: Document) -> None:
    result = await connection.execute(
        insert(Material)
        .values(
            name=document.name[:255],
            file_name=document.key,
            material_type=MaterialType.PRODUCT_BRIEF,
            audience=MaterialAudience.BOTH,
            status=MaterialStatus.PUBLISHED,
            universe_name=document.universe,
        )
        .returning(Material.id)
    )
    material_id = result.scalar_one()
    await connection.execute(
        insert(MaterialDetails).values(material_id=material_id, language=document.language)
    )
    for table, column, ids in (
        (MaterialPersona, "persona_id", document.persona_ids),
        (MaterialSegment, "segment_id", document.segment_ids),
    ):
        if ids:
            rows = [{"material_id": material_id, column: key} for key in ids]
            await connection.execute(insert(table), rows)
    await write_material(connection, material_id, document.pages)
