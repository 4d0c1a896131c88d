"""Writes a material's passages and vectors; idempotent, inside the caller's transaction.

Passage 0 holds the material's own words (name, product, tags, description), the others its pages.
Knows nothing of files and extraction: it is handed clean text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.index.rows import PassageRow, parameters
from search_service.index.sql import STATEMENTS
from search_service.text.passages import split

# Of lexemes; a tsvector ends at 1 MB.
MATERIAL_VECTOR_BYTES = 1_000_000
LAST_ORDINAL = 2**31 - 1


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of one page as it is to be found: `notes` are speaker notes and comments."""

    page_number: int
    title: str
    body: str
    notes: str = ""
    hidden: bool = False


async def write_material(
    connection: AsyncConnection, material_id: int, pages: Sequence[PageText]
) -> int:
    """Replace all passages of a material and its vector; return the number of page passages.

    The material's language and metadata must be written before. A deleted material gets none.
    """
    facts = await _lock(connection, material_id)
    if facts is None:
        return 0
    rows = _page_rows(pages)
    await _replace(connection, facts, rows, last=LAST_ORDINAL)
    await _write_vector(connection, material_id)
    return len(rows)


async def refresh_metadata(connection: AsyncConnection, material_id: int) -> None:
    """Bring the index up to date after a change of metadata, status, owner, persona or segment."""
    facts = await _lock(connection, material_id)
    if facts is None:
        return
    await _replace(connection, facts, [], last=0)
    await connection.execute(STATEMENTS["copy_columns"], {"material_id": material_id})
    await _write_vector(connection, material_id)


async def reindex_material(connection: AsyncConnection, material_id: int) -> int | None:
    """Write vectors, lengths and copies anew from the text that the passages hold.

    Writes only what differs; gives how many passages did, None for a material that is not there or
    deleted. Where nothing differs, stored lists stay valid.
    """
    facts = await _lock(connection, material_id)
    if facts is None:
        return None
    passages = await connection.execute(
        STATEMENTS["rewrite_passages"],
        parameters(facts, await read_pages(connection, material_id)),
    )
    await connection.execute(STATEMENTS["note_language"], {"language": facts["language"]})
    rewritten = len(passages.all())
    if await _update_vector(connection, material_id) or rewritten:
        await connection.execute(STATEMENTS["note_rewriting"], {"material_id": material_id})
    return rewritten


async def read_pages(connection: AsyncConnection, material_id: int) -> list[PassageRow]:
    """Give the passages of a material's pages as they are stored, in their order."""
    rows = await connection.execute(STATEMENTS["read_pages"], {"material_id": material_id})
    return [PassageRow(**row) for row in rows.mappings()]


async def remove_material(connection: AsyncConnection, material_id: int) -> None:
    """Take a material out of the index: nothing of it matches from the commit on."""
    await connection.execute(STATEMENTS["lock_material"], {"material_id": material_id})
    await connection.execute(
        STATEMENTS["delete_passages"],
        {"material_id": material_id, "first": 0, "last": LAST_ORDINAL},
    )
    await connection.execute(STATEMENTS["clear_material_vector"], {"material_id": material_id})
    await connection.execute(STATEMENTS["note_rewriting"], {"material_id": material_id})


async def note_change(connection: AsyncConnection, material_id: int) -> None:
    """Tell every process that searches of a change outside of the index: a use, a score.

    The other functions of this module do so by themselves.
    """
    await connection.execute(STATEMENTS["note_change"], {"material_id": material_id})


async def _lock(connection: AsyncConnection, material_id: int) -> RowMapping | None:
    """Wait for other writers of the material, then give what its index is made of."""
    await connection.execute(STATEMENTS["lock_material"], {"material_id": material_id})
    result = await connection.execute(STATEMENTS["read_material"], {"material_id": material_id})
    return result.mappings().one_or_none()


def _page_rows(pages: Sequence[PageText]) -> list[PassageRow]:
    rows: list[PassageRow] = []
    for page in pages:
        parts = split(page.title, page.body) or split("", page.notes)[:1]
        for part in parts:
            first = part.part == 0
            rows.append(
                PassageRow(
                    ordinal=len(rows) + 1,
                    page_number=page.page_number,
                    char_start=part.char_start,
                    char_end=part.char_end,
                    title=page.title,
                    body=part.body if page.body.strip() else "",
                    notes=page.notes if first else "",
                    content_hash=part.content_hash,
                    hidden=page.hidden,
                )
            )
    return rows


async def _replace(
    connection: AsyncConnection, facts: RowMapping, rows: Sequence[PassageRow], last: int
) -> None:
    """Delete the passages 0 to `last` and write the material's own and `rows`."""
    await connection.execute(
        STATEMENTS["delete_passages"], {"material_id": facts["id"], "first": 0, "last": last}
    )
    await connection.execute(STATEMENTS["insert_passages"], parameters(facts, rows))
    await connection.execute(STATEMENTS["note_language"], {"language": facts["language"]})


async def _write_vector(connection: AsyncConnection, material_id: int) -> None:
    await _update_vector(connection, material_id)
    await connection.execute(STATEMENTS["note_rewriting"], {"material_id": material_id})


async def _update_vector(connection: AsyncConnection, material_id: int) -> bool:
    """Write the material's vector where it is another one; tell whether it was."""
    written = await connection.execute(
        STATEMENTS["write_material_vector"],
        {"material_id": material_id, "most_bytes": MATERIAL_VECTOR_BYTES},
    )
    return written.one_or_none() is not None
