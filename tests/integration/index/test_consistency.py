"""What the check finds, and that writing anew mends it."""

from dataclasses import dataclass

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.enums import MaterialStatus
from search_service.index import consistency, statistics, writer
from search_service.index.consistency import Fault, Finding, Sample, StoredList
from search_service.index.writer import PageText
from tests.integration.search.library import FRENCH, GERMAN, Library

pytestmark = pytest.mark.anyio

ALL = Sample(materials=100, lists=1000)


@pytest.fixture(autouse=True)
def lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every lexeme has a stored list."""
    monkeypatch.setattr(statistics, "LEAST_PASSAGES", 1)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A counted library with a material to harm."""

    library: Library
    harmed: int

    @property
    def connection(self) -> AsyncConnection:
        return self.library.connection

    async def harm(self, statement: str) -> None:
        done = await self.connection.execute(text(statement), {"id": self.harmed})
        assert done.rowcount

    async def found(self) -> list[Finding]:
        return await consistency.check(self.connection, ALL)


@pytest.fixture
async def shelf(library: Library) -> Shelf:
    harmed = await library.material(
        ("Backup", "Restore in an hour"), PageText(2, "Prices", "alpha", "bravo", hidden=True)
    )
    await library.material(("Sécurité", "même l'été"), facts=FRENCH, tags=["C:\\it's", "R&D"])
    await library.material("Für alle Server", facts=GERMAN, status=MaterialStatus.DRAFT)
    await library.refresh()
    return Shelf(library, harmed)


async def test_a_library_as_it_was_written_has_no_fault(shelf: Shelf) -> None:
    assert len(await consistency.stored_lists(shelf.connection)) > 8
    assert len(await consistency.material_ids(shelf.connection)) == 3
    assert await shelf.found() == []


HARM = [
    (
        Fault.PASSAGES,
        "UPDATE passages SET search_vector = 'other:1A' WHERE material_id = :id AND ordinal = 2",
    ),
    (
        Fault.PASSAGES,
        "UPDATE passages SET length_body = 7 WHERE material_id = :id AND ordinal = 1",
    ),
    (
        Fault.PASSAGES,
        "UPDATE passages SET title = 'Another name' WHERE material_id = :id AND ordinal = 0",
    ),
    (Fault.PASSAGES, "DELETE FROM passages WHERE material_id = :id AND ordinal = 0"),
    (
        Fault.COPIES,
        "UPDATE passages SET status = 'DRAFT' WHERE material_id = :id AND ordinal = 1",
    ),
    (
        Fault.COPIES,
        "UPDATE passages SET persona_ids = '{7}' WHERE material_id = :id AND ordinal = 2",
    ),
    (Fault.MATERIAL_VECTOR, "UPDATE materials SET search_vector = NULL WHERE id = :id"),
    (Fault.MATERIAL_VECTOR, "UPDATE materials SET search_vector = 'other' WHERE id = :id"),
]


@pytest.mark.parametrize(("fault", "statement"), HARM)
async def test_what_is_wrong_of_a_material_is_named_and_mended(
    shelf: Shelf, fault: Fault, statement: str
) -> None:
    before = await everything(shelf)
    await shelf.harm(statement)

    found = await consistency.check_materials(shelf.connection, [shelf.harmed])
    assert fault in [finding.fault for finding in found]
    assert {finding.which for finding in found} == {shelf.harmed}
    assert all(f"reindex --material {shelf.harmed}`" in finding.message for finding in found)

    await writer.reindex_material(shelf.connection, shelf.harmed)
    await shelf.library.refresh()
    assert await shelf.found() == []
    assert await everything(shelf) == before


@pytest.mark.parametrize(
    "change",
    ["substring(materials FROM 5)", r"materials || int4send((SELECT max(id) FROM materials))"],
)
async def test_a_stored_list_that_is_wrong_is_named_and_mended(shelf: Shelf, change: str) -> None:
    await shelf.harm(
        f"UPDATE top_postings SET materials = {change} WHERE lexeme = 'restor' AND :id > 0"
    )

    [finding] = await shelf.found()
    assert (finding.fault, finding.which) == (Fault.LIST, StoredList("restor", "en"))
    assert "(1); run `search-service reindex`." in finding.message

    await shelf.library.refresh()
    assert await shelf.found() == []


async def test_lists_of_another_cluster_are_not_judged(shelf: Shelf) -> None:
    """Search reads none of them after a restored dump."""
    await shelf.harm("UPDATE top_postings SET materials = '' WHERE :id > 0")
    assert {finding.fault for finding in await shelf.found()} == {Fault.LIST}

    await shelf.harm("UPDATE index_state SET system_identifier = 1 WHERE :id > 0")
    assert await shelf.found() == []


async def test_writing_anew_what_is_right_writes_nothing(shelf: Shelf) -> None:
    before = await versions(shelf)

    assert await writer.reindex_material(shelf.connection, shelf.harmed) == 0

    assert await versions(shelf) == before


async def test_writing_anew_keeps_the_version_that_a_page_is_of(shelf: Shelf) -> None:
    """A newer file waits for its extraction; until then the old pages are found as theirs."""
    await shelf.harm("UPDATE material_details SET current_version = 2 WHERE material_id = :id")
    await shelf.harm("UPDATE passages SET length_title = 9 WHERE material_id = :id")

    assert await writer.reindex_material(shelf.connection, shelf.harmed) == 3

    kept = await shelf.connection.execute(
        text("SELECT DISTINCT version_ordinal FROM passages WHERE material_id = :id"),
        {"id": shelf.harmed},
    )
    assert kept.scalars().all() == [1]


async def test_a_deleted_material_is_not_written(shelf: Shelf) -> None:
    await shelf.harm("UPDATE material_details SET deleted_at = now() WHERE material_id = :id")
    await writer.remove_material(shelf.connection, shelf.harmed)

    assert await writer.reindex_material(shelf.connection, shelf.harmed) is None
    assert await writer.reindex_material(shelf.connection, 2**31 - 1) is None
    assert shelf.harmed not in await consistency.material_ids(shelf.connection)


async def test_a_sample_is_no_larger_than_asked(shelf: Shelf) -> None:
    await shelf.harm("UPDATE passages SET length_body = 99 WHERE :id > 0")

    found = await consistency.check(shelf.connection, Sample(materials=1, lists=0))

    assert len({finding.which for finding in found}) == 1


async def everything(shelf: Shelf) -> list[object]:
    rows = await shelf.connection.execute(
        text(
            "SELECT to_jsonb(p), m.search_vector::text FROM passages p"
            " JOIN materials m ON m.id = p.material_id ORDER BY p.material_id, p.ordinal"
        )
    )
    return [tuple(row) for row in rows]


async def versions(shelf: Shelf) -> list[object]:
    rows = await shelf.connection.execute(
        text(
            "SELECT p.ctid::text, m.ctid::text, c.rewritten_in::text, c.ctid::text FROM passages p"
            " JOIN materials m ON m.id = p.material_id"
            " JOIN index_changes c ON c.material_id = m.id ORDER BY p.material_id, p.ordinal"
        )
    )
    return [tuple(row) for row in rows]
