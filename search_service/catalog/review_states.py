"""Why a material should be looked at by who looks after it: stored, so that it can be listed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.catalog import corrections, due, versions
from search_service.catalog.materials import MaterialRecord
from search_service.catalog.warnings import NOT_READ, ReceiptWarning
from search_service.db.enums import ReviewReason
from search_service.db.tables import OutdatedReport, ReviewState

_states: Any = ReviewState.__table__
_reports: Any = OutdatedReport.__table__


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a material already when its reasons are stored."""

    warnings: Sequence[ReceiptWarning]
    stale_pages: Sequence[int]
    today: date


async def refresh(
    connection: AsyncConnection, material: MaterialRecord, known: Known
) -> tuple[ReviewReason, ...]:
    """Store the reasons from what is stored otherwise."""
    material_id, found = material.id, known.warnings
    newest = await versions.newest(connection, material_id)
    ended = newest.extraction_status if newest else None
    open_codes = {each.code for each in found if each.is_open_and_serious}
    unfitting = [
        each for each in await corrections.of_material(connection, material_id) if not each.fits
    ]
    told = {
        # A file that waits to be read is nobody's to look at.
        ReviewReason.SERIOUS_WARNINGS: bool(open_codes - {NOT_READ}),
        ReviewReason.PARTLY_READ: ended == "partial" and "partly_read" in open_codes,
        ReviewReason.REFUSED: ended == "refused",
        ReviewReason.UNFITTING_CORRECTIONS: bool(unfitting),
        ReviewReason.STALE_PAGES: bool(known.stale_pages),
        ReviewReason.REPORTED: await _is_reported(connection, material_id),
    }
    reasons = tuple(reason for reason, holds in told.items() if holds)
    reasons += due.reasons_on(material, known.today)
    await _store(connection, material_id, reasons)
    return reasons


async def _is_reported(connection: AsyncConnection, material_id: int) -> bool:
    unanswered = select(_reports.c.id).where(
        _reports.c.material_id == material_id, _reports.c.resolved_at.is_(None)
    )
    return await connection.scalar(unanswered.limit(1)) is not None


async def _store(
    connection: AsyncConnection, material_id: int, reasons: Sequence[ReviewReason]
) -> None:
    if not reasons:
        await connection.execute(delete(_states).where(_states.c.material_id == material_id))
        return
    statement = upsert(_states).values(material_id=material_id, reasons=list(reasons))
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["material_id"], set_={"reasons": statement.excluded.reasons}
        )
    )
