"""Brings the stored scores of a material up to date from what is stored about it."""

from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, false, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import LOCAL_ADMINISTRATOR
from search_service.catalog import (
    completeness,
    due,
    health,
    materials,
    review_states,
    staleness,
    versions,
    warnings,
)
from search_service.catalog.completeness import TextFacts
from search_service.catalog.health import HealthFacts
from search_service.db.tables import Material, MaterialDetails, MaterialPage, PageCorrection
from search_service.errors import NotFoundError
from search_service.index import writer

_materials: Any = Material.__table__
_details: Any = MaterialDetails.__table__
_pages: Any = MaterialPage.__table__
_corrections: Any = PageCorrection.__table__


async def refresh(connection: AsyncConnection, material_id: int) -> None:
    """Compute completeness, health and what is to be looked at, and store them.

    `updated_at` stays, as nobody changed a thing. Raises NotFoundError for a deleted material.
    """
    material = await materials.get(connection, LOCAL_ADMINISTRATOR, material_id)
    version = await versions.read(connection, material_id, material.current_version)
    text_facts = await _text_facts(connection, material_id, material.current_version)
    stale = await staleness.stale_pages(connection, material_id)
    found = await warnings.of_present(connection, material_id, material.current_version)
    complete = completeness.assess(material, text_facts)
    facts = HealthFacts(
        extraction_status=version.extraction_status if version else None,
        pages_with_warnings=len({each.page_number for each in found if _doubtful(each)}),
        pages=text_facts.pages,
        stale_pages=stale,
    )
    today = datetime.now(UTC).date()
    healthy = health.assess(material, facts, today)
    await connection.execute(
        update(_materials)
        .where(_materials.c.id == material_id)
        .values(completeness_score=complete.score, health_score=healthy.score)
    )
    await connection.execute(
        update(_details)
        .where(_details.c.material_id == material_id)
        .values(
            completeness_reasons=list(complete.reasons),
            health_reasons=list(healthy.reasons),
            scores_due=due.next_change(material, today),
        )
    )
    await writer.note_change(connection, material_id)
    await health.note(connection, material_id, healthy)
    await completeness.note(connection, material_id, complete)
    await review_states.refresh(connection, material, review_states.Known(found, stale, today))


def _doubtful(warning: warnings.ReceiptWarning) -> bool:
    return warning.is_open and warning.page_number != warnings.WHOLE_FILE


async def find_due(connection: AsyncConnection, today: date, most: int) -> list[int]:
    """List materials whose scores change by this day though nobody touched them."""
    statement = (
        select(_details.c.material_id)
        .where(_details.c.scores_due <= today, _details.c.deleted_at.is_(None))
        .order_by(_details.c.scores_due, _details.c.material_id)
        .limit(most)
    )
    return list((await connection.execute(statement)).scalars())


async def rescore(connection: AsyncConnection, material_id: int) -> None:
    """Refresh the scores of a material that may be changed or deleted meanwhile."""
    locked = select(_materials.c.id).where(_materials.c.id == material_id).with_for_update()
    await connection.execute(locked)
    with suppress(NotFoundError):
        await refresh(connection, material_id)


async def _text_facts(connection: AsyncConnection, material_id: int, ordinal: int) -> TextFacts:
    """Pages that can be found, and those with text, as they were corrected."""
    fits = and_(
        _corrections.c.material_id == _pages.c.material_id,
        _corrections.c.page_number == _pages.c.page_number,
        _corrections.c.fits,
    )
    statement = (
        select(func.count(), func.coalesce(func.sum(_has_text().cast(Integer)), 0))
        .select_from(_pages.outerjoin(_corrections, fits))
        .where(
            _pages.c.material_id == material_id,
            _pages.c.version_ordinal == ordinal,
            ~func.coalesce(_corrections.c.hidden, false()),
        )
    )
    pages, with_text = (await connection.execute(statement)).one()
    return TextFacts(pages, with_text)


def _has_text() -> ColumnElement[bool]:
    lists = (_pages.c.alt_texts, _pages.c.chart_texts, _pages.c.diagram_texts)
    return or_(
        func.coalesce(_corrections.c.title, _pages.c.title) != "",
        func.coalesce(_corrections.c.body, _pages.c.body) != "",
        func.jsonb_array_length(_pages.c.tables) > 0,
        *(func.cardinality(column) > 0 for column in lists),
    )
