"""Brings the schema of a database up to date with Alembic, one process at a time.

The scripts are in the `migrations/` folder beside the package; there is no alembic.ini.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

import search_service
from search_service.db import failures, urls
from search_service.errors import ConfigurationError, UnavailableError

SCRIPTS = Path(search_service.__file__).parent.parent / "migrations"
LOCK_KEY = 0x7365_6172_6368  # "search"; any number that nobody else locks
APPLICATION_NAME = "search-service migrate"
LOCK_LIMIT_S = 600.0
LOCK_PAUSE_S = 0.1


async def upgrade(url: str, revision: str = "head", scripts: Path = SCRIPTS) -> None:
    """Apply what is missing up to `revision`; a second process waits for the first.

    Connect directly, not through a pooler: the lock belongs to the session. Raises
    UnavailableError when another process migrates for longer than ten minutes.
    """
    async with _exclusive(url) as connection:
        with _explained():
            await connection.run_sync(
                lambda plain: command.upgrade(_config(scripts, plain), revision)
            )


async def downgrade(url: str, revision: str, scripts: Path = SCRIPTS) -> None:
    """Undo the migrations after `revision`; `base` undoes all."""
    async with _exclusive(url) as connection:
        with _explained():
            await connection.run_sync(
                lambda plain: command.downgrade(_config(scripts, plain), revision)
            )


async def current(connection: AsyncConnection) -> str | None:
    """Give the revision of the database; None when nothing was ever applied."""
    return await connection.run_sync(
        lambda plain: MigrationContext.configure(plain).get_current_revision()
    )


@cache
def newest(scripts: Path = SCRIPTS) -> str | None:
    """Give the revision that this version of the service needs."""
    return ScriptDirectory.from_config(_config(scripts)).get_current_head()


async def is_current(connection: AsyncConnection, scripts: Path = SCRIPTS) -> bool:
    """Tell whether the database has exactly the schema of this version."""
    return await current(connection) == newest(scripts)


def _config(scripts: Path, connection: object = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except CommandError as error:
        raise ConfigurationError(
            f"The database cannot be migrated: {error}. If a newer version of the service made its "
            "schema, install that version."
        ) from error


@asynccontextmanager
async def _exclusive(url: str) -> AsyncIterator[AsyncConnection]:
    target = urls.parse(url)
    named = target.arguments | {"server_settings": {"application_name": APPLICATION_NAME}}
    engine = create_async_engine(target.url, connect_args=named, poolclass=NullPool)
    try:
        with failures.connecting():
            connection = await engine.connect()
        try:
            with failures.translated():
                await _wait_for_lock(connection)
                yield connection
        finally:
            await connection.close()  # with the session the server lets the lock go
    finally:
        await engine.dispose()


async def _wait_for_lock(connection: AsyncConnection) -> None:
    # Asked again and again rather than waited for: a waiting statement holds a snapshot, and
    # CREATE INDEX CONCURRENTLY in the process ahead would wait for that: a deadlock.
    deadline = time.monotonic() + LOCK_LIMIT_S
    while True:
        taken = await connection.scalar(
            text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK_KEY}
        )
        await connection.commit()
        if taken:
            return
        if time.monotonic() > deadline:
            raise UnavailableError(
                "Another process has been migrating the database for ten minutes; find it in "
                "pg_stat_activity, and start again when it is done."
            )
        await asyncio.sleep(LOCK_PAUSE_S)
