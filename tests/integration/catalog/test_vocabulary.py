from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.catalog import editing, materials, personas, segments
from search_service.catalog.editing import Target
from search_service.db.enums import MaterialStatus, Role
from search_service.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from tests.integration.catalog.making import material, person

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize(("entries", "field"), [(personas, "role"), (segments, "industry")]),
]


async def test_an_entry_is_made_read_changed_and_removed(
    connection: AsyncConnection, entries: ModuleType, field: str
) -> None:
    pmm = await person(connection)
    rep = await person(connection, Role.SALES)
    made = await entries.create(connection, pmm, {"name": " CTO ", field: "Technology"})
    assert (made.name, getattr(made, field), made.used) == ("CTO", "Technology", 0)
    changed = await entries.change(connection, pmm, made.id, {"name": "cto", field: None})
    assert (changed.name, getattr(changed, field)) == ("cto", None)
    assert await entries.find(connection, rep.principal) == [changed]
    assert await entries.ids_by_name(connection) == {"cto": made.id}
    await entries.remove(connection, pmm, made.id)
    with pytest.raises(NotFoundError):
        await entries.get(connection, pmm.principal, made.id)
    statement = text("SELECT action FROM audit_logs ORDER BY id")
    actions = (await connection.execute(statement)).scalars().all()
    assert [action.split(".")[1] for action in actions] == ["create", "update", "delete"]


async def test_sales_change_nothing(
    connection: AsyncConnection, entries: ModuleType, field: str
) -> None:
    rep = await person(connection, Role.SALES)
    made = await entries.create(connection, await person(connection), {"name": "CTO"})
    with pytest.raises(ForbiddenError):
        await entries.create(connection, rep, {"name": "CIO"})
    with pytest.raises(ForbiddenError):
        await entries.change(connection, rep, made.id, {field: "x"})
    with pytest.raises(ForbiddenError):
        await entries.remove(connection, rep, made.id)


async def test_a_name_is_given_once(
    connection: AsyncConnection, entries: ModuleType, field: str
) -> None:
    pmm = await person(connection)
    await entries.create(connection, pmm, {"name": "CTO"})
    other = await entries.create(connection, pmm, {"name": "CIO"})
    with pytest.raises(ConflictError):
        await entries.create(connection, pmm, {"name": "cto"})
    with pytest.raises(ConflictError):
        await entries.change(connection, pmm, other.id, {"name": "Cto"})


@pytest.mark.parametrize(
    "given", [{}, {"name": " "}, {"name": "x" * 101}, {"name": "a", "size": 1}]
)
async def test_wrong_fields_are_refused(
    connection: AsyncConnection, entries: ModuleType, field: str, given: dict[str, object]
) -> None:
    with pytest.raises(InvalidInputError):
        await entries.create(connection, await person(connection), given)


async def test_use_counts_only_what_the_reader_sees(
    connection: AsyncConnection, entries: ModuleType, field: str
) -> None:
    pmm, colleague = await person(connection), await person(connection)
    made = await entries.create(connection, pmm, {"name": "CTO"})
    links: dict[str, Any] = {"persona_ids" if entries is personas else "segment_ids": [made.id]}
    await material(connection, pmm, **links)
    await material(connection, pmm, MaterialStatus.PUBLISHED, **links)
    deleted = await material(connection, pmm, MaterialStatus.PUBLISHED, **links)
    await editing.delete(connection, pmm, Target(deleted))
    assert (await entries.get(connection, pmm.principal, made.id)).used == 2
    assert (await entries.get(connection, colleague.principal, made.id)).used == 1


async def test_materials_lose_a_removed_entry_in_search_too(
    connection: AsyncConnection, entries: ModuleType, field: str
) -> None:
    pmm = await person(connection)
    made = await entries.create(connection, pmm, {"name": "CTO"})
    links: dict[str, Any] = {"persona_ids" if entries is personas else "segment_ids": [made.id]}
    material_id = await material(connection, pmm, **links)
    before = await materials.get(connection, pmm.principal, material_id)
    await entries.remove(connection, pmm, made.id)
    after = await materials.get(connection, pmm.principal, material_id)
    assert (after.personas, after.segments) == ((), ())
    assert after.etag != before.etag
    statement = text("SELECT persona_ids || segment_ids FROM passages")
    assert (await connection.execute(statement)).scalars().all() == [[]]
