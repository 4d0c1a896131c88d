"""The fixtures that every test of the database leans on keep the tests apart."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db import migrate
from search_service.db.engine import Database
from tests.database import QueryCounter

pytestmark = pytest.mark.anyio

EVERY_TABLE = text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname = 'left_over'")


@pytest.mark.parametrize("run", [1, 2])
async def test_what_a_test_did_on_its_connection_is_gone_in_the_next(
    connection: AsyncConnection, run: int
) -> None:
    assert (await connection.scalars(EVERY_TABLE)).all() == []
    await connection.execute(text("CREATE TABLE left_over (id integer PRIMARY KEY)"))


async def test_a_failed_savepoint_leaves_the_rest_of_the_test_usable(
    connection: AsyncConnection,
) -> None:
    await connection.execute(text("CREATE TABLE left_over (id integer PRIMARY KEY)"))
    await connection.execute(text("INSERT INTO left_over VALUES (1)"))
    with pytest.raises(IntegrityError):
        await _insert_again(connection)

    assert await connection.scalar(text("SELECT count(*) FROM left_over")) == 1


@pytest.mark.parametrize("run", [1, 2])
async def test_what_a_test_committed_is_gone_in_the_next(database: Database, run: int) -> None:
    async with database.transaction() as connection:
        assert (await connection.scalars(EVERY_TABLE)).all() == []
        await connection.execute(text("CREATE TABLE left_over (id integer)"))
    async with database.reading() as connection:
        assert (await connection.scalars(EVERY_TABLE)).all() == ["left_over"]


async def test_every_database_has_the_newest_schema(
    connection: AsyncConnection, database: Database
) -> None:
    assert await migrate.is_current(connection)
    async with database.reading() as other:
        assert await migrate.is_current(other)


async def test_the_counter_counts_statements_but_not_savepoints(
    connection: AsyncConnection, query_counter: QueryCounter
) -> None:
    await connection.execute(text("SELECT 1"))
    query_counter.reset()
    async with connection.begin_nested():
        await connection.execute(text("SELECT 2"))

    assert query_counter.statements == ["SELECT 2"]
    assert query_counter.count == 1


async def _insert_again(connection: AsyncConnection) -> None:
    async with connection.begin_nested():
        await connection.execute(text("INSERT INTO left_over VALUES (1)"))
