"""The buffer between requests and the table: nothing waits for it, and it has an end."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from search_service.accounts.caller import Caller
from search_service.accounts.policy import LOCAL_ADMINISTRATOR
from search_service.db.engine import Database
from search_service.errors import DatabaseUnavailableError
from search_service.insights import search_log
from search_service.insights.entries import Channel, SearchEntry
from search_service.insights.erasing import erase_searches
from search_service.insights.search_log import SearchLog
from search_service.search.request import SearchRequest
from tests.database import QueryCounter

pytestmark = pytest.mark.anyio


def entry(words: str, channel: Channel = Channel.API, user_id: int = 1) -> SearchEntry:
    return SearchEntry(user_id, "sales", channel, SearchRequest(words), 3, False, False, 1.5, (1,))


async def logged(database: Database) -> list[str]:
    async with database.reading() as connection:
        rows = await connection.execute(text("SELECT query FROM search_log ORDER BY logged_at"))
        return list(rows.scalars())


async def until_logged(database: Database, *words: str) -> None:
    async with asyncio.timeout(10):
        while await logged(database) != list(words):  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.05)


async def test_noting_a_search_runs_no_statement(
    database: Database, query_counter: QueryCounter
) -> None:
    log = SearchLog(database)
    log.note(entry("backup"))
    assert query_counter.count == 0
    await log.flush()
    assert await logged(database) == ["backup"]


async def test_what_is_due_is_written_behind_the_requests_and_the_rest_at_the_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_log, "WRITE_EVERY_S", 0.05)
    log = SearchLog(database)
    async with log.writing():
        log.note(entry("backup"))
        await until_logged(database, "backup")
        log.note(entry("typed", Channel.WEB))
        await asyncio.sleep(0.2)
        assert await logged(database) == ["backup"]
    await log.flush()
    assert await logged(database) == ["backup", "typed"]


async def test_a_batch_costs_three_statements(
    database: Database, query_counter: QueryCounter
) -> None:
    log = SearchLog(database)
    for number in range(50):
        log.note(entry(f"word {number}"))
    await log.flush()
    assert query_counter.count == 3
    assert len(await logged(database)) == 50


async def test_a_full_buffer_drops_and_says_how_many(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    log = SearchLog(database, max_buffered=2)
    for words in ("first", "second", "third", "fourth"):
        log.note(entry(words))
    await log.flush()
    assert await logged(database) == ["first", "second"]
    assert "dropped=2" in capsys.readouterr().out
    log.note(entry("room again"))
    await log.flush()
    assert "room again" in await logged(database)


async def test_what_is_typed_on_is_one_search(database: Database) -> None:
    log = SearchLog(database)
    for words in ("ku", "kuber", "kubernetes"):
        log.note(entry(words, Channel.WEB))
    log.note(entry("kub", Channel.WEB, user_id=2))
    log.note(entry("backup", Channel.WEB))
    for words in ("pri", "price"):
        log.note(entry(words))
    await log.flush()
    assert await logged(database) == ["kubernetes", "kub", "backup", "pri", "price"]


@pytest.mark.parametrize(("opened_by", "left"), [(1, ["kube", "kubernetes"]), (2, ["kubernetes"])])
async def test_a_search_whose_hit_its_searcher_opened_stays_whatever_is_typed_next(
    database: Database, opened_by: int, left: list[str]
) -> None:
    log = SearchLog(database)
    opened = entry("kube", Channel.WEB)
    log.note(opened)
    log.settle(opened.search_id, opened_by)
    log.note(entry("kubernetes", Channel.WEB))
    await log.flush()
    assert await logged(database) == left


class Away(Database):
    """A database that is away until told otherwise."""

    __slots__ = ("error",)
    error: Exception | None

    def transaction(self, isolation_level: str = "READ COMMITTED") -> Any:
        if self.error is not None:
            raise self.error
        return super().transaction(isolation_level)


def away(database: Database, error: Exception | None) -> Away:
    made = Away(database.write, database.read)
    object.__setattr__(made, "error", error)
    return made


async def test_a_database_that_is_away_is_waited_for(database: Database) -> None:
    log = SearchLog(away(database, DatabaseUnavailableError("away")))
    log.note(entry("kept"))
    await log.flush()
    log.database = database
    await log.flush()
    assert await logged(database) == ["kept"]


async def test_what_can_never_be_written_is_not_tried_for_ever(database: Database) -> None:
    log = SearchLog(away(database, ValueError("no column takes this")))
    log.note(entry("lost"))
    await log.flush()
    log.database = database
    log.note(entry("after it"))
    await log.flush()
    assert await logged(database) == ["after it"]


async def test_what_another_process_still_holds_of_an_erased_person_is_not_written(
    database: Database,
) -> None:
    log = SearchLog(database)
    log.note(entry("theirs"))
    log.note(entry("of somebody else", user_id=2))
    async with database.transaction() as connection:
        await connection.execute(
            text(
                "INSERT INTO users (id, email, hashed_password, full_name)"
                " VALUES (1, 'a@example.com', 'x', 'A')"
            )
        )
        await erase_searches(connection, Caller(LOCAL_ADMINISTRATOR), 1)
    log.note(entry("asked since"))
    await log.flush()
    assert sorted(await logged(database)) == ["asked since", "of somebody else"]


async def test_without_text_the_words_are_not_kept(database: Database) -> None:
    log = SearchLog(database, with_text=False)
    log.note(replace(entry("secret"), corrected=True))
    await log.flush()
    async with database.reading() as connection:
        (row,) = (await connection.execute(text("SELECT * FROM search_log"))).mappings()
    assert "secret" not in str(dict(row))
    assert (row["total"], row["corrected"], row["role"]) == (3, True, "sales")
