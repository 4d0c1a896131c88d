import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.catalog import materials, personas, segments, table
from search_service.catalog.materials import MaterialFilter
from search_service.db.enums import MaterialStatus, Role
from search_service.errors import InvalidInputError
from tests.integration.catalog.making import material, person

pytestmark = pytest.mark.anyio


async def test_what_is_exported_is_read_back(connection: AsyncConnection) -> None:
    pmm = await person(connection)
    persona = await personas.create(connection, pmm, {"name": "CTO"})
    segment = await segments.create(connection, pmm, {"name": "Retail"})
    metadata = {
        "name": "=Storage, “quoted”",
        "description": "Two\nlines",
        "product_name": "Object Storage",
        "universe_name": "Public Cloud",
        "tags": ["s3", "backup"],
        "use_cases": ["archive"],
        "pain_points": ["cost"],
        "version": "2.1",
        "persona_ids": [persona.id],
        "segment_ids": [segment.id],
        "review_by": "2027-01-31",
    }
    material_id = await material(connection, pmm, MaterialStatus.PUBLISHED, **metadata)
    record = await materials.get(connection, pmm.principal, material_id)
    text = await table.export(connection, pmm.principal, MaterialFilter())
    parsed = table.parse(text.encode(), await table.known_names(connection))
    assert parsed.problems == ()
    (row,) = parsed.rows
    assert (row.path, row.status) == ("brief.pdf", MaterialStatus.PUBLISHED)
    assert row.metadata == metadata | {
        "material_type": record.material_type,
        "audience": record.audience,
        "review_by": record.review_by,
        "owner_id": pmm.principal.user_id,
    }


async def test_a_table_holds_what_its_reader_sees(
    connection: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "EXPORT_PAGE", 2)
    pmm, rep = await person(connection), await person(connection, Role.SALES)
    for status in (*MaterialStatus, MaterialStatus.PUBLISHED):
        await material(connection, pmm, status, name=status)
    for caller, count in ((pmm, 5), (rep, 2)):
        text = await table.export(connection, caller.principal, MaterialFilter())
        assert len(text.strip().split("\r\n")) == count + 1


async def test_unknown_names_are_listed_before_anything_changes(
    connection: AsyncConnection,
) -> None:
    pmm = await person(connection)
    await personas.create(connection, pmm, {"name": "CTO"})
    parsed = table.parse(
        b"path,personas,segments,owner\na.pdf,CTO;Pope,Space,nobody@example.com\n",
        await table.known_names(connection),
    )
    with pytest.raises(InvalidInputError) as caught:
        parsed.require_valid()
    told = caught.value.message
    assert all(name in told for name in ("Pope", "Space", "nobody@example.com"))
    assert await materials.count(connection, pmm.principal, MaterialFilter()) == 0
