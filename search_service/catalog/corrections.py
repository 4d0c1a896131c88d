"""What somebody corrected of extracted pages, and on which page each correction fits now.

A correction is kept by the fingerprint of what was extracted: it follows its page through readings
and versions, wherever that stands, and rests while no page says what it was made for. It never
changes the extracted text and does not know how passages are made of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Integer, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.tables import MaterialDetails, PageCorrection

TEXT_FIELDS = ("title", "body", "notes")

_corrections: Any = PageCorrection.__table__
_details: Any = MaterialDetails.__table__


@dataclass(frozen=True, slots=True)
class NewCorrection:
    """A page as it is to be found: None is as it was extracted; `hidden` is found by nobody."""

    page_number: int
    fingerprint: str
    extracted_title: str
    extracted_body: str
    extracted_notes: str
    title: str | None = None
    body: str | None = None
    notes: str | None = None
    hidden: bool = False

    @property
    def changes(self) -> dict[str, str]:
        """The corrected texts by their field."""
        texts = {name: getattr(self, name) for name in TEXT_FIELDS}
        return {name: text for name, text in texts.items() if text is not None}

    @property
    def is_empty(self) -> bool:
        return not self.hidden and not self.changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction(NewCorrection):
    """A stored correction; one that does not `fit` says with `page_number` where it stood last."""

    id: int
    fits: bool
    corrected_by: int | None
    created_at: datetime
    updated_at: datetime


async def of_material(connection: AsyncConnection, material_id: int) -> list[Correction]:
    """List all corrections of a material by page, whether they fit or not."""
    statement = (
        _selected()
        .where(_corrections.c.material_id == material_id)
        .order_by(_corrections.c.page_number, _corrections.c.id)
    )
    return [Correction(**row) for row in (await connection.execute(statement)).mappings()]


async def fitting(
    connection: AsyncConnection, material_id: int, ordinal: int
) -> dict[int, Correction]:
    """Give the corrections that apply to a version by page; only the present one has any."""
    statement = (
        _selected()
        .join(_details, _details.c.material_id == _corrections.c.material_id)
        .where(
            _corrections.c.material_id == material_id,
            _corrections.c.fits,
            _details.c.current_version == ordinal,
        )
    )
    found = [Correction(**row) for row in (await connection.execute(statement)).mappings()]
    return {correction.page_number: correction for correction in found}


async def place(
    connection: AsyncConnection, material_id: int, fingerprints: Mapping[int, str]
) -> dict[int, Correction]:
    """Let each correction stand where its page stands now, and the others rest.

    `fingerprints` are those of the present version by page number. Gives what fits, by page.
    """
    known = await of_material(connection, material_id)
    if not known:
        return {}
    places = placed(known, fingerprints)
    await _move(connection, material_id, places)
    found = {each.id: each for each in await of_material(connection, material_id)}
    return {number: found[key] for key, number in places.items()}


def placed(known: Sequence[Correction], fingerprints: Mapping[int, str]) -> dict[int, int]:
    """Say on which page each correction fits, by its id. Pure.

    Of equal pages a correction takes the one with its own number, else the first that is free;
    of two corrections for one page the newer one.
    """
    free: dict[str, list[int]] = {}
    for number in sorted(fingerprints):
        free.setdefault(fingerprints[number], []).append(number)
    places: dict[int, int] = {}
    newest = sorted(known, key=lambda each: (each.updated_at, each.id), reverse=True)
    stay = [each for each in newest if each.page_number in free.get(each.fingerprint, ())]
    for each in stay:
        numbers = free[each.fingerprint]
        if each.page_number in numbers:
            numbers.remove(each.page_number)
            places[each.id] = each.page_number
    for each in newest:
        if each.id not in places and free.get(each.fingerprint):
            places[each.id] = free[each.fingerprint].pop(0)
    return places


async def put(
    connection: AsyncConnection, material_id: int, new: NewCorrection, corrected_by: int | None
) -> None:
    """Store what fits its page now, instead of the correction that did so before."""
    values: dict[str, Any] = {
        name: getattr(new, name) for name in NewCorrection.__dataclass_fields__
    }
    values["corrected_by"] = corrected_by
    on_page = (
        _corrections.c.material_id == material_id,
        _corrections.c.page_number == new.page_number,
        _corrections.c.fits,
    )
    if new.is_empty:
        await connection.execute(delete(_corrections).where(*on_page))
        return
    changed = await connection.execute(
        update(_corrections).where(*on_page).values(**values, updated_at=func.now())
    )
    if not changed.rowcount:
        await connection.execute(insert(_corrections).values(material_id=material_id, **values))


async def remove(connection: AsyncConnection, material_id: int, correction_id: int) -> None:
    """Forget a correction, whether it fits or not."""
    await connection.execute(
        delete(_corrections).where(
            _corrections.c.material_id == material_id, _corrections.c.id == correction_id
        )
    )


async def _move(connection: AsyncConnection, material_id: int, places: Mapping[int, int]) -> None:
    own = _corrections.c.material_id == material_id
    # In two steps: two pages may have changed places, and each has one correction at most.
    await connection.execute(update(_corrections).where(own).values(fits=False))
    if not places:
        return
    moved = (
        func.unnest(
            bindparam("ids", list(places), ARRAY(BigInteger)),
            bindparam("numbers", list(places.values()), ARRAY(Integer)),
        )
        .table_valued("id", "page_number", name="moved")
        .render_derived()
    )
    await connection.execute(
        update(_corrections)
        .where(own, _corrections.c.id == moved.c.id)
        .values(fits=True, page_number=moved.c.page_number)
    )


def _selected() -> Any:
    return select(*(column for column in _corrections.c if column.name != "material_id"))
