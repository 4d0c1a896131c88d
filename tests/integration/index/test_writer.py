"""What the writer leaves in the index, seen in its rows and by searching."""

import asyncio
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.engine import Database
from search_service.db.enums import MaterialAudience, MaterialStatus, MaterialType
from search_service.db.tables import Material, MaterialDetails, MaterialPersona
from search_service.index import writer
from search_service.index.writer import PageText
from search_service.text.normalise import clean
from tests.integration.search.library import FRENCH, GERMAN, Facts, Library, examples, numbered

pytestmark = pytest.mark.anyio


async def passages(connection: AsyncConnection, material_id: int) -> list[dict[str, Any]]:
    """Everything of a material's passages but what names the material."""
    rows = await connection.execute(
        text(
            "SELECT to_jsonb(p) - 'material_id' AS columns FROM passages p"
            " WHERE material_id = :id ORDER BY ordinal"
        ),
        {"id": material_id},
    )
    return list(rows.scalars())


async def vector(connection: AsyncConnection, material_id: int) -> Any:
    found = await connection.execute(
        text("SELECT search_vector::text FROM materials WHERE id = :id"), {"id": material_id}
    )
    return found.scalar_one()


async def change(connection: AsyncConnection, material_id: int, **columns: Any) -> None:
    await connection.execute(update(Material).where(Material.id == material_id).values(columns))
    await writer.refresh_metadata(connection, material_id)


async def test_writing_twice_leaves_what_writing_once_does(library: Library) -> None:
    pages = numbered(("Backup", "Restore in an hour."), "Pricing by the month.")
    material_id = await library.material(*pages)
    once = (
        await passages(library.connection, material_id),
        await vector(library.connection, material_id),
    )

    assert await writer.write_material(library.connection, material_id, pages) == 2
    twice = (
        await passages(library.connection, material_id),
        await vector(library.connection, material_id),
    )

    assert twice == once


async def test_passage_0_holds_the_words_of_the_material_itself(library: Library) -> None:
    material_id = await library.material(
        "A page.",
        name="Vault brief",
        product_name="Vault",
        universe_name="Public Cloud",
        tags=["storage"],
        keywords=["immutable"],
        use_cases=["archives"],
        pain_points=["ransomware"],
        description="What it does.",
    )

    own = (await passages(library.connection, material_id))[0]

    assert own["ordinal"] == own["page_number"] == 0
    assert own["title"] == "Vault brief"
    assert own["body"].split("\n") == [
        "Vault", "Public Cloud", "storage", "immutable", "archives", "ransomware",
    ]  # fmt: skip
    assert own["notes"] == "What it does."
    for word in ("vault", "cloud", "storage", "immutable", "archives", "ransomware"):
        assert await library.found(word) == [material_id]


async def test_fewer_pages_leave_no_passage_of_the_pages_before(library: Library) -> None:
    material_id = await library.material("alpha", "bravo", "charlie")

    await writer.write_material(library.connection, material_id, numbered("alpha"))

    assert len(await passages(library.connection, material_id)) == 2
    assert await library.found("bravo") == []


async def test_a_page_of_notes_alone_is_a_passage(library: Library) -> None:
    material_id = await library.material(PageText(1, "", "", notes="Say this aloud."))

    assert await library.found("aloud") == [material_id]


async def test_copies_follow_a_change_of_metadata(library: Library) -> None:
    material_id = await library.material("Backup in an hour.", name="Old name")
    owner = await library.person()
    persona = await library.persona("CTO")
    await library.connection.execute(
        insert(MaterialPersona).values(material_id=material_id, persona_id=persona)
    )

    await change(
        library.connection,
        material_id,
        name="New name",
        status=MaterialStatus.REVIEW,
        owner_id=owner.user_id,
        universe_name="Bare Metal",
        material_type=MaterialType.PRODUCT_CATALOG,
        audience=MaterialAudience.INTERNAL,
    )

    for row in await passages(library.connection, material_id):
        assert row["status"] == "REVIEW"
        assert row["owner_id"] == owner.user_id
        assert row["universe_name"] == "Bare Metal"
        assert row["material_type"] == "PRODUCT_CATALOG"
        assert row["audience"] == "INTERNAL"
        assert row["persona_ids"] == [persona]
    assert await library.found("old") == []
    assert await library.found("new metal hour") == [material_id]


