"""Fixtures of the whole suite: the database and how it is reset (tests/database.py)."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from search_service.config import Settings
from search_service.db.engine import Database, make_engine, open_database
from tests import database as databases
from tests.database import QueryCounter, TestServer

# Of services that tests start: LibreOffice would draw every deck, which takes seconds each. Tests
# of what it does name it.
PROGRAMS_OFF = {"SEARCH_SERVICE_SOFFICE": "off", "SEARCH_SERVICE_TESSERACT": "off"}


def pytest_configure(config: pytest.Config) -> None:
    os.environ.update(PROGRAMS_OFF)
    if not hasattr(config, "workerinput"):
        databases.open_root()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and databases.ROOT_VARIABLE in os.environ:
        databases.close_root()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def database_server() -> TestServer:
    """The one server of the session, with the template built."""
    return databases.open_server()


@pytest.fixture(scope="session")
def worker_database_url(database_server: TestServer) -> Iterator[str]:
    """A database of this worker; tests leave no row in it, as `connection` rolls back."""
    url = database_server.clone()
    yield url
    database_server.drop(url)


@pytest.fixture(scope="session")
async def engine(worker_database_url: str, anyio_backend: str) -> AsyncIterator[AsyncEngine]:
    """The engine behind `connection`; its pool lives as long as the session's event loop."""
    engine = make_engine(Settings(), worker_database_url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection in a transaction that is rolled back after the test.

    `connection.begin_nested()` inside a test makes savepoints; committing is an error.
    """
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="READ COMMITTED")
        transaction = await connection.begin()
        yield connection
        await transaction.rollback()


@pytest.fixture
def database_url(database_server: TestServer) -> Iterator[str]:
    """A database of this test alone, with the newest schema and no rows."""
    url = database_server.clone()
    yield url
    database_server.drop(url)


@pytest.fixture
def empty_database_url(database_server: TestServer) -> Iterator[str]:
    """A database of this test alone, without any table."""
    url = database_server.create_empty()
    yield url
    database_server.drop(url)


@pytest.fixture
def database_settings(database_url: str) -> Settings:
    """Settings whose `database_url` is the test's own database."""
    return Settings(database_url=database_url)


@pytest.fixture
async def database(database_settings: Settings) -> AsyncIterator[Database]:
    """Engines on the test's own database: for several connections, and for commits."""
    database = open_database(database_settings, database_settings.database_url)
    yield database
    await database.close()


@pytest.fixture
def query_counter() -> Iterator[QueryCounter]:
    """The statements run by any engine during the test; `reset()` before the part to count."""
    with databases.counting() as counter:
        yield counter
