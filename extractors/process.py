"""One child process: started, read line by line, ended with its whole group, its death explained.

It knows how the child is called, not what its lines mean.
"""

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from typing import NamedTuple

from extractors.launcher import Launcher
from extractors.limits import Limits
from extractors.records import kind_of
from extractors.task import Task, encode_request
from extractors.types import Code

_OUT_OF_TIME = {signal.SIGXCPU, signal.SIGALRM}
_OUT_OF_MEMORY = {signal.SIGABRT, signal.SIGKILL, signal.SIGTRAP, signal.SIGILL}
"""PDFium aborts or traps when an allocation fails; the kernel kills when memory is short."""
_BUFFER_BYTES = 1 << 16
_GOES_WITHIN_S = 30.0
"""A killed child goes at once, unless the kernel cannot let it go or the zygote is stopped."""


class Death(NamedTuple):
    """Why a child ended without a summary; not `by_file` where it may have been anyone's doing."""

    code: Code
    by_file: bool = True


class ChildProcess:
    """A child with one task."""

    def __init__(self, task: Task, limits: Limits, deadline: float, launcher: Launcher) -> None:
        self._line_bytes = limits.line_bytes
        self._ending = threading.Lock()
        self._ended = False
        self._expired = False
        self._garbled = False
        self._pid, self._stream, self._leash = launcher.launch()
        with contextlib.suppress(OSError):  # it is gone already; `end` says why
            self._stream.sendall(encode_request(task, limits))
        self._timer = threading.Timer(max(deadline - time.monotonic(), 0.0), self._expire)
        self._timer.daemon = True
        self._timer.start()

    def lines(self) -> Iterator[bytes]:
        """The lines as the child writes them, as long as each is a whole record."""
        with (
            contextlib.suppress(ConnectionResetError),  # it went before it took its task
            self._stream.makefile("rb", _BUFFER_BYTES) as written,
        ):
            while line := written.readline(self._line_bytes):
                if kind_of(line) is None:
                    self._garbled = line.endswith(b"\n") or len(line) == self._line_bytes
                    return
                yield line

    def kill(self) -> None:
        """Have the child and its whole group killed, from any thread, any number of times."""
        with self._ending:
            if not self._ended:
                _shut(self._leash, socket.SHUT_WR)
                _shut(self._stream, socket.SHUT_RDWR)

    def end(self) -> Death:
        """Have what is left killed and reaped; why the child ended without a summary."""
        _shut(self._leash, socket.SHUT_WR)
        exit_code = _told(self._leash)
        with self._ending:
            self._ended = True
            self._stream.close()
            self._leash.close()
        self._timer.cancel()
        if exit_code is not None:
            return self._explained(-exit_code)
        # The zygote is gone. On Linux the child went with it; elsewhere, and for what the child
        # had started itself, this is the end. The number was its own a moment ago.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, signal.SIGKILL)
        return Death(Code.TIME_LIMIT if self._expired else Code.PARSER_CRASHED, by_file=False)

    def _expire(self) -> None:
        self._expired = True
        self.kill()

    def _explained(self, number: int) -> Death:
        if self._expired or number in _OUT_OF_TIME:
            return Death(Code.TIME_LIMIT)
        if number in _OUT_OF_MEMORY and not self._garbled:
            return Death(Code.MEMORY_LIMIT, by_file=number != signal.SIGKILL)
        return Death(Code.PARSER_CRASHED)


def _shut(end: socket.socket, how: int) -> None:
    with contextlib.suppress(OSError):  # the other end is gone
        end.shutdown(how)


def _told(leash: socket.socket) -> int | None:
    """The child's exit code, once the zygote has reaped it; None where the zygote died or hangs."""
    leash.settimeout(_GOES_WITHIN_S)
    told = b""
    with contextlib.suppress(TimeoutError, ConnectionResetError):
        while chunk := leash.recv(32):
            told += chunk
    return int(told) if told else None
