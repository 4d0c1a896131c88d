"""Gives passages their vectors: those of one material after it was written, or all that lack one.

Owns its transactions: it reads, computes in a thread while none is open, then writes.
"""

import asyncio
from collections.abc import AsyncIterator

from search_service.db.engine import Database
from search_service.embedding import store
from search_service.embedding.encoder import Encoder
from search_service.embedding.packing import pack
from search_service.jobs.progress import JobRecord
from search_service.jobs.queue import NewJob

EMBED = "embed"
# After whatever makes something findable at all.
PRIORITY = -10
MATERIALS_AT_ONCE = 200
# Of the texts of a long document, so that a stopping worker waits for a second at most.
TEXTS_AT_ONCE = 32


def job_after(ingest: JobRecord) -> NewJob:
    """Give the job that embeds what an ingest has written; one for each ingest.

    One key for each material would lose the second of two: the first may have read before it.
    """
    key = f"{EMBED}:{ingest.id}"
    return NewJob(EMBED, {"material_id": ingest.material_id}, PRIORITY, key)


def job_after_correction(material_id: int) -> NewJob:
    """Give the job that embeds what a correction has written; one for each correction."""
    return NewJob(EMBED, {"material_id": material_id}, PRIORITY)


async def embed_material(database: Database, encoder: Encoder, material_id: int) -> None:
    """Write the vectors that a material lacks; those of a text that is known elsewhere are copied.

    Safe to run any number of times.
    """
    async with database.transaction() as connection:  # a standby may not have the passages yet
        bare = await store.missing(connection, material_id, encoder.name)
        texts = {passage.content_hash: passage.text for passage in bare}
        vectors = await store.known(connection, encoder.name, list(texts))
    unknown = [content_hash for content_hash in texts if content_hash not in vectors]
    for start in range(0, len(unknown), TEXTS_AT_ONCE):
        hashes = unknown[start : start + TEXTS_AT_ONCE]
        made = await asyncio.to_thread(encoder.encode, [texts[each] for each in hashes])
        vectors |= dict(zip(hashes, pack(made), strict=True))
    async with database.transaction() as connection:
        await store.write(connection, material_id, encoder.name, vectors)


async def count_lacking(database: Database, encoder: Encoder) -> int:
    """Count the passages that `embed_library` would give a vector."""
    async with database.transaction() as connection:
        return await store.count_lacking(connection, encoder.name)


async def embed_library(database: Database, encoder: Encoder) -> AsyncIterator[int]:
    """Write all vectors that are missing, material by material; yields the passages of each.

    Workers may do the same beside it.
    """
    after = 0
    while True:
        async with database.transaction() as connection:
            lacking = await store.lacking_materials(
                connection, encoder.name, after, MATERIALS_AT_ONCE
            )
        for material in lacking:
            await embed_material(database, encoder, material.material_id)
            yield material.passages
        if len(lacking) < MATERIALS_AT_ONCE:
            return
        after = lacking[-1].material_id
