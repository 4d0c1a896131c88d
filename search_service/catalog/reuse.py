"""Where else what stands on a page stands: in the same words, in older or in newer ones.

It shows what the principal may see and nothing of the rest, not even a number.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal, visible_binds
from search_service.catalog.blocks import BlockKind
from search_service.catalog.sql import BLOCKS, since_sql
from search_service.db.enums import MaterialStatus

MAX_OF_PAGE = 200
MAX_OF_MATERIAL = 2_000


class Relation(StrEnum):
    """How the other wording stands to that of the page; VARIANT where neither is known as newer."""

    SAME = "same"
    NEWER = "newer"
    OLDER = "older"
    VARIANT = "variant"


@dataclass(frozen=True, slots=True)
class Reuse:
    """A page of another material with the same content, or nearly the same.

    `block_type`: what the two share; `similarity` from 0 to 1; `since`: the date of that wording.
    """

    page_number: int
    material_id: int
    material_name: str
    status: MaterialStatus
    their_page: int
    block_type: str
    relation: Relation
    similarity: float
    since: datetime


async def of_page(
    connection: AsyncConnection, principal: Principal, material_id: int, page_number: int
) -> list[Reuse]:
    """List where else a page's content stands, the most alike first, one entry a page."""
    binds = {"material_id": material_id, "page_number": page_number, "most": MAX_OF_PAGE}
    return await _find(connection, principal, binds)


async def of_material(
    connection: AsyncConnection, principal: Principal, material_id: int
) -> dict[int, list[Reuse]]:
    """List the same for every page of a material, by page number."""
    binds = {"material_id": material_id, "page_number": None, "most": MAX_OF_MATERIAL}
    found: dict[int, list[Reuse]] = {}
    for reuse in await _find(connection, principal, binds):
        found.setdefault(reuse.page_number, []).append(reuse)
    return found


async def _find(
    connection: AsyncConnection, principal: Principal, binds: Mapping[str, Any]
) -> list[Reuse]:
    statement = BLOCKS.composed(
        "page_usages",
        {
            "since_of_near_mine": since_sql("e.mine"),
            "since_of_near_theirs": since_sql("e.theirs"),
        },
    )
    rows = await connection.execute(statement, {**binds, **visible_binds(principal)})
    return _one_a_page(
        Reuse(
            page_number=row.page_number,
            material_id=row.material_id,
            material_name=row.name,
            status=MaterialStatus(row.status),
            their_page=row.their_page,
            block_type=row.block_type,
            relation=_relation(row.same, row.mine_since, row.theirs_since),
            similarity=row.similarity,
            since=row.theirs_since,
        )
        for row in rows
    )


def _one_a_page(found: Iterable[Reuse]) -> list[Reuse]:
    """Two slides that are alike share their tables too: the larger piece tells more."""
    best: dict[tuple[int, int, int], Reuse] = {}
    for reuse in sorted(found, key=lambda reuse: reuse.block_type != BlockKind.SLIDE):
        best.setdefault((reuse.page_number, reuse.material_id, reuse.their_page), reuse)
    return sorted(
        best.values(),
        key=lambda reuse: (-reuse.similarity, reuse.material_name, reuse.their_page),
    )


def _relation(same: bool, mine: datetime, theirs: datetime) -> Relation:  # noqa: FBT001 - a column
    if same:
        return Relation.SAME
    if theirs == mine:
        return Relation.VARIANT
    return Relation.NEWER if theirs > mine else Relation.OLDER
