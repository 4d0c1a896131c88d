"""Records what SQLAlchemy sends: each statement with its parameters and when it was answered."""

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


@dataclass(frozen=True, slots=True)
class Sent:
    """One statement, as the driver got it; times are of the clock of `time.perf_counter`."""

    sql: str
    parameters: tuple[Any, ...]
    began_s: float = 0.0
    ended_s: float = 0.0

    @property
    def first_line(self) -> str:
        """The line that tells the named blocks apart, as each begins with a comment of its own."""
        return self.sql.strip().partition("\n")[0]


@dataclass(slots=True)
class Recorder:
    """What was sent, in order."""

    sent: list[Sent] = field(default_factory=list)
    began_s: float = 0.0

    def chosen(self, first_lines: Collection[str]) -> Sequence[Sent]:
        return [item for item in self.sent if item.first_line in first_lines]

    def before(self, *_arguments: Any) -> None:
        self.began_s = time.perf_counter()

    def after(self, _connection: Any, _cursor: Any, sql: str, parameters: Any, *_rest: Any) -> None:
        self.sent.append(Sent(sql, tuple(parameters or ()), self.began_s, time.perf_counter()))


def elapsed_ms(sent: Sequence[Sent]) -> float:
    """Give the time that the database took, with the way there and back."""
    return 1000 * sum(item.ended_s - item.began_s for item in sent)


@contextmanager
def recording() -> Iterator[Recorder]:
    """Record everything that any engine sends while the block runs."""
    recorder = Recorder()
    event.listen(Engine, "before_cursor_execute", recorder.before)
    event.listen(Engine, "after_cursor_execute", recorder.after)
    try:
        yield recorder
    finally:
        event.remove(Engine, "before_cursor_execute", recorder.before)
        event.remove(Engine, "after_cursor_execute", recorder.after)
