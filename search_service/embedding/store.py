"""Vectors beside their passages: which are missing, which are known, writing and removing.

A vector counts while its content hash is that of its passage and its model the one in use; so an
index that is written anew keeps them, and an outdated one is never taken for the present text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.statements import Statements
from search_service.embedding.encoder import MAX_CHARACTERS

STATEMENTS = Statements("search_service.embedding", "embedding.sql")


@dataclass(frozen=True, slots=True)
class BarePassage:
    """A passage without a vector; `text` is what its vector is made of."""

    ordinal: int
    content_hash: str
    text: str


@dataclass(frozen=True, slots=True)
class LackingMaterial:
    """A material and how many of its passages lack a vector."""

    material_id: int
    passages: int


async def missing(connection: AsyncConnection, material_id: int, model: str) -> list[BarePassage]:
    """Give the passages of a material that lack a vector, in order."""
    rows = await connection.execute(
        STATEMENTS["missing"],
        {"material_id": material_id, "model": model, "most_characters": MAX_CHARACTERS},
    )
    return [BarePassage(row.ordinal, row.content_hash, row.text) for row in rows]


async def known(connection: AsyncConnection, model: str, hashes: Sequence[str]) -> dict[str, bytes]:
    """Give the vectors that texts have already, in whatever material, by content hash."""
    rows = await connection.execute(STATEMENTS["known"], {"model": model, "hashes": list(hashes)})
    return {row.content_hash: row.vector for row in rows}


async def write(
    connection: AsyncConnection, material_id: int, model: str, vectors: Mapping[str, bytes]
) -> None:
    """Write a material's vectors, given by content hash, and delete those of texts that are gone.

    Waits for whoever writes the material; a text that it no longer has is left out.
    """
    await connection.execute(STATEMENTS["lock_material"], {"material_id": material_id})
    await connection.execute(STATEMENTS["forget_outdated"], {"material_id": material_id})
    await connection.execute(
        STATEMENTS["write"],
        {
            "material_id": material_id,
            "model": model,
            "hashes": list(vectors),
            "vectors": list(vectors.values()),
        },
    )


async def remove(connection: AsyncConnection, material_id: int) -> None:
    """Delete all vectors of a material."""
    await connection.execute(STATEMENTS["remove"], {"material_id": material_id})


async def lacking_materials(
    connection: AsyncConnection, model: str, after: int, most: int
) -> list[LackingMaterial]:
    """Give the next materials, by id after `after`, that have passages without a vector."""
    rows = await connection.execute(
        STATEMENTS["lacking_materials"], {"model": model, "after": after, "most": most}
    )
    return [LackingMaterial(row.material_id, row.passages) for row in rows]


async def count_lacking(connection: AsyncConnection, model: str) -> int:
    """Count the passages of the library that lack a vector."""
    result = await connection.execute(STATEMENTS["count_lacking"], {"model": model})
    return int(result.scalar_one())
