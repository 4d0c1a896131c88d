"""The whole service as it is run: a server, workers and the database of a folder of its own.

Each is a process, and what dies is started again at once, as an init system would. The database is
the embedded one, which the others start again themselves.
"""

import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx

from search_service.accounts import administration, api_keys
from search_service.accounts.administration import NewUser
from search_service.accounts.api_keys import NewKey
from search_service.accounts.caller import Caller
from search_service.accounts.passwords import Passwords
from search_service.accounts.policy import LOCAL_ADMINISTRATOR, READ, SEARCH, WRITE
from search_service.config import Settings
from search_service.db import binaries, cluster, embedded
from search_service.db.cluster import DATABASE, Cluster
from search_service.db.engine import open_database
from search_service.db.enums import Role
from search_service.db.startup import prepare

START_LIMIT_S = 120.0
STOP_LIMIT_S = 40.0
RESTART_AFTER_S = 0.3
_CLEAN = f"{DATABASE}_clean"


@dataclass(slots=True)
class Part:
    """One process of the service, started again whenever it ends before it is stopped."""

    name: str
    command: tuple[str, ...]
    folder: Path
    process: asyncio.subprocess.Process | None = None
    starts: int = 0
    _stopping: bool = False
    _keeper: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process that runs now."""
        running = self.process is not None and self.process.returncode is None
        return self.process.pid if self.process and running else None

    def start(self) -> None:
        self._stopping = False
        self._keeper = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """End the process, by force where it does not go by itself."""
        self._stopping = True
        if self.process is not None and self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.process.terminate()
            try:
                await asyncio.wait_for(self.process.wait(), STOP_LIMIT_S)
            except TimeoutError:
                self.process.kill()
        if self._keeper is not None:
            await self._keeper

    async def _keep(self) -> None:
        with (self.folder / f"{self.name}.log").open("ab") as log:
            while not self._stopping:
                self.process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "search_service", *self.command),
                    env=_environment(self.folder),
                    stdout=log,
                    stderr=log,
                )
                self.starts += 1
                await self.process.wait()
                if not self._stopping:
                    await asyncio.sleep(RESTART_AFTER_S)


@dataclass(slots=True)
class Running:
    """A service in a folder; `key` is an API key of a product marketing manager."""

    folder: Path
    port: int
    key: str
    server: Part
    workers: tuple[Part, ...]
    place: Cluster
    pids: set[int] = field(default_factory=set)

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start every process; returns when the server answers. Raises RuntimeError."""
        for part in (self.server, *self.workers):
            part.start()
        deadline = time.monotonic() + START_LIMIT_S
        async with httpx.AsyncClient(base_url=self.address) as client:
            while time.monotonic() < deadline:
                with suppress(httpx.TransportError):
                    if (await client.get("/api/v1/health/live")).status_code == 200:
                        return
                await asyncio.sleep(0.1)
        raise RuntimeError(f"the service does not start; see {self.folder}/server.log")

    async def stop(self) -> None:
        await asyncio.gather(*(part.stop() for part in (self.server, *self.workers)))

    async def reset(self) -> None:
        """Take everything back to before the first upload; nothing may run."""
        url = await self.database_url()
        await _execute(url, f"DROP DATABASE {DATABASE} WITH (FORCE)")
        await _execute(url, f"CREATE DATABASE {DATABASE} TEMPLATE {_CLEAN}")
        shutil.rmtree(self.files, ignore_errors=True)

    async def database_url(self) -> str:
        """Give the URL of the database, which is started where it was left dead."""
        return await asyncio.to_thread(embedded.start, self.folder, "")

    def database_pid(self) -> int | None:
        """Give the process that all of the database's belong to."""
        with suppress(OSError, ValueError, IndexError):
            return int((self.place.data / "postmaster.pid").read_text().splitlines()[0])
        return None


@asynccontextmanager
async def running(workers: int) -> AsyncIterator[Running]:
    """Give a service that is set up and not started; its folder goes in the end.

    A SIGTERM ends the block as Ctrl-C does, so that no process is left.
    """
    if task := asyncio.current_task():
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    folder = _folder()
    settings = Settings(data_dir=folder)
    port = _free_port()
    try:
        key = await _set_up(settings)
        service = Running(
            folder=folder,
            port=port,
            key=key,
            server=Part("server", ("serve", "--no-worker", "--port", str(port)), folder),
            workers=tuple(Part(f"worker{at}", ("worker",), folder) for at in range(workers)),
            place=cluster.locate(folder, binaries.find("")),
        )
        try:
            yield service
        finally:
            await service.stop()
    finally:
        embedded.release(folder, "")
        await asyncio.sleep(2)  # the server stops once its last client is gone
        shutil.rmtree(folder, ignore_errors=True)


async def _set_up(settings: Settings) -> str:
    url = await prepare(settings)
    database = open_database(settings, url)
    administrator = Caller(LOCAL_ADMINISTRATOR)
    new = NewUser(
        email="pmm@example.com",
        full_name="Benchmark PMM",
        hashed_password=await Passwords(4).hash(uuid4().hex),
        role=Role.PMM,
    )
    async with database.transaction() as connection:
        person = await administration.create_user(connection, administrator, new)
        wanted = NewKey(
            user_id=person.id,
            name="benchmark",
            scopes=frozenset({SEARCH, READ, WRITE}),
            rate_class="bulk",
        )
        key = (await api_keys.create_key(connection, administrator, wanted)).secret
    await database.close()
    await _execute(url, f"CREATE DATABASE {_CLEAN} TEMPLATE {DATABASE}")
    return key


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url, database="postgres")
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _environment(folder: Path) -> dict[str, str]:
    ours = ("DATABASE_URL", "SEARCH_SERVICE_", "POOLER", "PUBLIC_URL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"SEARCH_SERVICE_DATA_DIR": str(folder), "PYTHONFAULTHANDLER": "1"}


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="search-service-running-"))
    folder.chmod(0o755)  # a server of root runs as nobody
    return folder


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
