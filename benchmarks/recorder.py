"""Records what SQLAlchemy sends: each statement with its parameters and how long it took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


@dataclass(frozen=True, slots=True)
class Sent:
    """One statement, as the driver got it; `elapsed_s` is until its result was there."""

    sql: str
    parameters: tuple[Any, ...]
    elapsed_s: float


@dataclass(slots=True)
class Recorder:
    """What was sent, in order."""

    sent: list[Sent] = field(default_factory=list)
    began: float = 0.0

    def elapsed_ms(self, *marks: str) -> float:
        """Time of all statements that contain one of `marks`."""
        return 1000 * sum(
            item.elapsed_s for item in self.sent if any(mark in item.sql for mark in marks)
        )

    def before(self, *_arguments: Any) -> None:
        self.began = time.perf_counter()

    def after(self, _connection: Any, _cursor: Any, sql: str, parameters: Any, *_rest: Any) -> None:
        elapsed_s = time.perf_counter() - self.began
        self.sent.append(Sent(sql, tuple(parameters or ()), elapsed_s))


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
