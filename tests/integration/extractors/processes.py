"""What the kernel tells of the sandbox's processes: the zygotes and the readers they forked."""

import os
from contextlib import suppress
from pathlib import Path


def zygotes(of: int | None = None) -> set[int]:
    """The children of a process, by default this one, that fork readers."""
    return {
        pid for pid in children(of or os.getpid()) if "extractors.zygote" in told(pid, "cmdline")
    }


def readers(of: int | None = None) -> set[int]:
    """Every child of a zygote, dead ones that nobody reaped among them."""
    return {pid for zygote in zygotes(of) for pid in children(zygote)}


def children(pid: int) -> set[int]:
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    return {int(child) for task in listed for child in task.read_text().split()}


def told(pid: int, name: str) -> str:
    """A file of the process in /proc; empty when the process is gone."""
    try:
        return Path(f"/proc/{pid}/{name}").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def open_files(pid: int) -> list[str]:
    """What each of the process's open files leads to, but for the list of them itself."""
    found = []
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            found.append(str(file.readlink()))
    return [file for file in found if file != f"/proc/{pid}/fd"]


def is_alive(pid: int) -> bool:
    """Whether the process is there and more than an entry that nobody reaped."""
    status = told(pid, "stat")
    return bool(status) and status.rpartition(")")[2].split()[0] != "Z"
