"""How many files one worker reads at once: what a setting says, else what memory allows."""

import os
from pathlib import Path

GIB = 1 << 30
# A reader's limit of one GiB, and what its parent keeps of the file meanwhile.
SEAT_BYTES = GIB + GIB // 4
# The rest is the database's, the service's and the page cache's.
SHARE = 0.5
_CONTAINER_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def count(stated: int) -> int:
    """Give the number of seats, at least 1; `stated` is the setting, 0 for "by memory"."""
    return stated or fitting(memory_bytes(), os.cpu_count() or 1)


def fitting(memory: int, processors: int) -> int:
    """Give the seats for so many bytes of memory: never more than processors, never none."""
    return max(1, min(processors, int(memory * SHARE / SEAT_BYTES)))


def memory_bytes() -> int:
    """Give the memory of the machine, or of the container where that has less."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([whole, *filter(None, map(_limit, _CONTAINER_LIMITS))])


def _limit(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):  # no container, or "max"
        return None