async def test_refreshing_metadata_gives_what_writing_anew_gives(library: Library) -> None:
    pages = numbered(("Backup", "Sécurité, même le dimanche."), "X-200 over TCP/IP")
    material_id = await library.material(*pages, facts=FRENCH, name="Before")

    await change(library.connection, material_id, name="After", tags=["été"])
    refreshed = (
        await passages(library.connection, material_id),
        await vector(library.connection, material_id),
    )
    await writer.write_material(library.connection, material_id, pages)

    assert refreshed == (
        await passages(library.connection, material_id),
        await vector(library.connection, material_id),
    )


async def test_refreshing_without_a_change_rewrites_no_page(library: Library) -> None:
    material_id = await library.material("alpha", "bravo")
    versions = text("SELECT ctid::text FROM passages WHERE material_id = :id AND ordinal > 0")
    before = (await library.connection.execute(versions, {"id": material_id})).scalars().all()

    await writer.refresh_metadata(library.connection, material_id)

    after = (await library.connection.execute(versions, {"id": material_id})).scalars().all()
    assert after == before


async def test_removing_leaves_nothing(library: Library) -> None:
    material_id = await library.material("Backup in an hour.")

    await writer.remove_material(library.connection, material_id)

    assert await passages(library.connection, material_id) == []
    assert await vector(library.connection, material_id) is None
    assert await library.found("backup") == []


async def test_a_deleted_material_is_not_written(library: Library) -> None:
    material_id = await library.material("Backup")
    await library.connection.execute(
        text("UPDATE material_details SET deleted_at = now() WHERE material_id = :id"),
        {"id": material_id},
    )
    await writer.remove_material(library.connection, material_id)

    assert await writer.write_material(library.connection, material_id, numbered("Backup")) == 0
    await writer.refresh_metadata(library.connection, material_id)

    assert await passages(library.connection, material_id) == []
    assert await writer.write_material(library.connection, 2**31 - 1, numbered("Backup")) == 0


@pytest.mark.parametrize("asked", ["sécurité", "securite", "SÉCURITÉ", "sécurités"])
async def test_either_spelling_finds_an_accented_word(library: Library, asked: str) -> None:
    accented = await library.material("La sécurité du cloud", facts=FRENCH)
    plain = await library.material("La securite du cloud", facts=FRENCH)

    assert sorted(await library.found(asked)) == [accented, plain]


@pytest.mark.parametrize(
    ("facts", "body", "lexeme"),
    [(FRENCH, "même le dimanche", "dimanch"), (GERMAN, "für alle Server", "serv")],
)
async def test_an_accented_stop_word_stays_one(
    library: Library, facts: Facts, body: str, lexeme: str
) -> None:
    material_id = await library.material(body, facts=facts)

    page = (await passages(library.connection, material_id))[1]

    assert re.findall(r"'(.*?)'", page["search_vector"]) == [lexeme]
    assert page["length_body"] == 1


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ("Speaks TCP/IP natively", "TCP/IP"),
        ("Speaks TCP/IP natively", "ip"),
        ("The X-200 rack", "X-200"),
        ("The X-200 rack", "x200 OR X-200"),
        ("Certified to ISO-27001", "ISO-27001"),
        ("Certified to ISO 27001", "iso-27001"),
        ("Certified to ISO-27001", "iso 27001"),
        ("Runs R&D workloads", "R&D"),
        ("Zero-trust access", "zero-trust"),
        ("Zero-trust access", "zero trust"),
        ("snake_case_name", "case"),
        ("The l’équipe way", "l'équipe"),
    ],
)
async def test_compounds_and_part_numbers_are_found(
    library: Library, body: str, asked: str
) -> None:
    material_id = await library.material(body)

    assert await library.found(asked) == [material_id]


