"""Writes a material's passages and vectors; idempotent, inside the caller's transaction.

Passage 0 holds the material's own words (name, product, tags, description), the others its pages.
Knows nothing of files and extraction: it is handed clean text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.statements import Statements
from search_service.text.languages import configuration
from search_service.text.normalise import indexable
from search_service.text.passages import content_hash, split

STATEMENTS = Statements("search_service.index", "index.sql")

# A tsvector fails above 1 MB of lexemes and positions, which may take seven times as many bytes as
# the text (compounds, accents); no page of prose comes near these.
INDEXED_CHARACTERS = {"title": 10_000, "body": 60_000, "notes": 60_000}
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


@dataclass(frozen=True, slots=True)
class _Row:
    ordinal: int
    page_number: int
    char_start: int
    char_end: int
    title: str
    body: str
    notes: str
    content_hash: str
    hidden: bool


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


def _page_rows(pages: Sequence[PageText]) -> list[_Row]:
    rows: list[_Row] = []
    for page in pages:
        parts = split(page.title, page.body) or split("", page.notes)[:1]
        for part in parts:
            first = part.part == 0
            rows.append(
                _Row(
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


def _own_words(facts: RowMapping) -> tuple[str, str]:
    """Subjects (weight B) and description (weight C) of a material, a line for each value."""
    lists = (facts["tags"], facts["keywords"], facts["use_cases"], facts["pain_points"])
    subjects = [
        facts["product_name"],
        facts["universe_name"],
        *chain.from_iterable(values or [] for values in lists),
    ]
    return "\n".join(filter(None, subjects)), facts["description"] or ""


async def _replace(
    connection: AsyncConnection, facts: RowMapping, rows: Sequence[_Row], last: int
) -> None:
    """Delete the passages 0 to `last` and write the material's own and `rows`."""
    material_id, language = facts["id"], facts["language"]
    subjects, description = _own_words(facts)
    own = _Row(
        ordinal=0,
        page_number=0,
        char_start=0,
        char_end=0,
        title=facts["name"],
        body=subjects,
        notes=description,
        content_hash=content_hash(facts["name"], subjects),
        hidden=False,
    )
    await connection.execute(
        STATEMENTS["delete_passages"], {"material_id": material_id, "first": 0, "last": last}
    )
    await connection.execute(
        STATEMENTS["insert_passages"],
        {
            "material_id": material_id,
            "configuration": f"search_{configuration(language)}",
            **_columns([own, *rows]),
        },
    )
    await connection.execute(STATEMENTS["note_language"], {"language": language})


def _columns(rows: Sequence[_Row]) -> dict[str, list[Any]]:
    return {
        "ordinals": [row.ordinal for row in rows],
        "page_numbers": [row.page_number for row in rows],
        "char_starts": [row.char_start for row in rows],
        "char_ends": [row.char_end for row in rows],
        "titles": [row.title for row in rows],
        "bodies": [row.body for row in rows],
        "notes": [row.notes for row in rows],
        **{
            f"{part}_words": [indexable(getattr(row, part)[:most]) for row in rows]
            for part, most in INDEXED_CHARACTERS.items()
        },
        "content_hashes": [row.content_hash for row in rows],
        "hidden": [row.hidden for row in rows],
    }


async def _write_vector(connection: AsyncConnection, material_id: int) -> None:
    await connection.execute(
        STATEMENTS["write_material_vector"],
        {"material_id": material_id, "most_bytes": MATERIAL_VECTOR_BYTES},
    )
    await connection.execute(STATEMENTS["note_rewriting"], {"material_id": material_id})
