"""Checks that the index is as the writer would write it now: passages, vectors, copies, lists.

Reads only; `search-service reindex` mends what it finds. All of one call is seen in one snapshot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.index.rows import parameters
from search_service.index.sql import STATEMENTS
from search_service.index.writer import MATERIAL_VECTOR_BYTES, read_pages


class Fault(StrEnum):
    """What of the index is wrong."""

    PASSAGES = "passages"
    COPIES = "copies"
    MATERIAL_VECTOR = "material_vector"
    LIST = "list"


_FAULTS: Mapping[Fault, str] = {
    Fault.PASSAGES: "passages are not as their text is indexed now",
    Fault.COPIES: "passages carry metadata that their material does not have",
    Fault.MATERIAL_VECTOR: "the vector is not that of its passages",
    Fault.LIST: "materials are missing or too many",
}


@dataclass(frozen=True, slots=True)
class StoredList:
    """Names a row of top_postings."""

    lexeme: str
    language: str


@dataclass(frozen=True, slots=True)
class Sample:
    """How many materials and stored lists to look at, chosen at random."""

    materials: int
    lists: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: of a material, or of a stored list; `message` says what to do."""

    fault: Fault
    which: int | StoredList
    message: str


async def check(connection: AsyncConnection, sample: Sample) -> list[Finding]:
    """Look at a random part of the index."""
    materials = await material_ids(connection, sample.materials)
    lists = await stored_lists(connection, sample.lists)
    return [
        *await check_materials(connection, materials),
        *await check_lists(connection, lists),
    ]


async def material_ids(connection: AsyncConnection, most: int | None = None) -> list[int]:
    """Give the materials that are in the index, or `most` of them, in any order."""
    rows = await connection.execute(STATEMENTS["sample_materials"], {"most": most})
    return list(rows.scalars())


async def stored_lists(connection: AsyncConnection, most: int | None = None) -> list[StoredList]:
    """Give the names of the stored lists, or of `most` of them, in any order."""
    rows = await connection.execute(STATEMENTS["sample_lists"], {"most": most})
    return [StoredList(row.lexeme, row.language) for row in rows]


async def check_materials(connection: AsyncConnection, ids: Sequence[int]) -> list[Finding]:
    """Compare passages and vectors with what their text and metadata give now."""
    return [finding for key in ids for finding in await _of_material(connection, key)]


async def check_lists(connection: AsyncConnection, lists: Sequence[StoredList]) -> list[Finding]:
    """Compare the materials of stored lists with those whose vectors hold the lexeme.

    What was rewritten since the lists were stored is left out, as search does not read it there.
    """
    found = []
    for name in lists:
        key = {"lexeme": name.lexeme, "language": name.language}
        stored = (await connection.execute(STATEMENTS["read_list"], key)).scalar_one_or_none()
        if stored is None:
            continue
        ids = np.frombuffer(stored, ">i4").tolist()
        compared = await connection.execute(STATEMENTS["compare_list"], {"stored": ids, **key})
        if wrong := compared.scalar_one():
            found.append(
                Finding(
                    Fault.LIST,
                    name,
                    f"The list of {name.lexeme!r} ({name.language}): {_FAULTS[Fault.LIST]} "
                    f"({wrong}); run `search-service reindex`.",
                )
            )
    return found


async def _of_material(connection: AsyncConnection, key: int) -> list[Finding]:
    found = await connection.execute(STATEMENTS["read_material"], {"material_id": key})
    facts = found.mappings().one_or_none()
    if facts is None:
        return []
    expected = parameters(facts, await read_pages(connection, key))
    passages = (await connection.execute(STATEMENTS["compare_passages"], expected)).one()
    vector = await connection.execute(
        STATEMENTS["compare_material_vector"],
        {"material_id": key, "most_bytes": MATERIAL_VECTOR_BYTES},
    )
    wrong = {
        Fault.PASSAGES: passages.texts,
        Fault.COPIES: passages.copies,
        Fault.MATERIAL_VECTOR: int(not vector.scalar_one()),
    }
    return [
        Finding(
            fault,
            key,
            f"Material {key}: {_FAULTS[fault]} ({count}); "
            f"run `search-service reindex --material {key}`.",
        )
        for fault, count in wrong.items()
        if count
    ]
