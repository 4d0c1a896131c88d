"""What a process that parses an untrusted file may use; called by that process on itself.

The limits hold for the process alone and are inherited by what it starts. Address space, not
resident memory, is what the kernel can bound; a parser that hits it aborts or raises MemoryError.
"""

import contextlib
import ctypes
import os
import resource
import signal
import sys
from math import ceil
from pathlib import Path

from extractors.limits import Limits

_FILE_BYTES = 8 << 20
"""Where nothing is copied or converted, no file is written but pictures and byte code."""
_NICENESS = 10
"""A tenth of the weight of who answers searches: reading takes what they leave."""
_AUTOGROUP = Path("/proc/self/autogroup")
"""Linux may weigh sessions against each other first: sched(7). Niceness counts within one then."""
_PR_SET_PDEATHSIG = 1
"""From linux/prctl.h."""
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
"""From linux/sched.h."""
_START_UP_S = 2
"""Processor seconds that loading libraries may use."""
_LAST_WORD_S = 5
"""The hard limit comes later than the soft one, as it kills without saying why."""


def confine(limits: Limits, written_bytes: int = _FILE_BYTES) -> None:
    """Apply every limit; processor time at first as for a file of at most 100 pages.

    `written_bytes` is how large a file may be that the process writes.
    The alarm ends an orphan: its default action kills, whatever the parser is busy with.
    """
    _set(resource.RLIMIT_AS, limits.memory_bytes)
    _set(resource.RLIMIT_FSIZE, written_bytes)
    _set(resource.RLIMIT_CORE, 0)
    _set(resource.RLIMIT_NOFILE, limits.open_files)
    hard_s = limits.cpu_s(limits.pages) + _START_UP_S + _LAST_WORD_S
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s(1) + _START_UP_S, hard_s))
    signal.alarm(ceil(limits.wall_s))


def give_way() -> None:
    """Let everybody else have the processor first; for a process with a session of its own."""
    os.nice(_NICENESS)
    with contextlib.suppress(OSError):  # another system, or a kernel without it
        _AUTOGROUP.write_text(str(_NICENESS))


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent dies, where the kernel can (Linux).

    Elsewhere whoever reads the child's lines ends it, and the alarm at the latest.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it was quicker
        os._exit(1)


def leave_network() -> bool:
    """Give this process and what it starts a network without any interface, where the kernel lets.

    Linux as root, or with namespaces of users; False where neither is.
    """
    if sys.platform != "linux":
        return False
    unshare = ctypes.CDLL(None, use_errno=True).unshare
    flags = (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET)
    return any(unshare(each) == 0 for each in flags)


def allow_cpu_for(limits: Limits, pages: int) -> None:
    """Raise the processor time to that of a file of so many pages, within the cap on pages."""
    _, hard_s = resource.getrlimit(resource.RLIMIT_CPU)
    soft_s = min(limits.cpu_s(pages) + _START_UP_S, hard_s - _LAST_WORD_S)
    resource.setrlimit(resource.RLIMIT_CPU, (soft_s, hard_s))


def _set(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, value))
