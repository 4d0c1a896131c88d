"""Children asked of a zygote, which is started when the first one is needed, and anew if it died.

It knows how the zygote is called and spoken to, not what a child does. Any thread may ask; the
calling process never forks itself. A zygote ends with the process that started it, as the socket
between them is shut, whatever ended that process.
"""

import atexit
import errno
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

_ROOT = Path(__file__).resolve().parents[1]
_ENDS_WITHIN_S = 5.0
_ANSWERS_WITHIN_S = 60.0
"""A fork takes two milliseconds and a start 250; what takes longer is stopped, or no machine."""
_LIBRARIES = (
    "extractors.pdf.copy",
    "extractors.pdf.fallback",
    "extractors.plain.extractor",
    "extractors.pptx.copy",
    "extractors.pptx.deck",
    "extractors.services.render",
    "PIL.JpegImagePlugin",
    "PIL.WebPImagePlugin",
)


class Lines(NamedTuple):
    """A child's pid and our ends of two sockets: one to the child, one to the zygote about it."""

    pid: int
    stream: socket.socket
    leash: socket.socket


class Launcher:
    """A zygote that is there when it is needed; usable as a context that ends it.

    `libraries` are the modules that it loads before it forks: for one file none is the quickest,
    as the child loads what that file needs.
    """

    def __init__(self, libraries: tuple[str, ...] = _LIBRARIES) -> None:
        self._libraries = libraries
        self._asking = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The zygote's; None before the first child."""
        return self._process.pid if self._process else None

    def launch(self) -> Lines:
        """A new child's lines. Raises OSError where the machine has no room for one."""
        stream, theirs = socket.socketpair()
        leash, held = socket.socketpair()
        try:
            # macOS may lose a socket on its way whose sender has closed it: ours are open till then
            with theirs, held, self._asking:
                return Lines(self._ask([theirs.fileno(), held.fileno()]), stream, leash)
        except OSError:
            stream.close()
            leash.close()
            raise

    def stop(self) -> None:
        """End the zygote and every child of it; the next launch starts a new one."""
        with self._asking:
            self._discard()

    def _ask(self, ends: list[int]) -> int:
        for _ in range(2):
            try:
                return self._answer(ends)
            except (BrokenPipeError, ConnectionResetError, TimeoutError, EOFError):
                self._discard()
        raise OSError(errno.ECHILD, "the process that forks the readers ends at once")

    def _answer(self, ends: list[int]) -> int:
        control = self._started()
        socket.send_fds(control, [b"."], ends)
        answer = b""
        while not answer.endswith(b"\n"):
            answer += (chunk := control.recv(32))
            if not chunk:
                raise EOFError
        pid = int(answer)
        if pid < 0:
            raise OSError(-pid, os.strerror(-pid))
        return pid

    def _started(self) -> socket.socket:
        if self._control is None:
            self._control, theirs = socket.socketpair()
            self._control.settimeout(_ANSWERS_WITHIN_S)
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603 - our own module
                    [sys.executable, "-P", "-m", "extractors.zygote", *self._libraries],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    # and none of the parent's secrets
                    env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"},
                    start_new_session=True,
                )
            atexit.register(self.stop)
        return self._control

    def _discard(self) -> None:
        atexit.unregister(self.stop)
        if self._control:
            self._control.close()
            self._control = None
        if self._process:
            try:
                self._process.wait(_ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
