"""Which pages carry a wording that a later one elsewhere has replaced, and whose scores that moves.

The rule is `newer` in blocks.sql, derived from what stands now: nothing is marked, so that taking
the newer slide, deleting, archiving or reading again undoes it at once. Only published material
makes another stale: a score must tell nobody of a draft.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal, visible_binds
from search_service.catalog.sql import BLOCKS, newer_sql
from search_service.db.enums import MaterialStatus
from search_service.jobs.queue import BACKGROUND, NewJob, enqueue

RESCORE = "rescore"
MATERIALS_A_JOB = 200
MAX_LISTED = 500


@dataclass(frozen=True, slots=True)
class Newer:
    """Where a newer wording stands, since when, and how alike the two are (0 to 1)."""

    material_id: int
    material_name: str
    page_number: int
    since: datetime
    similarity: float


@dataclass(frozen=True, slots=True)
class StalePage:
    """A page with the newest wording of its content elsewhere."""

    page_number: int
    newer: Newer


@dataclass(frozen=True, slots=True)
class StaleMaterial:
    """A material with its stale pages in order."""

    material_id: int
    material_name: str
    status: MaterialStatus
    pages: tuple[StalePage, ...]


async def stale_pages(connection: AsyncConnection, material_id: int) -> tuple[int, ...]:
    """Give the numbers of a material's stale pages, whoever asks."""
    statement = BLOCKS.composed("stale_pages", {"newer": newer_sql(":material_id")})
    rows = await connection.execute(statement, {"material_id": material_id})
    return tuple(rows.scalars())


async def of_owner(connection: AsyncConnection, principal: Principal) -> list[StaleMaterial]:
    """List the principal's own materials with a stale page, those that went stale last first.

    At most MAX_LISTED pages; only such whose newer wording the principal may see.
    """
    statement = BLOCKS.composed("stale_materials", {"newer_of_owned": newer_sql("o.id")})
    binds = {"owner_id": principal.user_id, "most": MAX_LISTED} | visible_binds(principal)
    pages: dict[int, list[StalePage]] = {}
    heads: dict[int, tuple[str, MaterialStatus]] = {}
    for row in await connection.execute(statement, binds):
        heads[row.material_id] = (row.name, MaterialStatus(row.status))
        newer = Newer(row.source_id, row.source_name, row.source_page, row.since, row.similarity)
        pages.setdefault(row.material_id, []).append(StalePage(row.page_number, newer))
    return [
        StaleMaterial(
            material_id,
            name,
            status,
            tuple(sorted(pages[material_id], key=lambda page: page.page_number)),
        )
        for material_id, (name, status) in heads.items()
    ]


async def announce(connection: AsyncConnection, material_id: int, block_ids: Sequence[int]) -> None:
    """Ask for new scores of the other materials that blocks of this one can make stale, or no more.

    In a job, not here: their rows may be locked by who waits for ours.
    """
    binds = {"block_ids": list(block_ids), "material_id": material_id}
    kin = list((await connection.execute(BLOCKS["kin"], binds)).scalars())
    for start in range(0, len(kin), MATERIALS_A_JOB):
        some = kin[start : start + MATERIALS_A_JOB]
        await enqueue(connection, NewJob(RESCORE, {"material_ids": some}, BACKGROUND))


async def announce_material(connection: AsyncConnection, material_id: int) -> None:
    """Ask for the same after a material was published, archived or deleted."""
    rows = await connection.execute(BLOCKS["sightings"], {"material_id": material_id})
    await announce(connection, material_id, [row.content_block_id for row in rows])
