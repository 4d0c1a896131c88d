"""Connections: one engine that writes, one that reads, and the transactions on them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from search_service.config import Settings
from search_service.db import direct, failures, urls
from search_service.db.pool import PatientPool

APPLICATION_NAME = "search-service"
POOL_WAIT_S = 10.0  # for a free connection; a caller told to come back beats one that hangs


@dataclass(frozen=True, slots=True)
class Database:
    """The two engines; `read` is `write` itself unless there is a standby.

    A connection of theirs is in no transaction but where one of the methods here begins it.
    """

    write: AsyncEngine
    read: AsyncEngine

    @asynccontextmanager
    async def transaction(
        self, isolation_level: str = "READ COMMITTED"
    ) -> AsyncIterator[AsyncConnection]:
        """Give a connection in a transaction that commits at the end, or rolls back on an error.

        Raises what `failures.translated` does.
        """
        async with _connection(self.write) as connection:
            with failures.translated():
                await connection.execution_options(isolation_level=isolation_level)
                async with connection.begin():
                    yield connection

    @asynccontextmanager
    async def statements(self) -> AsyncIterator[AsyncConnection]:
        """Give a writing connection of which each statement commits by itself.

        That is two round trips fewer than a transaction, which it is behind a pooler. Raises what
        `failures.translated` does.
        """
        async with _connection(self.write) as connection:
            with failures.translated():
                async with connection.begin():
                    yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection in a read-only transaction, on the standby if there is one.

        All of its statements see one snapshot.
        """
        async with _connection(self.read) as connection:
            with failures.translated():
                async with direct.transaction(connection):
                    yield connection

    async def close(self) -> None:
        """Close every connection."""
        await self.write.dispose()
        if self.read is not self.write:
            await self.read.dispose()


def open_database(settings: Settings, url: str) -> Database:
    """Make the engines of `url`; nothing connects yet.

    Reads go to `settings.database_read_url` if it is set.
    """
    write = make_engine(settings, url)
    read_url = settings.database_read_url
    return Database(write, make_engine(settings, read_url) if read_url else write)


def make_engine(settings: Settings, url: str) -> AsyncEngine:
    """Make one pooled engine for a URL in libpq's or SQLAlchemy's form."""
    target = urls.parse(url)
    # Outside of a transaction a ping is one round trip instead of three; a pooler needs that one.
    outside = {} if settings.pooler else {"isolation_level": "AUTOCOMMIT"}
    return create_async_engine(
        target.url,
        **outside,
        connect_args=_connect_arguments(settings, target),
        poolclass=PatientPool,
        pool_size=settings.pool_size,
        max_overflow=settings.pool_overflow,
        pool_timeout=POOL_WAIT_S,
        pool_recycle=settings.pool_recycle_s,
        pool_pre_ping=True,
        hide_parameters=True,  # an error's text must not show a password hash
    )


def _connect_arguments(settings: Settings, target: urls.Target) -> dict[str, Any]:
    if settings.pooler == "transaction":
        # The next statement may meet another server connection, where a cached one is unknown
        # and a numbered name may be taken; and a pooler refuses start-up settings it cannot keep.
        return target.arguments | {
            "statement_cache_size": 0,
            "prepared_statement_cache_size": 0,
            "prepared_statement_name_func": lambda: f"__asyncpg_{uuid4()}__",
        }
    named = {"application_name": APPLICATION_NAME} | target.server_settings
    # Our statements run for milliseconds; compiling one takes longer than it saves.
    return target.arguments | {"server_settings": named | {"jit": "off"}}


@asynccontextmanager
async def _connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with AsyncExitStack() as stack:
        with failures.connecting():
            connection = await stack.enter_async_context(engine.connect())
        yield connection
