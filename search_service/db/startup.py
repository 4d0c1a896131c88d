"""Brings the database up: the private server where none is given, and the newest schema."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from search_service.config import Settings
from search_service.db import embedded, migrate


async def prepare(settings: Settings) -> str:
    """Give the URL of a database that is running and migrated.

    Raises ConfigurationError and UnavailableError, with what to do next.
    """
    url = settings.database_url
    if not url:
        url = await asyncio.to_thread(embedded.start, settings.data_dir, settings.postgres_bin)
    await migrate.upgrade(url)
    return url


@asynccontextmanager
async def watched(settings: Settings) -> AsyncIterator[None]:
    """Keep the private server running meanwhile; a server that was given is somebody else's."""
    if settings.database_url:
        yield
        return
    watch = asyncio.create_task(embedded.keep_running(settings.data_dir, settings.postgres_bin))
    try:
        yield
    finally:
        watch.cancel()
        await asyncio.wait({watch})
