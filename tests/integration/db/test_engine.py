"""Engines and transactions as the service uses them, on a real server."""

import asyncio
import re
from typing import Any

import anyio
import asyncpg
import pytest
from sqlalchemy import text

from search_service.config import Settings
from search_service.db import direct, pool
from search_service.db import engine as engines
from search_service.db.engine import Database, open_database
from search_service.errors import DatabaseUnavailableError

pytestmark = pytest.mark.anyio

PID = text("SELECT pg_backend_pid()")
JIT = text("SELECT setting || ', by ' || source FROM pg_settings WHERE name = 'jit'")


async def test_the_pool_is_as_the_settings_say(database_url: str) -> None:
    settings = Settings(pool_size=3, pool_overflow=4, pool_recycle_s=50)
    database = open_database(settings, database_url)
    pooled = database.write.pool

    assert pooled.size() == 3  # type: ignore[attr-defined]  # of QueuePool
    assert pooled._max_overflow == 4  # type: ignore[attr-defined]  # of QueuePool
    assert pooled._recycle == 50
    assert pooled._pre_ping is True
    await database.close()


async def test_a_transaction_commits_at_its_end_and_rolls_back_on_an_error(
    database: Database,
) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("CREATE TABLE kept (id integer)"))
        await connection.execute(text("INSERT INTO kept VALUES (1)"))
    with pytest.raises(KeyError):
        await _insert_and_fail(database)

    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT array_agg(id) FROM kept")) == [1]


async def test_reading_changes_nothing_and_leaves_the_connection_able_to_write(
    database: Database,
) -> None:
    with pytest.raises(DatabaseUnavailableError, match="read-only"):
        async with database.reading() as connection:
            await connection.execute(text("CREATE TABLE refused (id integer)"))

    async with database.transaction() as connection:  # the same pooled connection
        await connection.execute(text("CREATE TABLE taken (id integer)"))


async def test_reads_go_to_the_standby_when_there_is_one(database_url: str) -> None:
    standby_url = f"{database_url}&application_name=standby"
    database = open_database(Settings(database_read_url=standby_url), database_url)

    async with database.transaction() as connection:
        assert await connection.scalar(text("SHOW application_name")) == "search-service"
    async with database.reading() as connection:
        assert await connection.scalar(text("SHOW application_name")) == "standby"
    await database.close()


async def test_reads_go_to_the_writing_engine_when_there_is_none(database: Database) -> None:
    assert database.read is database.write


async def test_statements_stay_prepared_and_jit_is_off(database: Database) -> None:
    async with database.reading() as connection:
        assert await connection.scalar(JIT) == "off, by client"
        await connection.execute(text("SELECT 4711"))
        prepared = await connection.scalars(text("SELECT statement FROM pg_prepared_statements"))
        assert "SELECT 4711" in prepared.all()


async def test_a_transaction_pooler_meets_no_prepared_statement_and_no_setting(
    database_url: str,
) -> None:
    database = open_database(Settings(pooler="transaction"), database_url)
    async with database.transaction() as connection:
        assert await connection.scalar(JIT) != "off, by client"
        await connection.execute(text("SELECT 4711"))
        prepared = await connection.execute(
            text("SELECT name, statement FROM pg_prepared_statements")
        )
        ((name, _),) = prepared.all()  # the statement that runs; its name meets no other client's
    await database.close()

    assert re.fullmatch(r"__asyncpg_[0-9a-f-]{36}__", name)


async def test_closing_leaves_no_connection(database_url: str, admin: asyncpg.Connection) -> None:
    database = open_database(
        Settings(database_read_url=f"{database_url}&application_name=standby"), database_url
    )
    async with database.transaction() as connection, database.reading() as other:
        await connection.execute(text("SELECT 1"))
        await other.execute(text("SELECT 1"))
        assert await _open_connections(admin) == 2
    assert await _open_connections(admin) == 2

    await database.close()

    with anyio.fail_after(5):
        while await _open_connections(admin):  # noqa: ASYNC110 - the server notices later than we
            await anyio.sleep(0.01)