async def test_each_material_is_read_in_its_own_language(library: Library) -> None:
    english = await library.material("Running workloads")
    german = await library.material("Die Sicherungen laufen", facts=GERMAN)
    unknown = await library.material("Running things", facts=Facts("und"))

    assert await library.found("run") == [english]
    assert await library.found("Sicherung") == [german]
    assert sorted(await library.found("running")) == [english, unknown]


@pytest.mark.parametrize(
    "body",
    [
        " ".join(f"{number}" for number in range(180_000)),
        " ".join(f"é{number}à" for number in range(100_000)),
        "x" * 1_200_000,
        "。".join(f"数据{number}" for number in range(120_000)),
    ],
    ids=["different words", "accented words", "one word", "no blanks"],
)
async def test_a_body_of_more_than_a_tsvector_holds_is_written(library: Library, body: str) -> None:
    assert len(body.encode()) > 900_000

    material_id = await library.material(PageText(1, "Needle", body, notes=body[:300_000]))

    assert await library.found("needle") == [material_id]


@given(parts=st.tuples(*[st.text(max_size=60).map(clean)] * 4))
@examples(60)
async def test_any_clean_text_can_be_written(library: Library, parts: tuple[str, ...]) -> None:
    name, title, body, notes = parts
    for language in ("en", "fr", "und"):
        await library.material(
            PageText(1, title, body, notes), name=name, tags=[body], facts=Facts(language)
        )


async def test_lengths_count_the_words_that_count(library: Library) -> None:
    material_id = await library.material(
        PageText(1, "The zero downtime plan", "Backup and restore backup", notes="Say restore")
    )

    page = (await passages(library.connection, material_id))[1]

    assert page["length_title"] == 3  # without "the"
    assert page["length_body"] == 5  # without "and"


async def test_writers_of_one_material_take_turns(database: Database) -> None:
    async with database.transaction() as connection:
        library = Library.on(connection)
        material_id = await library.material("nothing")
    sizes = (3, 9, 1, 6, 2, 8, 4, 5)
    texts = [[f"writer{n}page{page}" for page in range(size)] for n, size in enumerate(sizes)]

    async def write(pages: list[str]) -> None:
        async with database.transaction() as connection:
            await writer.write_material(connection, material_id, numbered(*pages))

    await asyncio.gather(*map(write, texts))

    async with database.reading() as connection:
        rows = await passages(connection, material_id)
    assert [row["body"] for row in rows[1:]] in texts


async def test_a_removal_waits_for_a_writer_and_wins(database: Database) -> None:
    async with database.transaction() as connection:
        material_id = await Library.on(connection).material("nothing")
    writing, removing = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with database.transaction() as connection:
            await writer.write_material(connection, material_id, numbered("alpha", "bravo"))
            writing.set()
            await removing.wait()
            await asyncio.sleep(0.2)

    async def remove() -> None:
        await writing.wait()
        async with database.transaction() as connection:
            await connection.execute(text("SELECT 1"))
            removing.set()
            await writer.remove_material(connection, material_id)

    await asyncio.gather(write(), remove())

    async with database.reading() as connection:
        assert await passages(connection, material_id) == []
        assert await vector(connection, material_id) is None


async def test_a_writer_that_waited_for_a_deletion_writes_nothing(database: Database) -> None:
    async with database.transaction() as connection:
        material_id = await Library.on(connection).material("nothing")
    deleting, writing = asyncio.Event(), asyncio.Event()

    async def delete() -> None:
        async with database.transaction() as connection:
            await connection.execute(
                update(MaterialDetails)
                .where(MaterialDetails.material_id == material_id)
                .values(deleted_at=text("now()"))
            )
            await writer.remove_material(connection, material_id)
            deleting.set()
            await writing.wait()
            await asyncio.sleep(0.2)

    async def write() -> None:
        await deleting.wait()
        async with database.transaction() as connection:
            await connection.execute(text("SELECT 1"))
            writing.set()
            await writer.write_material(connection, material_id, numbered("alpha"))

    await asyncio.gather(delete(), write())

    async with database.reading() as connection:
        assert await passages(connection, material_id) == []
