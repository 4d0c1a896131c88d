"""Finds the blocks that say nearly the same as new ones, and notes the pairs.

Candidates come from the band keys of `text.fingerprint`, a bounded number for each block; what
counts is the similarity of the texts themselves. Who may see a block it does not know.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.catalog.sql import BLOCKS
from search_service.text.fingerprint import BANDS_VERSION, bands, shingles, similarity

# Of the demo library's variants each has .64 or more, of other pairs there none above .45; of
# files of different publishers none above .46, but copies of "Lorem ipsum" (benchmarks.blocks).
MIN_SIMILARITY = 0.5
ROWS_PER_BAND = 16
MAX_VARIANTS = 50
BLOCKS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class _Block:
    id: int
    content: str
    block_type: str


async def relate(connection: AsyncConnection, block_ids: Sequence[int]) -> None:
    """Write bands and variants of those blocks that have none by the present method.

    Whoever calls holds the lock of `catalog.block_writing`, as two transactions would not find
    each other's blocks.
    """
    for start in range(0, len(block_ids), BLOCKS_AT_ONCE):
        key = {"block_ids": block_ids[start : start + BLOCKS_AT_ONCE]}
        version = {"bands_version": BANDS_VERSION}
        rows = await connection.execute(BLOCKS["unrelated"], key | version)
        new = {row.id: _Block(row.id, row.content, row.block_type) for row in rows}
        if new:
            await _relate(connection, new)
            await connection.execute(BLOCKS["note_bands"], {"block_ids": list(new)} | version)


async def _relate(connection: AsyncConnection, new: Mapping[int, _Block]) -> None:
    keys = [
        (block.id, band)
        for block in new.values()
        for band in bands(block.content, block.block_type)
    ]
    sides = {"block_ids": [block_id for block_id, _ in keys], "bands": [band for _, band in keys]}
    await connection.execute(BLOCKS["forget_bands"], {"block_ids": list(new)})
    await connection.execute(BLOCKS["write_bands"], sides)
    bounds = {"rows_per_band": ROWS_PER_BAND, "most": MAX_VARIANTS}
    found = await connection.execute(BLOCKS["near"], sides | bounds)
    pairs = list(_near(new, [_Pair(*row) for row in found]))
    if pairs:
        block_ids, variant_ids, similarities = zip(*pairs, strict=True)
        await connection.execute(
            BLOCKS["write_variants"],
            {
                "block_ids": list(block_ids),
                "variant_ids": list(variant_ids),
                "similarities": list(similarities),
            },
        )


@dataclass(frozen=True, slots=True)
class _Pair:
    block_id: int
    candidate: int
    content: str


def _near(
    new: Mapping[int, _Block], candidates: Sequence[_Pair]
) -> Iterator[tuple[int, int, float]]:
    sets: dict[int, frozenset[str]] = {}
    for pair in candidates:
        for block_id, content in (
            (pair.block_id, new[pair.block_id].content),
            (pair.candidate, pair.content),
        ):
            if block_id not in sets:
                sets[block_id] = shingles(content)
        alike = similarity(sets[pair.block_id], sets[pair.candidate])
        if alike >= MIN_SIMILARITY:
            yield pair.block_id, pair.candidate, alike
