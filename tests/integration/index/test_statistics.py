"""What is counted, and what is not."""

from typing import Any

import pytest
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.engine import Database
from search_service.db.enums import MaterialStatus
from search_service.index import statistics, writer
from search_service.index.writer import PageText
from tests.integration.search.library import FRENCH, Library

pytestmark = pytest.mark.anyio


async def rows(connection: AsyncConnection, query: str) -> list[Row[Any]]:
    return list(await connection.execute(text(query)))


async def frequencies(library: Library) -> dict[tuple[str, str], int]:
    found = await rows(
        library.connection, "SELECT lexeme, language, document_frequency FROM lexeme_statistics"
    )
    return {(row.lexeme, row.language): row.document_frequency for row in found}


async def words(library: Library) -> dict[tuple[str, str], int]:
    found = await rows(
        library.connection, "SELECT word, language, document_frequency FROM surface_words"
    )
    return {(row.word, row.language): row.document_frequency for row in found}


async def test_frequencies_count_published_pages_of_each_language(library: Library) -> None:
    await library.material("alpha alpha bravo", ("Alpha", "charlie"))
    await library.material("alpha", facts=FRENCH)

    await library.refresh()

    assert await frequencies(library) == {
        ("alpha", "en"): 2,
        ("bravo", "en"): 1,
        ("charli", "en"): 1,
        ("alpha", "fr"): 1,
    }


async def test_sizes_and_average_lengths_leave_out_the_words_of_the_material(
    library: Library,
) -> None:
    await library.material(("One two", "three four five"), "six", name="Much longer name than that")

    await library.refresh()

    [row] = await rows(library.connection, "SELECT * FROM corpus_statistics")
    assert (row.language, row.passages, row.average_title, row.average_body) == ("en", 2, 1, 2)


@pytest.mark.parametrize(
    "status", [None, MaterialStatus.DRAFT, MaterialStatus.REVIEW, MaterialStatus.ARCHIVED]
)
async def test_only_what_is_published_counts(
    library: Library, status: MaterialStatus | None
) -> None:
    await library.material("alpha")
    await library.material(("Secret", "alpha bravo"), status=status, name="Hidden")

    await library.refresh()

    assert await frequencies(library) == {("alpha", "en"): 1}
    assert set(await words(library)) == {("alpha", "en"), ("untitled", "en")}


async def test_words_are_kept_as_they_are_written(library: Library) -> None:
    await library.material(PageText(1, "Backups", "Sécurité 24x7 of X-200", notes="Speaker"))

    await library.refresh()

    assert {word for word, _ in await words(library)} == {
        "backups", "sécurité", "speaker", "untitled",
    }  # fmt: skip


async def test_what_is_gone_is_not_counted_any_more(library: Library) -> None:
    material_id = await library.material("alpha")
    await library.refresh()

    await writer.remove_material(library.connection, material_id)
    await library.refresh()

    assert await frequencies(library) == {}
    assert await words(library) == {}


async def test_a_language_of_drafts_alone_borrows_the_lengths_of_the_others(
    library: Library,
) -> None:
    await library.material(("One two", "three four five"))
    await library.material("brouillon", status=MaterialStatus.DRAFT, facts=FRENCH)

    await library.refresh()

    found = await rows(library.connection, "SELECT * FROM corpus_statistics ORDER BY language")
    assert [(row.language, row.passages) for row in found] == [("en", 1), ("fr", 0)]
    assert [(row.average_title, row.average_body) for row in found] == [(2, 3), (2, 3)]


async def test_a_library_without_anything_published_has_lengths_above_zero(
    library: Library,
) -> None:
    await library.material("brouillon", status=MaterialStatus.DRAFT)

    await library.refresh()

    [row] = await rows(library.connection, "SELECT * FROM corpus_statistics")
    assert (row.average_title, row.average_body) == (1, 1)


async def test_a_second_refresh_at_the_same_time_has_nothing_to_do(database: Database) -> None:
    async with database.transaction() as first, database.transaction() as second:
        assert await statistics.refresh(first)
        assert not await statistics.refresh(second)
