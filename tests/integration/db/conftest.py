"""A folder in which tests start servers of their own, and an administrator at the database."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from search_service.db import embedded
from tests import database as databases
from tests.integration.db import servers


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that every account can enter; no server is left in it."""
    folder = Path(tempfile.mkdtemp(prefix="search-service-embedded-"))
    folder.chmod(0o755)
    yield folder
    for reaper_lock in folder.rglob("postgres-*.reaper"):
        embedded.release(reaper_lock.parent, databases.postgres_bin())
        databases.wait_until_stopped(reaper_lock)
        assert servers.server_processes(reaper_lock.with_suffix("")) == []
    shutil.rmtree(folder)


@pytest.fixture
async def admin(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the driver's own, beside the engines under test."""
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()
