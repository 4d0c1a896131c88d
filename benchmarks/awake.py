"""Keeps the processors from going to sleep while something is timed.

A virtual processor that has nothing to do is taken away and takes its time to come back, at every
round trip to the database: an idle machine is then slower than a busy one. A process of the class
SCHED_IDLE on each processor, which yields to everything else at once, keeps them awake (sched(7)).
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_SPIN = """
import os
os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
parent = os.getppid()
while os.getppid() == parent:
    for _ in range(1_000_000):
        pass
"""


@contextmanager
def awake() -> Iterator[None]:
    """Keep all processors awake until the block ends; Linux only."""
    spinning = [subprocess.Popen([sys.executable, "-c", _SPIN]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()
