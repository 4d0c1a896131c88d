"""The process that stops the embedded server when its last client is gone, even by kill -9.

Run as a file by embedded.py, with the standard library only: it lives as long as the server.
Arguments: the number of the open, locked reaper file; the clients file; the programs' folder;
the data folder.
"""

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

STOP_ATTEMPTS = 4


def main(arguments: list[str]) -> None:
    """Detach from the client that started us, wait for the last one to go, stop the server."""
    reaper_lock, clients, programs, data = int(arguments[0]), *map(Path, arguments[1:])
    if os.fork():
        os._exit(0)
    claim = os.open(clients, os.O_RDWR)
    # Each client holds a shared lock, which the kernel drops with the process; and a client that
    # comes while we stop the server waits for us here, then starts it again.
    fcntl.flock(claim, fcntl.LOCK_EX)
    _stop(programs, data)
    os.close(reaper_lock)  # before `claim` ends with us: the next client must find it free


def _stop(programs: Path, data: Path) -> None:
    pid_file = data / "postmaster.pid"
    for attempt in range(STOP_ATTEMPTS):
        if attempt:
            time.sleep(0.5)  # a client killed while it started the server left one about to appear
        if pid_file.exists():
            folder = _socket_folder(pid_file)
            if _pg_ctl_stop(programs, data):
                _remove_foreign(folder, data)
                return


def _pg_ctl_stop(programs: Path, data: Path) -> bool:
    owner = data.stat()
    drop: dict[str, Any] = {}
    if os.geteuid() == 0:
        drop = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
    stopped = subprocess.run(  # noqa: S603 - our own program, no shell
        [programs / "pg_ctl", "stop", "-D", data, "-m", "fast", "-w"],
        **drop,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return bool(stopped.returncode == 0)


def _socket_folder(pid_file: Path) -> Path | None:
    try:
        return Path(pid_file.read_text().splitlines()[4])
    except (OSError, IndexError):
        return None


def _remove_foreign(folder: Path | None, data: Path) -> None:
    if folder is not None and folder != data:
        try:
            folder.rmdir()
        except OSError:  # not empty: somebody else's
            return


if __name__ == "__main__":
    main(sys.argv[1:])
