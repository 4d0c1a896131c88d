"""Records on their way as JSON lines, to be taken in one thread and stopped from another.

It knows neither what the lines mean nor where they come from.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Generator


class Relay(ABC):
    """One file's records as JSON lines that end with a summary."""

    def __init__(self) -> None:
        self._busy = threading.Lock()
        self._stopped = False
        self._lines = self._relay()

    def next_line(self) -> bytes | None:
        """The next line, newline included; None behind the summary. Blocks."""
        with self._busy:
            return next(self._lines, None)

    def stop(self) -> None:
        """End what runs and everything that it started; blocks while it goes."""
        self._stopped = True
        self._end_what_runs()
        with self._busy:
            self._lines.close()

    @abstractmethod
    def _relay(self) -> Generator[bytes]:
        """Give the lines; asked for once, and begun with the first of them."""

    @abstractmethod
    def _end_what_runs(self) -> None:
        """Let a line that is waited for come at once, or none; from any thread."""


class Chain(Relay):
    """A relay whose lines come from others, one of which runs at a time."""

    def __init__(self) -> None:
        self._running: Relay | None = None
        super().__init__()

    def _through(self, other: Relay) -> Generator[bytes]:
        """The other's lines; none where this was stopped meanwhile."""
        self._running = other
        try:
            if not self._stopped:
                yield from iter(other.next_line, None)
        finally:
            other.stop()

    def _end_what_runs(self) -> None:
        if running := self._running:
            running.stop()
