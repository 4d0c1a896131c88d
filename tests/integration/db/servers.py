"""Client processes of the embedded server, and what is left of a server afterwards."""

import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests import database as databases

REPOSITORY = Path(__file__).parents[3]
LIMIT_S = 30
CLIENT = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from search_service.db import embedded

    print(embedded.start(Path(sys.argv[1]), sys.argv[2]), flush=True)
    sys.stdin.read()
    """
)


@dataclass(frozen=True, slots=True)
class Client:
    """A process that holds a claim until it is closed or killed."""

    process: subprocess.Popen[str]

    def url(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def close(self) -> None:
        self.process.communicate(timeout=LIMIT_S)

    def kill(self) -> None:
        self.process.kill()
        self.close()


@dataclass(frozen=True, slots=True)
class Server:
    """A running server process."""

    pid: int
    user: str
    program: str


def open_client(folder: Path, python: str = sys.executable, user: int | None = None) -> Client:
    process = subprocess.Popen(
        [python, "-c", CLIENT, folder, databases.postgres_bin()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        cwd=REPOSITORY,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    return Client(process)


def cluster_of(folder: Path) -> Path:
    """Give the one data folder of a server in `folder`, wherever it had to be put."""
    (data,) = (path for path in folder.glob("postgres-*") if path.is_dir())
    return data


def server_processes(data: Path) -> list[Server]:
    """Give each server that runs on `data`, without its children. Linux only.

    A child carries another title, but not in the first moment after its fork.
    """
    found: dict[int, Server] = {}
    parents: dict[int, int] = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, PermissionError, ProcessLookupError):
            program = (process / "cmdline").read_bytes().split(b"\0")[0].decode()
            if program.endswith("/postgres") and (process / "cwd").readlink() == data:
                pid = int(process.name)
                parents[pid] = int((process / "stat").read_text().rpartition(")")[2].split()[1])
                found[pid] = Server(pid, process.owner(), program)
    return [server for pid, server in found.items() if parents[pid] not in found]


def reaper_lock_of(data: Path) -> Path:
    return data.with_name(f"{data.name}.reaper")


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline, "this did not come true in time"
        time.sleep(0.05)
