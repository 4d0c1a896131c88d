"""What the kernel tells of processes on Linux: children, commands, memory."""

import os
from contextlib import suppress
from pathlib import Path

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def children(pid: int) -> list[int]:
    """Give the children that a process has now; none of one that is gone."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(child) for child in task.read_text().split()]
    return found


def zygotes(pid: int) -> list[int]:
    """Give the children of a process that fork readers."""
    return [child for child in children(pid) if "extractors.zygote" in _told(child, "cmdline")]


def readers(pid: int) -> list[int]:
    """Give the readers that the zygotes of a process have now."""
    return [reader for zygote in zygotes(pid) for reader in children(zygote)]


def is_alive(pid: int) -> bool:
    """Tell whether a process is there and no mere entry that nobody reaped."""
    status = _told(pid, "stat").rpartition(")")[2].split()
    return bool(status) and status[0] != "Z"


def resident_bytes(pid: int) -> int:
    """Give the memory of a process and all its descendants, shared pages counted in each."""
    return own_bytes(pid) + sum(resident_bytes(child) for child in children(pid))


def own_bytes(pid: int) -> int:
    """Give the resident memory of one process; 0 when it is gone."""
    told = _told(pid, "statm").split()
    return int(told[1]) * _PAGE_BYTES if told else 0


def _told(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text()
    except OSError:
        return ""
