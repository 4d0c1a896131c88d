import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.catalog import editing, materials, pages, scores, versions
from search_service.catalog.editing import Target
from search_service.catalog.pages import PageRecord, VersionKey
from search_service.catalog.versions import Extraction
from tests.integration.catalog.making import material, person

pytestmark = pytest.mark.anyio


async def history(connection: AsyncConnection, material_id: int) -> list[int]:
    statement = text(
        "SELECT health_score FROM material_health_history WHERE material_id = :id ORDER BY id"
    )
    return list((await connection.execute(statement, {"id": material_id})).scalars())


async def test_scores_follow_what_was_read(connection: AsyncConnection) -> None:
    pmm = await person(connection)
    material_id = await material(connection, pmm)
    before = await materials.get(connection, pmm.principal, material_id)
    read = [
        PageRecord(1, body="text"),
        PageRecord(2, tables=[[["a"]]]),
        PageRecord(3, chart_texts=["c"], warnings=[{"code": "hidden", "detail": None}]),
        PageRecord(4, warnings=[{"code": "no_text_but_image", "detail": None}]),
    ]
    await pages.write(connection, VersionKey(material_id, 1), read)
    await scores.refresh(connection, material_id)
    after = await materials.get(connection, pmm.principal, material_id)
    assert after.completeness_score == before.completeness_score + 19
    assert any("1 of 4 pages" in reason for reason in after.completeness_reasons)
    assert after.health_reasons == ("1 of 4 pages were read with warnings (−10).",)
    assert after.etag == before.etag


async def test_only_a_change_of_health_is_history(connection: AsyncConnection) -> None:
    pmm = await person(connection)
    material_id = await material(connection, pmm)
    assert await history(connection, material_id) == [100]
    await scores.refresh(connection, material_id)
    assert await history(connection, material_id) == [100]
    refused = Extraction("refused", "damaged", None)
    await versions.note_extraction(connection, material_id, 1, refused)
    await scores.refresh(connection, material_id)
    await editing.update_metadata(
        connection, pmm, Target(material_id), {"expires_on": "2020-01-01"}
    )
    assert await history(connection, material_id) == [100, 60, 20]
