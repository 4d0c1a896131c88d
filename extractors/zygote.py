"""The small process that forks a child for every file: single-threaded, without secrets.

It is started by `launcher` with an empty environment and holds no connection but the socket on its
standard input. For each child it is sent two sockets: the stream, over which the child gets its
task and writes its records, and the leash. It answers with the child's pid, or the negative error
number where no process could be made. When the other end of the leash is shut it kills the child's
group, reaps the child, tells its exit code (negative: the signal) on the leash and closes it. A
child is reaped only then, so that until then its pid belongs to nobody else. It reads no file.
"""

import contextlib
import errno
import gc
import importlib
import os
import selectors
import signal
import socket
import sys
from typing import NoReturn

from extractors import child
from extractors.confinement import die_with, give_way


def main(libraries: list[str]) -> NoReturn:
    """Serve until the socket on standard input is shut; the libraries are loaded before.

    It and its children give way to every other process: a search waits for no file.
    """
    give_way()
    for library in libraries:
        importlib.import_module(library)
    gc.collect()
    gc.freeze()  # else each child's first collection copies every page that it marks
    _Zygote(socket.socket(fileno=sys.stdin.fileno())).serve()
    os._exit(0)


class _Zygote:
    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._pids: dict[socket.socket, int] = {}
        self._going: dict[socket.socket, int] = {}
        """Children that were killed and are yet to be reaped, by their leashes."""
        self._woken, self._waker = socket.socketpair()
        for end in (self._woken, self._waker):
            end.setblocking(False)  # noqa: FBT003 - the library's own order
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)

    def serve(self) -> None:
        """Fork a child for every pair of sockets that comes, and end those that are let go."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj in self._pids:
                    self._end(key.fileobj)
                elif key.fileobj is self._woken:
                    with contextlib.suppress(BlockingIOError):
                        self._woken.recv(4096)
                elif not self._accept():
                    self._end_all()
                    return
            self._reap()

    def _accept(self) -> bool:
        """False when nobody is left who could ask."""
        # A byte for each pair: no reader of a stream takes the sockets of two messages together.
        message, numbers, _, _ = socket.recv_fds(self._control, 1, 2)
        ends = [socket.socket(fileno=number) for number in numbers]
        if len(ends) == 2:
            answer = self._fork(*ends)
        else:
            answer = -errno.EMFILE
            for end in ends:
                end.close()
        return bool(message) and _tell(self._control, answer)

    def _fork(self, stream: socket.socket, leash: socket.socket) -> int:
        """The pid of a child at the other end of the stream, or a negative error number."""
        zygote = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            leash.close()
            stream.close()
            return -(error.errno or errno.EAGAIN)
        if pid == 0:
            leash.close()
            self._become_child(stream, zygote)
        with contextlib.suppress(OSError):  # the child does so too; whoever comes first
            os.setpgid(pid, pid)
        stream.close()
        self._pids[leash] = pid
        self._selector.register(leash, selectors.EVENT_READ)
        return pid

    def _become_child(self, stream: socket.socket, zygote: int) -> NoReturn:
        exit_code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setpgid(0, 0)
            die_with(zygote)
            self._selector.close()
            for end in (self._control, self._woken, self._waker, *self._pids, *self._going):
                end.close()
            child.run(stream)
            exit_code = 0
        finally:
            os._exit(exit_code)  # nothing of the zygote's is flushed or closed twice

    def _end(self, leash: socket.socket) -> None:
        self._selector.unregister(leash)
        pid = self._going[leash] = self._pids.pop(leash)
        os.killpg(pid, signal.SIGKILL)

    def _reap(self, how: int = os.WNOHANG) -> None:
        for leash, pid in list(self._going.items()):
            reaped, status = os.waitpid(pid, how)
            if reaped:
                del self._going[leash]
                _tell(leash, os.waitstatus_to_exitcode(status))
                leash.close()

    def _end_all(self) -> None:
        for leash in list(self._pids):
            self._end(leash)
        self._reap(0)


def _tell(listener: socket.socket, number: int) -> bool:
    """False where nobody is listening any more."""
    try:
        listener.sendall(b"%d\n" % number)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main(sys.argv[1:])
