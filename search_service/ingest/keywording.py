"""Keywords of a material, from how common its phrases are in the library, and anew as that grows.

What a person has edited stays. Owns the transactions of the job: one for each material.
"""

from typing import Any

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.catalog.refresh import schedule_statistics
from search_service.db.engine import Database
from search_service.db.tables import Material
from search_service.index import writer
from search_service.ingest import frequencies
from search_service.jobs.queue import BACKGROUND, NewJob, enqueue
from search_service.text.keywords import Wording, keywords

KEYWORDS = "keywords"
MATERIALS_A_RUN = 100
NEXT_RUN_S = 10
# Frequencies are worth another look when the library has half as much again, or a third less.
GROWTH = 1.5
MAX_KEYWORD = 100

_materials: Any = Material.__table__

# Parameters: growth, most. A material of a language that nobody has counted yet is not due.
_DUE = text(
    """
    SELECT d.material_id
    FROM material_details d
    JOIN corpus_statistics c ON c.language = d.language
    LEFT JOIN keyword_bases b ON b.material_id = d.material_id
    WHERE d.deleted_at IS NULL AND d.page_count > 0
      AND NOT d.edited_fields @> ARRAY['keywords']
      AND (c.passages >= GREATEST(COALESCE(b.passages, 0), 1) * CAST(:growth AS float)
           OR c.passages * CAST(:growth AS float) <= COALESCE(b.passages, 0))
    ORDER BY COALESCE(b.passages, 0), d.material_id
    LIMIT :most
    """
)
_LOCK = text(
    """
    SELECT m.keywords, d.language
    FROM materials m
    JOIN material_details d ON d.material_id = m.id
    WHERE m.id = :material_id AND d.deleted_at IS NULL
      AND NOT d.edited_fields @> ARRAY['keywords']
    FOR UPDATE OF m
    """
)
# A long page is several passages with one title.
_TEXTS = text(
    """
    SELECT title, string_agg(body, E'\\n' ORDER BY ordinal) AS body
    FROM passages
    WHERE material_id = :material_id AND ordinal > 0
    GROUP BY page_number, title
    ORDER BY min(ordinal)
    """
)
_NOTE = text(
    """
    INSERT INTO keyword_bases (material_id, passages) VALUES (:material_id, :passages)
    ON CONFLICT ON CONSTRAINT pk_keyword_bases DO UPDATE SET passages = EXCLUDED.passages
    """
)


async def keywords_of(connection: AsyncConnection, material_id: int, wording: Wording) -> list[str]:
    """Give the best keywords of a text, and note on how large a library they rest."""
    texts = (*wording.titles, *wording.bodies)
    found = await frequencies.look_up(connection, wording.language, texts)
    best = keywords(wording, found)
    await connection.execute(_NOTE, {"material_id": material_id, "passages": found.documents})
    return [keyword[:MAX_KEYWORD] for keyword in best]


async def schedule(connection: AsyncConnection, delay_s: int = 0) -> None:
    """Ask for a run, one at a time."""
    job = NewJob(KEYWORDS, priority=BACKGROUND, dedupe_key=f"{KEYWORDS}:{delay_s}", delay_s=delay_s)
    await enqueue(connection, job)


async def refresh(database: Database) -> int:
    """Look again at the keywords that rest on a library of another size; give how many changed.

    At most MATERIALS_A_RUN materials, those furthest behind first; another run follows while
    there are more.
    """
    async with database.transaction() as connection:
        bounds = {"growth": GROWTH, "most": MATERIALS_A_RUN}
        due = list((await connection.execute(_DUE, bounds)).scalars())
        if len(due) == MATERIALS_A_RUN:
            await schedule(connection, NEXT_RUN_S)
    changed = 0
    for material_id in due:
        async with database.transaction() as connection:
            changed += await _refresh(connection, material_id)
    return changed


async def _refresh(connection: AsyncConnection, material_id: int) -> bool:
    """The material's row is locked first, as whoever else writes it does."""
    key = {"material_id": material_id}
    material = (await connection.execute(_LOCK, key)).one_or_none()
    if material is None:
        return False
    pages = (await connection.execute(_TEXTS, key)).all()
    titles, bodies = [page.title for page in pages], [page.body for page in pages]
    wording = Wording(material.language, titles, bodies)
    best = await keywords_of(connection, material_id, wording)
    if best == (material.keywords or []):
        return False
    # `updated_at` stays: nobody changed the material.
    await connection.execute(
        update(_materials).where(_materials.c.id == material_id).values(keywords=best)
    )
    await writer.refresh_metadata(connection, material_id)
    await schedule_statistics(connection)
    return True
