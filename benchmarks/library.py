"""Fills a database with published materials through the real index writer, and indexes them."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
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
# The same for all, so that no material gains by being fresh.
UPDATED_AT = datetime(2026, 1, 1, tzinfo=UTC)
# What a material has beside its index, so that an answer finds as much as of an uploaded file.
FILES = (
    """
    INSERT INTO material_versions (material_id, ordinal, sha256, file_name, file_format, media_type,
                                   file_size, extraction_status)
    SELECT id, 1, encode(sha256(convert_to(id || name, 'UTF8')), 'hex'),
           coalesce(file_name, name), 'pdf', 'application/pdf', 100000, 'done'
    FROM materials
    """,
    """
    INSERT INTO material_pages (material_id, version_ordinal, page_number, title, body, notes)
    SELECT material_id, 1, page_number, min(title), string_agg(body, chr(10) ORDER BY ordinal),
           string_agg(notes, '')
    FROM passages WHERE ordinal > 0
    GROUP BY material_id, page_number
    """,
    """
    UPDATE material_details d SET page_count = p.pages
    FROM (SELECT material_id, count(*) AS pages FROM material_pages GROUP BY material_id) p
    WHERE p.material_id = d.material_id
    """,
)
# Raised where something is written otherwise: a library that was kept is of no use then.
LAYOUT = 2
# Built at the end: kept up while writing they take most of the time.
GIN_INDEXES = ("idx_passages_search_vector", "idx_materials_search_vector")
MEASURED = (*GIN_INDEXES, "top_postings", "lexeme_statistics", "surface_words", "passages",
            "materials")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """A material to write; `key` comes back as its file name."""

    key: str
    name: str
    pages: Sequence[PageText]
    language: str = "en"
    universe: str | None = None
    product: str | None = None
    material_type: MaterialType = MaterialType.PRODUCT_BRIEF
    audience: MaterialAudience = MaterialAudience.BOTH
    persona_ids: Sequence[int] = ()
    segment_ids: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Built:
    """How many materials there are, and how long each step took."""

    materials: int
    write_s: float
    gin_s: float
    statistics_s: float

    @property
    def index_s(self) -> float:
        """From passages in the table to a library that is searched by its indexes."""
        return self.gin_s + self.statistics_s


async def write(database: Database, documents: Iterable[Document]) -> int:
    """Write all documents and index them; return how many there were."""
    return (await build(database, documents)).materials


async def build(database: Database, documents: Iterable[Document]) -> Built:
    """Write all documents into an empty library, build its indexes and count; give the times."""
    definitions = await _dropped(database)
    source, started = iter(documents), time.perf_counter()
    written = sum(await asyncio.gather(*(_write_some(database, source) for _ in range(WRITERS))))
    async with database.transaction() as connection:
        for statement in FILES:
            await connection.execute(text(statement))
    write_s, started = time.perf_counter() - started, time.perf_counter()
    async with database.transaction() as connection:
        for definition in definitions:
            await connection.execute(text(definition))
    gin_s = time.perf_counter() - started
    return Built(written, write_s, gin_s, await recount(database))


async def recount(database: Database) -> float:
    """Count statistics and store top postings anew; give the seconds that it took."""
    started = time.perf_counter()
    async with database.transaction() as connection:
        await statistics.refresh(connection)
    elapsed_s = time.perf_counter() - started
    await analyse(database)
    return elapsed_s


async def analyse(database: Database) -> None:
    """Let the server know what it holds, as its own upkeep does in time."""
    async with database.write.connect() as connection:
        autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await autocommit.execute(text("VACUUM ANALYZE"))


async def keys(database: Database) -> dict[int, str]:
    """Give the documents' keys by material id."""
    async with database.reading() as connection:
        rows = await connection.execute(text("SELECT id, file_name FROM materials"))
        return {row.id: row.file_name for row in rows}


async def sizes_mib(database: Database) -> Mapping[str, float]:
    """Give the sizes of what search reads, tables with their indexes, and of the database."""
    sized = (
        "SELECT name, pg_total_relation_size(CAST(name AS regclass)) AS bytes"
        " FROM unnest(CAST(:names AS text[])) AS name"
        " UNION ALL SELECT 'database', pg_database_size(current_database())"
    )
    async with database.reading() as connection:
        rows = await connection.execute(text(sized), {"names": list(MEASURED)})
        return {row.name: round(row.bytes / 1048576, 1) for row in rows}


async def _dropped(database: Database) -> list[str]:
    """Drop the GIN indexes; give the statements that make them."""
    async with database.transaction() as connection:
        defined = text(
            "SELECT pg_get_indexdef(CAST(name AS regclass))"
            " FROM unnest(CAST(:names AS text[])) AS name"
        )
        found = (await connection.execute(defined, {"names": list(GIN_INDEXES)})).scalars().all()
        for name in GIN_INDEXES:
            await connection.execute(text(f"DROP INDEX {name}"))
        return list(found)


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
            material_type=document.material_type,
            audience=document.audience,
            status=MaterialStatus.PUBLISHED,
            universe_name=document.universe,
            product_name=document.product,
            updated_at=UPDATED_AT,
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
