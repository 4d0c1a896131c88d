"""Why a material should be looked at by who looks after it: stored, so that it can be listed."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.catalog import corrections, versions
from search_service.catalog.warnings import NOT_READ, ReceiptWarning
from search_service.db.tables import ReviewState

_states: Any = ReviewState.__table__


class Reason(StrEnum):
    """What there is to look at."""

    SERIOUS_WARNINGS = "serious_warnings"
    """A serious warning of the present version is open."""
    PARTLY_READ = "partly_read"
    """Of the newest file only a part could be read, and nobody has acknowledged that."""
    REFUSED = "refused"
    """The newest file could not be read."""
    UNFITTING_CORRECTIONS = "unfitting_corrections"
    """A correction fits no page of the present version any more."""


async def refresh(
    connection: AsyncConnection, material_id: int, found: Sequence[ReceiptWarning]
) -> tuple[Reason, ...]:
    """Store the reasons from what is stored otherwise; `found` are the present warnings."""
    newest = await versions.newest(connection, material_id)
    ended = newest.extraction_status if newest else None
    open_codes = {each.code for each in found if each.is_open_and_serious}
    unfitting = [
        each for each in await corrections.of_material(connection, material_id) if not each.fits
    ]
    told = {
        # A file that waits to be read is nobody's to look at.
        Reason.SERIOUS_WARNINGS: bool(open_codes - {NOT_READ}),
        Reason.PARTLY_READ: ended == "partial" and "partly_read" in open_codes,
        Reason.REFUSED: ended == "refused",
        Reason.UNFITTING_CORRECTIONS: bool(unfitting),
    }
    reasons = tuple(reason for reason, holds in told.items() if holds)
    await _store(connection, material_id, reasons)
    return reasons


async def of_materials(
    connection: AsyncConnection, material_ids: Sequence[int]
) -> dict[int, tuple[Reason, ...]]:
    """Give the reasons of those materials that have any, whoever asks."""
    statement = select(_states).where(_states.c.material_id.in_(material_ids))
    return {
        row.material_id: tuple(Reason(reason) for reason in row.reasons)
        for row in await connection.execute(statement)
    }


async def _store(connection: AsyncConnection, material_id: int, reasons: Sequence[Reason]) -> None:
    if not reasons:
        await connection.execute(delete(_states).where(_states.c.material_id == material_id))
        return
    statement = upsert(_states).values(material_id=material_id, reasons=list(reasons))
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["material_id"], set_={"reasons": statement.excluded.reasons}
        )
    )
