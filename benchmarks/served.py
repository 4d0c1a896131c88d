"""The real service on a benchmark's database, in a process of its own, and who asks it."""

import asyncio
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from uuid import uuid4

from benchmarks.keptalive import Connection, Service
from benchmarks.scratch import Scratch
from search_service.accounts import administration, api_keys
from search_service.accounts.administration import NewUser
from search_service.accounts.api_keys import NewKey
from search_service.accounts.caller import Caller
from search_service.accounts.passwords import Passwords
from search_service.accounts.policy import LOCAL_ADMINISTRATOR, READ, SEARCH
from search_service.db.engine import Database
from search_service.db.enums import Role

# Keys of the rate class `bulk` are let through 200 times a second each, so no key meets a limit.
KEYS = 16
RATE_CLASS = "bulk"
START_LIMIT_S = 60.0
STOP_LIMIT_S = 30.0


@asynccontextmanager
async def served(place: Scratch) -> AsyncIterator[Service]:
    """Run `search-service serve` on a database until the block ends."""
    service = Service(_free_port(), await _keys_of_a_rep(place.database))
    with tempfile.TemporaryDirectory(prefix="search-service-benchmark-") as folder:
        log = Path(folder) / "serve.log"
        process = await _start(service, place.url, log)
        try:
            await _wait(process, service, log)
            yield service
        finally:
            await _stop(process)


async def _start(service: Service, url: str, log: Path) -> asyncio.subprocess.Process:
    """Start it as it is started in production, with a log line for each request."""
    command = (sys.executable, "-m", "search_service", "serve", "--no-worker")
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT)
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            *("--port", str(service.port)),
            env={
                **os.environ,
                "DATABASE_URL": url,
                "SEARCH_SERVICE_DATA_DIR": str(log.parent),
            },
            stdout=descriptor,
            stderr=descriptor,
        )
    finally:
        os.close(descriptor)


async def _keys_of_a_rep(database: Database) -> list[str]:
    administrator = Caller(LOCAL_ADMINISTRATOR)
    new = NewUser(
        email=f"rep-{uuid4().hex}@example.com",
        full_name="Benchmark Rep",
        hashed_password=await Passwords().hash(uuid4().hex),
        role=Role.SALES,
    )
    async with database.transaction() as connection:
        rep = await administration.create_user(connection, administrator, new)
        key = NewKey(
            user_id=rep.id,
            name="benchmark",
            scopes=frozenset({SEARCH, READ}),
            rate_class=RATE_CLASS,
        )
        return [
            (await api_keys.create_key(connection, administrator, key)).secret for _ in range(KEYS)
        ]


async def _wait(process: asyncio.subprocess.Process, service: Service, log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while process.returncode is None and time.monotonic() < deadline:
        with suppress(OSError, asyncio.IncompleteReadError):
            connection = await Connection.open(service.port, service.keys[0])
            response = await connection.get("/api/v1/health/live")
            await connection.close()
            if response.status == 200:
                return
        await asyncio.sleep(0.1)
    raise RuntimeError(f"the service did not start: {_end_of(log)}")


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_LIMIT_S)
        except TimeoutError:
            process.kill()
            await process.wait()


def _end_of(log: Path) -> str:
    return log.read_text(encoding="utf-8")[-2000:]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
