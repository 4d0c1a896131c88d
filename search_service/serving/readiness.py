"""Whether the service can do its work now: database, schema, queue, file store."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

from search_service.db import migrate
from search_service.errors import ServiceError
from search_service.jobs import queue
from search_service.serving.services import Services

# A job that waits for longer has no worker.
LONGEST_WAIT_S = 600.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing the service needs; `detail` says what to do where it is not ok."""

    name: str
    ok: bool
    detail: str


async def checks(services: Services) -> list[Check]:
    """Look at everything; never raises for what is broken."""
    return [
        await _check("database", lambda: _database(services)),
        await _check("migrations", lambda: _migrations(services)),
        await _check("queue", lambda: _queue(services)),
        await _check("storage", lambda: _storage(services)),
    ]


async def _check(name: str, look: Callable[[], Awaitable[Check]]) -> Check:
    try:
        return await look()
    except ServiceError as error:
        return Check(name, ok=False, detail=error.message)


async def _database(services: Services) -> Check:
    async with services.database.transaction() as connection:
        await migrate.current(connection)
    return Check("database", ok=True, detail="The database answers.")


async def _migrations(services: Services) -> Check:
    async with services.database.transaction() as connection:
        if await migrate.is_current(connection):
            return Check("migrations", ok=True, detail="The schema is the newest.")
    return Check("migrations", ok=False, detail="Run `search-service migrate`.")


async def _queue(services: Services) -> Check:
    async with services.database.transaction() as connection:
        age_s = await queue.oldest_waiting_s(connection)
    if age_s <= LONGEST_WAIT_S:
        return Check("queue", ok=True, detail=f"The oldest due job has waited {age_s:.0f} s.")
    return Check(
        "queue",
        ok=False,
        detail=f"A job has been due for {age_s:.0f} s; see that `search-service worker` runs.",
    )


async def _storage(services: Services) -> Check:
    try:
        await asyncio.to_thread(_write_and_remove, services)
    except OSError as error:
        return Check(
            "storage",
            ok=False,
            detail=f"The data folder cannot be written ({error.strerror}); see its disk and owner.",
        )
    return Check("storage", ok=True, detail="The file store can be written.")


def _write_and_remove(services: Services) -> None:
    root = services.store.root
    root.mkdir(parents=True, exist_ok=True)
    probe = root / f".probe-{os.getpid()}-{uuid4().hex}"
    try:
        probe.write_bytes(b"ready")
    finally:
        probe.unlink(missing_ok=True)
