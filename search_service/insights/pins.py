"""Pins as product marketing keeps them; where they stand in an answer is search.pins'.

Whoever may not see a material sees no pin of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import policy
from search_service.accounts.policy import Principal
from search_service.catalog import materials
from search_service.catalog.metadata import Rule, checked, filled_line
from search_service.db.tables import Material, MaterialDetails, Persona, Pin, Segment
from search_service.errors import InvalidInputError, NotFoundError
from search_service.insights.gate import Attempt, Deed, Outcome, pass_through
from search_service.insights.pages import require_page
from search_service.search.pins import MAX_KEY, MAX_PINS, key_of
from search_service.search.query import parse

KIND = "pin"

_pins: Any = Pin.__table__
_materials: Any = Material.__table__
_details: Any = MaterialDetails.__table__
_CHOSEN = ("query_text", "material_id", "page_number", "persona_id", "segment_id", "place")


@dataclass(frozen=True, slots=True)
class PinRecord:
    """A material that stands first for a query, optionally with one of its pages.

    With a persona or a segment only while that is selected. `place` orders the pins of a query.
    """

    id: int
    query_text: str
    material_id: int
    material_name: str
    page_number: int | None
    persona_id: int | None
    segment_id: int | None
    place: int
    created_at: datetime
    updated_at: datetime


async def find(
    connection: AsyncConnection, principal: Principal, limit: int, after_id: int | None = None
) -> list[PinRecord]:
    """List the pins of visible materials, the oldest first. Raises ForbiddenError."""
    policy.require_see_tuning(principal)
    statement = _visible(principal).where(_pins.c.id > (after_id or 0)).order_by(_pins.c.id)
    rows = await connection.execute(statement.limit(limit))
    return [PinRecord(**row) for row in rows.mappings()]


async def get(connection: AsyncConnection, principal: Principal, pin_id: int) -> PinRecord:
    """Give one pin. Raises ForbiddenError, and NotFoundError also for a hidden material's."""
    policy.require_see_tuning(principal)
    return await _get(connection, principal, pin_id)


async def create(
    connection: AsyncConnection, attempt: Attempt, given: Mapping[str, Any]
) -> Outcome[PinRecord]:
    """Pin a material from what `_RULES` lists.

    Raises InvalidInputError, NotFoundError for a material that the caller may not see,
    ConflictError for a pin that exists, and what the gate raises.
    """

    async def apply() -> Deed[PinRecord]:
        values = await _values(connection, attempt, given)
        statement = insert(_pins).values(values).returning(_pins.c.id)
        pin_id = (await connection.execute(statement)).scalar_one()
        made = await _get(connection, attempt.caller.principal, pin_id)
        return Deed(KIND, "create", pin_id, made, after=_shown(made))

    return await pass_through(connection, attempt, apply)


async def change(
    connection: AsyncConnection, attempt: Attempt, pin_id: int, given: Mapping[str, Any]
) -> Outcome[PinRecord]:
    """Change the named fields. Raises what `create` raises, and NotFoundError."""

    async def apply() -> Deed[PinRecord]:
        before = await _get(connection, attempt.caller.principal, pin_id)
        values = await _values(connection, attempt, {**_shown(before), **given})
        await connection.execute(
            update(_pins).where(_pins.c.id == pin_id).values(updated_at=func.now(), **values)
        )
        after = await _get(connection, attempt.caller.principal, pin_id)
        return Deed(KIND, "update", pin_id, after, _shown(before), _shown(after))

    return await pass_through(connection, attempt, apply)


async def remove(connection: AsyncConnection, attempt: Attempt, pin_id: int) -> Outcome[None]:
    """Remove a pin. Raises NotFoundError and what the gate raises."""

    async def apply() -> Deed[None]:
        before = await _get(connection, attempt.caller.principal, pin_id)
        await connection.execute(delete(_pins).where(_pins.c.id == pin_id))
        return Deed(KIND, "delete", pin_id, None, before=_shown(before))

    return await pass_through(connection, attempt, apply)


def _visible(principal: Principal) -> Select[Any]:
    columns = [column for column in _pins.c if column.name != "query_key"]
    return (
        select(*columns, _materials.c.name.label("material_name"))
        .join(_materials, _materials.c.id == _pins.c.material_id)
        .join(_details, _details.c.material_id == _pins.c.material_id)
        .where(*materials.access(principal))
    )


async def _get(connection: AsyncConnection, principal: Principal, pin_id: int) -> PinRecord:
    statement = _visible(principal).where(_pins.c.id == pin_id)
    row = (await connection.execute(statement)).mappings().one_or_none()
    if row is None:
        raise NotFoundError("There is no such pin, or you may not see its material.")
    return PinRecord(**row)


def _shown(record: PinRecord) -> dict[str, Any]:
    chosen = {name: getattr(record, name) for name in _CHOSEN if name != "query_text"}
    return {"query": record.query_text, **chosen}


async def _values(
    connection: AsyncConnection, attempt: Attempt, given: Mapping[str, Any]
) -> dict[str, Any]:
    """The columns of a pin, checked against what they refer to."""
    fields = checked(_RULES, given)
    material_id = fields["material_id"]
    material = await materials.get(connection, attempt.caller.principal, material_id)
    require_page(material, fields.get("page_number"))
    for field, table in (("persona_id", Persona), ("segment_id", Segment)):
        await _require_known(connection, table.__table__, field, fields.get(field))
    query = fields.pop("query")
    return {**fields, "query_text": query, "query_key": key_of(parse(query))}


async def _require_known(
    connection: AsyncConnection, table: Any, field: str, entry_id: int | None
) -> None:
    if entry_id is None:
        return
    statement = select(table.c.id).where(table.c.id == entry_id)
    if await connection.scalar(statement) is None:
        raise InvalidInputError(f"There is no {field.removesuffix('_id')} {entry_id}.", field=field)


def _query(value: Any) -> str:
    text = filled_line(value, MAX_KEY)
    key = key_of(parse(text))
    if not key:
        raise ValueError("holds no word to search for; filters alone cannot be pinned.")
    if len(key) > MAX_KEY:
        raise ValueError(f"is longer than {MAX_KEY} characters without its accents.")
    return text


def _number(value: Any) -> int | None:
    return None if value is None else int(value)


def _place(value: Any) -> int:
    place = int(value)
    if not 1 <= place <= MAX_PINS:
        raise ValueError(f"must be from 1 to {MAX_PINS}.")
    return place


_RULES: Mapping[str, Rule] = {
    "query": _query,
    "material_id": int,
    "page_number": _number,
    "persona_id": _number,
    "segment_id": _number,
    "place": _place,
}
