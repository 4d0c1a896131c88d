"""One child process: started, read line by line, ended with its whole group, its death explained.

It knows how the child is called, not what its lines mean.
"""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from extractors.limits import Limits
from extractors.records import kind_of
from extractors.types import Code

_ROOT = Path(__file__).resolve().parents[1]
_OUT_OF_TIME = {signal.SIGXCPU, signal.SIGALRM}
_OUT_OF_MEMORY = {signal.SIGABRT, signal.SIGKILL, signal.SIGTRAP, signal.SIGILL}
"""PDFium aborts or traps when an allocation fails; the kernel kills when memory is short."""


@dataclasses.dataclass(frozen=True, slots=True)
class Task:
    """What a child is asked to do: read the file's pages, or draw them into the folder."""

    path: Path
    first_page: int = 1
    folder: Path | None = None


class ChildProcess:
    """A child with one task: which file, from which page on, and into which folder to draw it."""

    def __init__(self, task: Task, limits: Limits, deadline: float) -> None:
        self._line_bytes = limits.line_bytes
        self._ending = threading.Lock()
        self._ended = False
        self._expired = False
        self._garbled = False
        arguments = [str(task.path.absolute()), json.dumps(dataclasses.asdict(limits))]
        arguments += [str(task.first_page), *([str(task.folder)] if task.folder else [])]
        self._process = subprocess.Popen(  # noqa: S603 - our own module; the path is an argument
            [sys.executable, "-P", "-m", "extractors.child", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"},  # and none of the parent's secrets
            start_new_session=True,
        )
        self._timer = threading.Timer(max(deadline - time.monotonic(), 0.0), self._expire)
        self._timer.daemon = True
        self._timer.start()

    def lines(self) -> Iterator[bytes]:
        """The lines as the child writes them, as long as each is a whole record."""
        assert self._process.stdout is not None
        while line := self._process.stdout.readline(self._line_bytes):
            if kind_of(line) is None:
                self._garbled = line.endswith(b"\n") or len(line) == self._line_bytes
                return
            yield line

    def kill(self) -> None:
        """Kill the child and everything in its group, from any thread, any number of times."""
        with self._ending:
            if not self._ended:
                os.killpg(self._process.pid, signal.SIGKILL)

    def end(self) -> Code:
        """Kill what is left and reap it; the reason why the child ended without a summary."""
        with self._ending:
            # Until it is reaped the child keeps its group's number: no stranger can be hit.
            os.killpg(self._process.pid, signal.SIGKILL)
            returncode = self._process.wait()
            self._ended = True
        self._timer.cancel()
        assert self._process.stdout is not None
        self._process.stdout.close()
        return self._explained(-returncode)

    def _expire(self) -> None:
        self._expired = True
        self.kill()

    def _explained(self, number: int) -> Code:
        if self._expired or number in _OUT_OF_TIME:
            return Code.TIME_LIMIT
        if number in _OUT_OF_MEMORY and not self._garbled:
            return Code.MEMORY_LIMIT
        return Code.PARSER_CRASHED
