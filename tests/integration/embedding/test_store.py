"""Vectors beside passages: whose they are, how long they count, and when they go."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.catalog import editing
from search_service.catalog.editing import Target
from search_service.embedding import store
from search_service.embedding.store import LackingMaterial
from search_service.index import writer
from search_service.index.writer import PageText
from tests.integration.catalog.making import OPERATOR
from tests.integration.search.library import Library, numbered

pytestmark = pytest.mark.anyio

PAGES = numbered(("Backup", "Restore in an hour."), "Pricing by the month.")


async def rows(connection: AsyncConnection) -> list[tuple[int, int, str, bytes]]:
    found = await connection.execute(
        text("SELECT material_id, ordinal, model, vector FROM passage_embeddings ORDER BY 1, 2")
    )
    return [(row.material_id, row.ordinal, row.model, row.vector) for row in found]


async def embed(connection: AsyncConnection, material_id: int, model: str = "m") -> list[str]:
    """Write one byte for each missing passage; give the texts that they stand for."""
    missing = await store.missing(connection, material_id, model)
    vectors = {item.content_hash: bytes([item.ordinal]) for item in missing}
    await store.write(connection, material_id, model, vectors)
    return [item.text for item in missing]


async def test_pages_get_vectors_and_a_materials_own_words_none(library: Library) -> None:
    material_id = await library.material(
        *PAGES, PageText(3, "", "", notes="For our eyes only."), name="Vault", description="It."
    )

    texts = await embed(library.connection, material_id)

    assert texts == ["Backup\nRestore in an hour.", "Pricing by the month."]
    assert await rows(library.connection) == [
        (material_id, 1, "m", b"\x01"),
        (material_id, 2, "m", b"\x02"),
    ]
    assert await embed(library.connection, material_id) == []


async def test_writing_the_index_anew_keeps_the_vectors_of_what_is_still_there(
    library: Library,
) -> None:
    material_id = await library.material(*PAGES)
    await embed(library.connection, material_id)
    changed = numbered(("Backup", "Restore in an hour."), "Pricing by the year.")

    await writer.write_material(library.connection, material_id, changed)

    assert await embed(library.connection, material_id) == ["Pricing by the year."]
    assert [row[1] for row in await rows(library.connection)] == [1, 2]


async def test_vectors_of_pages_that_are_gone_go_with_the_next_writing(library: Library) -> None:
    material_id = await library.material(*PAGES)
    await embed(library.connection, material_id)
    await writer.write_material(library.connection, material_id, PAGES[:1])

    await store.write(library.connection, material_id, "m", {})

    assert [row[1] for row in await rows(library.connection)] == [1]


async def test_another_model_takes_the_place_of_the_former(library: Library) -> None:
    material_id = await library.material(*PAGES)
    await embed(library.connection, material_id)

    assert len(await embed(library.connection, material_id, "other")) == 2
    assert {row[2] for row in await rows(library.connection)} == {"other"}
    assert await store.known(library.connection, "m", [PAGES[0].title]) == {}


async def test_a_text_that_is_known_elsewhere_need_not_be_computed(library: Library) -> None:
    first, second = [await library.material(*PAGES), await library.material(*PAGES[::-1])]
    await embed(library.connection, first)
    hashes = [item.content_hash for item in await store.missing(library.connection, second, "m")]

    assert list((await store.known(library.connection, "m", hashes)).values()) in (
        [b"\x02", b"\x01"],
        [b"\x01", b"\x02"],
    )
    assert await store.known(library.connection, "other", hashes) == {}


async def test_what_lacks_vectors_is_counted_and_found_in_order(library: Library) -> None:
    connection = library.connection
    first, second, third = [await library.material(*PAGES[:count]) for count in (1, 2, 2)]
    await embed(connection, second)

    assert await store.count_lacking(connection, "m") == 3
    lacking = await store.lacking_materials(connection, "m", 0, 1)
    assert lacking == [LackingMaterial(first, 1)]
    lacking = await store.lacking_materials(connection, "m", first, 10)
    assert lacking == [LackingMaterial(third, 2)]
    assert await store.count_lacking(connection, "other") == 5


async def test_a_deleted_material_has_no_vectors_and_gets_none(library: Library) -> None:
    material_id = await library.material(*PAGES)
    missing = await store.missing(library.connection, material_id, "m")
    await embed(library.connection, material_id)

    await editing.delete(library.connection, OPERATOR, Target(material_id))

    assert await rows(library.connection) == []
    late = {item.content_hash: b"\x01" for item in missing}
    await store.write(library.connection, material_id, "m", late)
    assert await rows(library.connection) == []


async def test_a_material_that_is_erased_takes_its_vectors_along(library: Library) -> None:
    material_id = await library.material(*PAGES)
    await embed(library.connection, material_id)

    await library.connection.execute(
        text("DELETE FROM materials WHERE id = :id"), {"id": material_id}
    )

    assert await rows(library.connection) == []


async def test_equal_texts_are_looked_up_by_their_index(library: Library) -> None:
    await library.material(*(f"page {number}" for number in range(300)))
    await library.connection.execute(text("ANALYZE passages"))
    await library.connection.execute(text("SET LOCAL enable_seqscan = off"))

    plan = await library.connection.execute(
        text("EXPLAIN " + store.STATEMENTS.sql("known")), {"model": "m", "hashes": ["a" * 64]}
    )

    assert "idx_passages_content_hash" in "\n".join(plan.scalars())
