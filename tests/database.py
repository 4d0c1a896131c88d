"""The databases that tests run on: one server a session, one template, cheap clones.

The first process of a session makes a folder; the workers find it in the environment. Whoever
needs a database first starts the server in it and builds the template, under a file lock.
"""

import asyncio
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import URL, Engine, make_url

from search_service.db import embedded, migrate

ROOT_PREFIX = "search-service-tests-"
ABANDONED_S = 6 * 3600
ROOT_VARIABLE = "SEARCH_SERVICE_TEST_ROOT"


@dataclass(frozen=True, slots=True)
class TestServer:
    """A server of this test session; `root` is its folder and names its databases."""

    __test__ = False

    root: Path
    url: str

    @property
    def template(self) -> str:
        return f"{self.root.name.replace('-', '_')}_template"

    def url_of(self, name: str) -> str:
        return _with_database(make_url(self.url), name)

    def clone(self) -> str:
        """Make a database with the newest schema and no rows; give its URL."""
        name = f"{self.template.removesuffix('template')}{uuid4().hex[:12]}"
        execute(self.url, f'CREATE DATABASE "{name}" TEMPLATE "{self.template}"')
        return self.url_of(name)

    def create_empty(self) -> str:
        """Make a database without any table; give its URL."""
        name = f"{self.template.removesuffix('template')}{uuid4().hex[:12]}"
        execute(self.url, f'CREATE DATABASE "{name}" ENCODING UTF8 TEMPLATE template0')
        return self.url_of(name)

    def drop(self, url: str) -> None:
        execute(self.url, f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')


@dataclass(slots=True)
class QueryCounter:
    """The statements that every SQLAlchemy engine ran while it listened, but for savepoints."""

    statements: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.statements)

    def reset(self) -> None:
        self.statements.clear()


def _remove_abandoned() -> None:
    """Remove the folders of sessions that were killed; their servers stopped by themselves."""
    for root in Path(tempfile.gettempdir()).glob(f"{ROOT_PREFIX}*"):
        with suppress(OSError):
            if time.time() - root.stat().st_mtime > ABANDONED_S:
                shutil.rmtree(root)


def postgres_bin() -> str:
    """Give the folder of the server programs that the suite runs on; empty: the service's own."""
    return os.environ.get("TEST_POSTGRES_BIN", "")


def execute(url: str, *statements: str) -> None:
    """Run statements, each on its own, outside a transaction."""
    asyncio.run(_execute(url, statements))


def fetch_column(url: str, query: str) -> list[Any]:
    """Give the first column of a query's rows."""
    return asyncio.run(_fetch_column(url, query))


def open_root() -> None:
    """Make the folder of this session and tell the workers, which inherit the environment."""
    _remove_abandoned()
    root = Path(tempfile.mkdtemp(prefix=ROOT_PREFIX))
    root.chmod(0o755)  # the server of a root session runs as nobody
    os.environ[ROOT_VARIABLE] = str(root)


def close_root() -> None:
    """Let the server stop, drop what a given server holds, and remove the folder."""
    root = Path(os.environ[ROOT_VARIABLE])
    given = os.environ.get("TEST_DATABASE_URL")
    if given and (root / "template-ready").exists():
        _drop_databases_of(TestServer(root, given))
    elif not given:
        for reaper_lock in root.glob("postgres-*.reaper"):
            embedded.release(root, postgres_bin())
            wait_until_stopped(reaper_lock)
    shutil.rmtree(root)
    del os.environ[ROOT_VARIABLE]


def open_server() -> TestServer:
    """Give the session's server with its template; the first caller starts and builds them."""
    root = Path(os.environ[ROOT_VARIABLE])
    url = os.environ.get("TEST_DATABASE_URL") or embedded.start(root, postgres_bin())
    server = TestServer(root, url)
    with file_lock(root / "template.lock"):
        ready = root / "template-ready"
        if not ready.exists():
            if not os.environ.get("TEST_DATABASE_URL"):
                _trade_safety_for_speed(server)
            _build_template(server)
            ready.touch()
    return server


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def wait_until_stopped(reaper_lock: Path) -> None:
    """Wait for the reaper, which holds its lock until it has stopped the server."""
    with file_lock(reaper_lock):
        pass


_listening: list[QueryCounter] = []


@contextmanager
def counting() -> Iterator[QueryCounter]:
    counter = QueryCounter()
    _listening.append(counter)
    try:
        yield counter
    finally:
        _listening.remove(counter)


@event.listens_for(Engine, "before_cursor_execute")
def _record(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if not statement.startswith(("SAVEPOINT ", "RELEASE SAVEPOINT ", "ROLLBACK TO SAVEPOINT ")):
        for counter in _listening:
            counter.statements.append(statement)


def _build_template(server: TestServer) -> None:
    execute(
        server.url,
        f'DROP DATABASE IF EXISTS "{server.template}"',  # of a build that failed
        f'CREATE DATABASE "{server.template}" ENCODING UTF8 TEMPLATE template0',
    )
    asyncio.run(migrate.upgrade(server.url_of(server.template)))
    execute(server.url, f'ALTER DATABASE "{server.template}" ALLOW_CONNECTIONS false')


def _trade_safety_for_speed(server: TestServer) -> None:
    execute(
        server.url,
        "ALTER SYSTEM SET fsync = off",
        "ALTER SYSTEM SET full_page_writes = off",
        "ALTER SYSTEM SET synchronous_commit = off",
        "SELECT pg_reload_conf()",
    )


def _drop_databases_of(server: TestServer) -> None:
    prefix = server.template.removesuffix("template")
    for name in fetch_column(server.url, "SELECT datname FROM pg_database"):
        if name.startswith(prefix):
            execute(server.url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


async def _fetch_column(url: str, query: str) -> list[Any]:
    connection = await asyncpg.connect(_plain(url))
    try:
        return [row[0] for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def _execute(url: str, statements: tuple[str, ...]) -> None:
    connection = await asyncpg.connect(_plain(url))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def _with_database(url: URL, name: str) -> str:
    return url.set(database=name).render_as_string(hide_password=False)


def _plain(url: str) -> str:
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)
