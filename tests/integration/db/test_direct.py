"""Statements that go straight to the driver belong to the transaction like all others."""

import pytest
from sqlalchemy import text

from search_service.db.direct import fetch
from search_service.db.engine import Database
from search_service.errors import QueryTimeoutError
from tests.database import counting

pytestmark = pytest.mark.anyio

TWO = text("SELECT CAST(:low AS integer) AS low, CAST(:high AS integer) + CAST(:low AS integer)")


async def test_rows_are_tuples_whose_fields_have_names(database: Database) -> None:
    async with database.reading() as connection:
        for _ in range(2):  # the first goes by SQLAlchemy, which begins the transaction
            [row] = await fetch(connection, TWO, {"low": 1, "high": 2})
            assert tuple(row) == (1, 3)
            assert row.low == 1
            with pytest.raises(AttributeError):
                _ = row.high


async def test_all_statements_are_of_one_transaction(database: Database) -> None:
    number = text("SELECT pg_current_xact_id()::text, current_setting('transaction_read_only')")
    async with database.transaction() as connection:
        first, second = [await fetch(connection, number) for _ in range(2)]
        third = (await connection.execute(number)).all()
    assert first == second == third
    async with database.reading() as connection:
        assert [await fetch(connection, text("SHOW transaction_read_only")) for _ in range(2)] == [
            [("on",)],
            [("on",)],
        ]


async def test_a_transaction_that_rolls_back_takes_them_along(database: Database) -> None:
    async def write_and_fail() -> None:
        write = text("INSERT INTO personas (name) VALUES (CAST(:name AS text))")
        async with database.transaction() as connection:
            await fetch(connection, write, {"name": "one"})
            await fetch(connection, write, {"name": "two"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_and_fail()
    async with database.reading() as connection:
        assert await fetch(connection, text("SELECT name FROM personas")) == []


async def test_their_errors_are_told_as_those_of_others(database: Database) -> None:
    async def wait() -> None:
        async with database.transaction() as connection:
            await fetch(connection, text("SET LOCAL statement_timeout = 50"))
            await fetch(connection, text("SELECT pg_sleep(5)"))

    with pytest.raises(QueryTimeoutError):
        await wait()


async def test_whoever_listens_hears_of_them(database: Database) -> None:
    with counting() as counter:
        async with database.reading() as connection:
            await fetch(connection, TWO, {"low": 1, "high": 2})
            await fetch(connection, TWO, {"low": 1, "high": 2})
    assert len([each for each in counter.statements if " AS low" in each]) == 2
