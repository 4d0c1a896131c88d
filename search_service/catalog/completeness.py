"""How much of what helps people find a material is filled in. Pure but for its history.

The weights add up to 100; each reason says what is missing and what it would add.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal
from search_service.catalog import materials
from search_service.catalog.materials import MaterialRecord
from search_service.db.tables import CompletenessHistory

MIN_DESCRIPTION_CHARACTERS = 40
MIN_TAGS = 2
MAX_HISTORY = 100

_history: Any = CompletenessHistory.__table__


@dataclass(frozen=True, slots=True)
class Completeness:
    """0 to 100, and a sentence for every point that is missing."""

    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What can be searched: pages that are not hidden from it, and those of them with text."""

    pages: int
    pages_with_text: int


def assess(material: MaterialRecord, found: TextFacts) -> Completeness:
    """Score a material's metadata (75 points) and the text that could be read (25)."""
    description = material.description or ""
    described = len(description) >= MIN_DESCRIPTION_CHARACTERS
    parts = [
        (10, described, f"Describe it in at least {MIN_DESCRIPTION_CHARACTERS} characters"),
        (10, bool(material.product_name), "Name the product"),
        (10, bool(material.universe_name), "Name the universe"),
        (10, bool(material.personas), "Choose the personas that it is for"),
        (10, bool(material.segments), "Choose the segments that it is for"),
        (5, len(material.tags) >= MIN_TAGS, f"Add at least {MIN_TAGS} tags"),
        (5, bool(material.use_cases), "Add use cases"),
        (5, bool(material.pain_points), "Add the pain points that it answers"),
        (5, material.owner_id is not None, "Give it an owner"),
        (5, not material.guessed_fields, _guessed(material)),
    ]
    read_points, read_reason = _read(found)
    score = sum(points for points, filled, _ in parts if filled) + read_points
    reasons = [f"{advice} (+{points})." for points, filled, advice in parts if not filled]
    return Completeness(score, (*reasons, *read_reason))


@dataclass(frozen=True, slots=True)
class Assessed:
    """How complete a material was at one time."""

    checked_at: datetime
    score: int
    reasons: tuple[str, ...]


async def note(connection: AsyncConnection, material_id: int, complete: Completeness) -> bool:
    """Add a row to the material's history if the last one says something else."""
    reasons = list(complete.reasons)
    statement = select(_history.c.score, _history.c.reasons).where(
        _history.c.material_id == material_id
    )
    last = (
        await connection.execute(statement.order_by(_history.c.id.desc()).limit(1))
    ).one_or_none()
    if last is not None and (last.score, last.reasons) == (complete.score, reasons):
        return False
    await connection.execute(
        insert(_history).values(material_id=material_id, score=complete.score, reasons=reasons)
    )
    return True


async def history(
    connection: AsyncConnection, principal: Principal, material_id: int
) -> list[Assessed]:
    """List the last rows of a material's history, newest first. Raises NotFoundError."""
    await materials.get(connection, principal, material_id)
    statement = (
        select(_history.c.checked_at, _history.c.score, _history.c.reasons)
        .where(_history.c.material_id == material_id)
        .order_by(_history.c.id.desc())
        .limit(MAX_HISTORY)
    )
    return [
        Assessed(row.checked_at, row.score, tuple(row.reasons))
        for row in await connection.execute(statement)
    ]


def _guessed(material: MaterialRecord) -> str:
    return f"Confirm what was guessed: {', '.join(material.guessed_fields)}"


def _read(found: TextFacts) -> tuple[int, tuple[str, ...]]:
    if not found.pages:
        return 0, ("No text has been read from the file (+25).",)
    points = round(25 * found.pages_with_text / found.pages)
    if points == 25:
        return 25, ()
    without = found.pages - found.pages_with_text
    return points, (f"{without} of {found.pages} pages have no text (+{25 - points}).",)
