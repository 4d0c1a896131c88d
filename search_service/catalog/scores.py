"""Brings the stored scores of a material up to date from what is stored about it."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    and_,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import LOCAL_ADMINISTRATOR
from search_service.catalog import completeness, health, materials, staleness, versions
from search_service.catalog.completeness import TextFacts
from search_service.catalog.health import HealthFacts
from search_service.db.tables import Material, MaterialDetails, MaterialPage
from search_service.errors import NotFoundError
from search_service.index import writer

_materials: Any = Material.__table__
_details: Any = MaterialDetails.__table__
_pages: Any = MaterialPage.__table__


async def refresh(connection: AsyncConnection, material_id: int) -> None:
    """Compute completeness and health and store them; `updated_at` stays, nobody changed a thing.

    Raises NotFoundError for a material that is deleted.
    """
    material = await materials.get(connection, LOCAL_ADMINISTRATOR, material_id)
    version = await versions.read(connection, material_id, material.current_version)
    text_facts, warned = await _page_facts(connection, material_id, material.current_version)
    complete = completeness.assess(material, text_facts)
    facts = HealthFacts(
        extraction_status=version.extraction_status if version else None,
        pages_with_warnings=warned,
        pages=text_facts.pages,
        stale_pages=await staleness.stale_pages(connection, material_id),
    )
    healthy = health.assess(material, facts, datetime.now(UTC).date())
    await connection.execute(
        update(_materials)
        .where(_materials.c.id == material_id)
        .values(completeness_score=complete.score, health_score=healthy.score)
    )
    await connection.execute(
        update(_details)
        .where(_details.c.material_id == material_id)
        .values(completeness_reasons=list(complete.reasons), health_reasons=list(healthy.reasons))
    )
    await writer.note_change(connection, material_id)
    await health.note(connection, material_id, healthy)


async def rescore(connection: AsyncConnection, material_id: int) -> None:
    """Refresh the scores of a material that may be changed or deleted meanwhile."""
    locked = select(_materials.c.id).where(_materials.c.id == material_id).with_for_update()
    await connection.execute(locked)
    with suppress(NotFoundError):
        await refresh(connection, material_id)


async def _page_facts(
    connection: AsyncConnection, material_id: int, ordinal: int
) -> tuple[TextFacts, int]:
    statement = select(
        func.count(),
        func.coalesce(func.sum(_has_text().cast(Integer)), 0),
        func.coalesce(func.sum(_is_doubtful().cast(Integer)), 0),
    ).where(and_(_pages.c.material_id == material_id, _pages.c.version_ordinal == ordinal))
    pages, with_text, warned = (await connection.execute(statement)).one()
    return TextFacts(pages, with_text), warned


def _is_doubtful() -> ColumnElement[bool]:
    """A warning other than `hidden`, which tells of the show and not of the reading."""
    sign: Any = literal_column("'$[*] ? (@.code != \"hidden\")'::jsonpath")
    doubtful: ColumnElement[bool] = func.jsonb_path_exists(_pages.c.warnings, sign, type_=Boolean)
    return doubtful


def _has_text() -> ColumnElement[bool]:
    lists = (_pages.c.alt_texts, _pages.c.chart_texts, _pages.c.diagram_texts)
    return or_(
        _pages.c.title != "",
        _pages.c.body != "",
        func.jsonb_array_length(_pages.c.tables) > 0,
        *(func.cardinality(column) > 0 for column in lists),
    )