async def test_a_connection_that_died_in_the_pool_is_replaced(
    database: Database, admin: asyncpg.Connection
) -> None:
    async with database.transaction() as connection:
        dead = await connection.scalar(PID)
    await admin.execute("SELECT pg_terminate_backend($1, 5000)", dead)

    async with database.transaction() as connection:
        assert await connection.scalar(PID) != dead


async def test_a_connection_that_is_lost_in_a_reading_is_told_as_that(
    database: Database, admin: asyncpg.Connection
) -> None:
    async def read() -> None:
        async with database.reading() as connection:
            [(pid,)] = await direct.fetch(connection, PID)
            await admin.execute("SELECT pg_terminate_backend($1, 5000)", pid)
            await direct.fetch(connection, PID)

    for _ in range(2):  # the second one finds the dead connection in the pool
        with pytest.raises(DatabaseUnavailableError, match=r"shutting down|lost"):
            await read()


async def test_the_pool_keeps_its_places_through_an_outage(
    database_url: str, admin: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = open_database(Settings(pool_size=2, pool_overflow=0), database_url)
    pooled: Any = database.write.pool

    async def read() -> None:
        async with database.reading() as connection:
            await connection.execute(PID)

    async def refused(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    async with database.reading() as first, database.reading() as second:
        pids = [await each.scalar(PID) for each in (first, second)]
    await admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM unnest($1::int[]) pid", pids)
    with monkeypatch.context() as outage:
        outage.setattr(asyncpg, "connect", refused)
        for _ in range(4):
            with pytest.raises(DatabaseUnavailableError):
                await read()

    async with database.reading(), database.reading():
        assert pooled.checkedout() == 2
    assert (pooled.checkedout(), pooled.overflow()) == (0, 0)
    await database.close()


async def test_a_reading_that_is_cancelled_leaves_no_transaction_open(
    database: Database, admin: asyncpg.Connection
) -> None:
    async def read() -> None:
        async with database.reading() as connection:
            await direct.fetch(connection, text("SELECT pg_sleep(1)"))

    task = asyncio.create_task(read())
    await _until_transactions(admin, 1)
    task.cancel()
    await asyncio.wait([task])
    with anyio.move_on_after(0.2):  # a scope cancels again whatever is awaited on the way out
        await read()

    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT 1")) == 1
    await _until_transactions(admin, 0)


async def test_under_load_a_kept_connection_is_waited_for_before_another_is_opened(
    database_url: str, admin: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "PATIENCE_S", 30.0)
    database = open_database(Settings(pool_size=2, pool_overflow=8), database_url)

    async def read() -> None:
        async with database.reading() as connection:
            await connection.execute(text("SELECT pg_sleep(0.01)"))

    async with anyio.create_task_group() as tasks:
        for _ in range(10):
            tasks.start_soon(read)
    assert await _open_connections(admin) == 2

    monkeypatch.setattr(pool, "PATIENCE_S", 0.01)
    async with database.reading(), database.reading(), database.reading() as third:
        assert await third.scalar(text("SELECT 1")) == 1
        assert await _open_connections(admin) == 3
    await database.close()


async def test_a_full_pool_says_so_instead_of_hanging(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "POOL_WAIT_S", 0.05)
    database = open_database(Settings(pool_size=1, pool_overflow=0), database_url)
    async with database.transaction():
        with pytest.raises(DatabaseUnavailableError, match="SEARCH_SERVICE_POOL_SIZE"):
            async with database.reading():
                raise AssertionError("there was a connection left")
    await database.close()


async def _insert_and_fail(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("INSERT INTO kept VALUES (2)"))
        raise KeyError


async def _until_transactions(admin: asyncpg.Connection, expected: int) -> None:
    open_ones = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL "
        "AND backend_type = 'client backend'"
    )
    with anyio.fail_after(10):
        while await admin.fetchval(open_ones) != expected:  # noqa: ASYNC110 - another process's
            await anyio.sleep(0.01)


async def _open_connections(admin: asyncpg.Connection) -> int:
    found: int = await admin.fetchval(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend'"
    )
    return found
