"""What a report was measured on."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def fingerprint() -> dict[str, Any]:
    """Describe the machine and the moment, so that reports can be told apart."""
    return {
        "processor": _first("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": os.cpu_count(),
        "memory": _first("/proc/meminfo", "MemTotal"),
        "system": platform.platform(),
        "python": platform.python_version(),
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _first(path: str, key: str) -> str:
    """The first value of a key in a file of `key : value` lines; empty where there is none."""
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    values = (line.partition(":")[2].strip() for line in lines if line.startswith(key))
    return next(values, "")
