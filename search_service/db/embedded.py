"""The private PostgreSQL server of a data folder, shared by every process that asks for it.

Each client process holds a shared lock while it lives; one reaper waits for all of them to be
gone and stops the server. Nothing here knows SQL.
"""

import asyncio
import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from search_service.db import account, binaries, cluster, reaper
from search_service.db.cluster import Cluster
from search_service.errors import ServiceError
from search_service.log import get_logger

WATCH_EVERY_S = 3.0

_log = get_logger(__name__)

# The claims of this process, by process number, as a fork must make its own. Open descriptors are
# the state itself: the kernel drops their locks with the process, however it ends.
_claims: dict[tuple[int, Path], int] = {}


def start(data_dir: Path, postgres_bin: str = "") -> str:
    """Give the URL of the server of `data_dir`, made and started when needed; libpq's form.

    The server stays while a process that called this lives (or until `release`). Safe to call
    from many processes at once. Raises ConfigurationError without usable programs or folder,
    UnavailableError when the server does not start.
    """
    place = cluster.locate(data_dir, binaries.find(postgres_bin))
    _claim(place)
    with _locked(place.lock_path("start"), place):
        if not place.data.exists():
            cluster.initialise(place)
        _ensure_reaper(place)
        return cluster.ensure_running(place)


async def keep_running(data_dir: Path, postgres_bin: str = "") -> None:
    """Start the server of `data_dir` again whenever it has died, until cancelled.

    For a process that lives long: the server's connections come back by themselves, it does not.
    """
    place = await asyncio.to_thread(lambda: cluster.locate(data_dir, binaries.find(postgres_bin)))
    while True:
        await asyncio.sleep(WATCH_EVERY_S)
        if await asyncio.to_thread(cluster.running_url, place) is not None:
            continue
        _log.warning("the embedded database does not answer and is started again")
        try:
            await asyncio.to_thread(start, data_dir, postgres_bin)
        except ServiceError as error:
            _log.error("the embedded database does not start", reason=error.message)


def release(data_dir: Path, postgres_bin: str = "") -> None:
    """Give up this process's claim; the server stops once nobody else holds one."""
    place = cluster.locate(data_dir, binaries.find(postgres_bin))
    descriptor = _claims.pop((os.getpid(), place.data), None)
    if descriptor is not None:
        os.close(descriptor)


def client_tool(name: str, postgres_bin: str = "") -> Path:
    """Give the path of a client program, such as `pg_dump`, that matches the server."""
    return binaries.client_tool(name, postgres_bin)


def _claim(place: Cluster) -> None:
    key = (os.getpid(), place.data)
    if key not in _claims:
        _claims[key] = _open_locked(place.lock_path("clients"), place, fcntl.LOCK_SH)


def _ensure_reaper(place: Cluster) -> None:
    try:
        lock = _open_locked(place.lock_path("reaper"), place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # there is one
    command = [sys.executable, "-IS", reaper.__file__, str(lock)]
    try:
        subprocess.run(  # noqa: S603 - our own file; it forks and returns at once
            [*command, place.lock_path("clients"), place.programs, place.data],
            pass_fds=[lock],
            start_new_session=True,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
    finally:
        os.close(lock)


@contextmanager
def _locked(path: Path, place: Cluster) -> Iterator[None]:
    descriptor = _open_locked(path, place, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


def _open_locked(path: Path, place: Cluster, how: int) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        if os.fstat(descriptor).st_nlink == 1:  # not another file under this name
            account.give(descriptor, place.user)  # its owner may come after root
        fcntl.flock(descriptor, how)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
