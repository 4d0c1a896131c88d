"""A database of its own for each benchmark, on a private server that ends with the process."""

import fcntl
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from search_service.config import Settings
from search_service.db import embedded, migrate
from search_service.db.engine import Database, open_database

# For a library that fits in memory, as it would be set up in production on such a machine.
SERVER_SETTINGS = {
    "shared_buffers": "2GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "1GB",
    "max_wal_size": "8GB",
    "synchronous_commit": "off",
    "max_parallel_workers_per_gather": "0",
}


@dataclass(frozen=True, slots=True)
class Scratch:
    """A migrated database and the URL that reaches it."""

    database: Database
    url: str


@asynccontextmanager
async def scratch() -> AsyncIterator[Scratch]:
    """Give a migrated database in a folder that is removed afterwards."""
    folder = _folder()
    try:
        async with opened(folder) as place:
            yield place
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Scratch]:
    """Give the migrated database of a folder that stays, made where there is none."""
    settings = Settings.from_environment()
    try:
        await _configure(embedded.start(folder, settings.postgres_bin))
        _stop(folder, settings)
        url = embedded.start(folder, settings.postgres_bin)
        await migrate.upgrade(url)
        database = open_database(settings, url)
        try:
            yield Scratch(database, url)
        finally:
            await database.close()
    finally:
        _stop(folder, settings)


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="search-service-benchmark-"))
    folder.chmod(0o755)  # a server of root runs as nobody
    return folder


async def _configure(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for name, value in SERVER_SETTINGS.items():
            await connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    finally:
        await connection.close()


def _stop(folder: Path, settings: Settings) -> None:
    """Let go of the server and wait for its reaper, which holds a lock until it has stopped it."""
    embedded.release(folder, settings.postgres_bin)
    for lock in folder.glob("postgres-*.reaper"):
        with lock.open() as held:
            fcntl.flock(held, fcntl.LOCK_EX)
