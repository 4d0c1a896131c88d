"""What really goes wrong between the service and a server arrives as the service's own error."""

from uuid import uuid4

import anyio
import asyncpg
import pytest
from anyio import Event
from anyio.abc import TaskGroup
from sqlalchemy import exc, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.config import Settings
from search_service.db.engine import Database, open_database
from search_service.db.failures import is_transient
from search_service.errors import (
    ConfigurationError,
    ConflictError,
    DatabaseUnavailableError,
    QueryTimeoutError,
    ServiceError,
)

pytestmark = pytest.mark.anyio

RETITLE_ONE = "UPDATE books SET title = title || '!' WHERE id = 1"
RETITLE_TWO = "UPDATE books SET title = title || '!' WHERE id = 2"


@pytest.fixture
async def books(database: Database) -> Database:
    """A database with two tables of two rows."""
    await _write(
        database,
        "CREATE TABLE shelves (id integer PRIMARY KEY)",
        "INSERT INTO shelves VALUES (1), (2)",
        "CREATE TABLE books (id integer PRIMARY KEY, title text UNIQUE, shelf integer)",
        "ALTER TABLE books ADD FOREIGN KEY (shelf) REFERENCES shelves",
        "INSERT INTO books VALUES (1, 'one', 1), (2, 'two', 2)",
    )
    return database


async def test_a_backend_terminated_in_mid_transaction_is_an_outage_and_the_next_one_works(
    database: Database, admin: asyncpg.Connection
) -> None:
    killed: list[int] = []

    async def lose_the_connection() -> None:
        async with database.transaction() as connection:
            killed.append(await _pid(connection))
            await admin.execute("SELECT pg_terminate_backend($1, 5000)", *killed)
            await connection.execute(text("SELECT 1"))

    with pytest.raises(DatabaseUnavailableError) as caught:
        await lose_the_connection()

    assert is_transient(caught.value)
    async with database.transaction() as connection:
        assert await _pid(connection) not in killed


async def test_a_backend_terminated_in_mid_statement_is_an_outage(
    database: Database, admin: asyncpg.Connection
) -> None:
    async def lose_the_connection(tasks: TaskGroup) -> None:
        async with database.transaction() as connection:
            tasks.start_soon(_terminate_when_asleep, admin, await _pid(connection))
            await connection.execute(text("SELECT pg_sleep(30)"))

    async with anyio.create_task_group() as tasks:
        with pytest.raises(DatabaseUnavailableError) as caught:
            await lose_the_connection(tasks)

    assert is_transient(caught.value)


async def test_a_statement_over_its_limit_is_a_timeout(database: Database) -> None:
    with pytest.raises(QueryTimeoutError):
        await _write(database, "SET LOCAL statement_timeout = 20", "SELECT pg_sleep(30)")


async def test_waiting_too_long_for_a_row_is_a_timeout(books: Database) -> None:
    async with books.transaction() as holder:
        await holder.execute(text("SELECT FROM books WHERE id = 1 FOR UPDATE"))
        with pytest.raises(QueryTimeoutError):
            await _write(books, "SET LOCAL lock_timeout = 20", RETITLE_ONE)


async def test_a_deadlock_is_a_conflict_that_a_repeat_can_cure(books: Database) -> None:
    caught: list[ServiceError] = []

    async def change_both(first: str, second: str, mine: Event, other: Event) -> None:
        try:
            async with books.transaction() as connection:
                await connection.execute(text("SET LOCAL deadlock_timeout = 50"))
                await connection.execute(text(first))
                mine.set()
                await other.wait()
                await connection.execute(text(second))
        except ServiceError as error:
            caught.append(error)

    met = anyio.Event(), anyio.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(change_both, RETITLE_ONE, RETITLE_TWO, met[0], met[1])
        tasks.start_soon(change_both, RETITLE_TWO, RETITLE_ONE, met[1], met[0])

    (error,) = caught
    assert isinstance(error, ConflictError)
    assert is_transient(error)


async def test_a_serialization_failure_is_a_conflict_that_a_repeat_can_cure(
    books: Database,
) -> None:
    async def overtake_a_snapshot() -> None:
        async with books.transaction() as connection:
            await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            await connection.execute(text("SELECT FROM books"))
            await _write(books, RETITLE_ONE)
            await connection.execute(text(RETITLE_ONE))

    with pytest.raises(ConflictError) as caught:
        await overtake_a_snapshot()

    assert is_transient(caught.value)


async def test_a_second_row_with_a_unique_value_names_table_and_column(books: Database) -> None:
    with pytest.raises(ConflictError, match="books has this title") as caught:
        await _write(books, "INSERT INTO books VALUES (3, 'one', 1)")

    assert caught.value.details == {
        "sqlstate": "23505",
        "table": "books",
        "constraint": "books_title_key",
        "columns": ["title"],
    }
    assert not is_transient(caught.value)


async def test_a_reference_to_nothing_is_a_conflict(books: Database) -> None:
    with pytest.raises(ConflictError) as caught:
        await _write(books, "INSERT INTO books VALUES (3, 'three', 9)")

    assert caught.value.details["columns"] == ["shelf"]


async def test_bad_sql_stays_a_bug(database: Database) -> None:
    with pytest.raises(exc.ProgrammingError):
        await _write(database, "SELEKT")


async def test_a_file_error_in_a_transaction_is_not_an_outage(database: Database) -> None:
    with pytest.raises(FileNotFoundError):
        async with database.transaction():
            raise FileNotFoundError


@pytest.mark.parametrize("host", ["/nowhere", "127.0.0.1"])
async def test_no_server_is_an_outage(host: str) -> None:
    database = open_database(Settings(), f"postgresql://ann@/sales?host={host}&port=1")
    with pytest.raises(DatabaseUnavailableError, match="cannot be reached"):
        await _write(database, "SELECT 1")
    await database.close()


async def test_no_such_database_is_a_matter_of_configuration(database_url: str) -> None:
    url = make_url(database_url).set(database="no_such_database")
    database = open_database(Settings(), url.render_as_string(hide_password=False))
    with pytest.raises(ConfigurationError, match="DATABASE_URL"):
        await _write(database, "SELECT 1")
    await database.close()


async def test_a_server_without_a_free_connection_asks_to_come_back(
    database_url: str, admin: asyncpg.Connection
) -> None:
    role = f"crowded_{uuid4().hex}"
    await admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'p' CONNECTION LIMIT 0")
    url = make_url(database_url).set(username=role, password="p")
    database = open_database(Settings(), url.render_as_string(hide_password=False))
    try:
        with pytest.raises(DatabaseUnavailableError, match="no connection left"):
            await _write(database, "SELECT 1")
    finally:
        await database.close()
        await admin.execute(f"DROP ROLE {role}")


async def _write(database: Database, *statements: str) -> None:
    async with database.transaction() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def _pid(connection: AsyncConnection) -> int:
    found: int = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    return found


async def _terminate_when_asleep(admin: asyncpg.Connection, pid: int) -> None:
    query = "SELECT wait_event FROM pg_stat_activity WHERE pid = $1"
    while await admin.fetchval(query, pid) != "PgSleep":  # noqa: ASYNC110 - only asking tells
        await anyio.sleep(0.01)
    await admin.execute("SELECT pg_terminate_backend($1)", pid)
