"""How many streams of events one person follows at a time; counted in this process alone.

Each looks at the database twice a second for as long as it is open, whatever comes of it.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from search_service.errors import TooManyRequestsError

MOST_OF_ONE = 20
RETRY_AFTER_S = 5


@dataclass(slots=True)
class Streams:
    """Counts open streams by account; of one event loop, so that it needs no lock."""

    _open: Counter[int | None] = field(default_factory=Counter)

    def require_room(self, user_id: int | None) -> None:
        """Raise TooManyRequestsError where somebody follows as many as they may."""
        if self._open[user_id] >= MOST_OF_ONE:
            raise TooManyRequestsError(
                f"You follow {MOST_OF_ONE} streams already; end one, or follow several jobs in one "
                "stream.",
                RETRY_AFTER_S,
            )

    @contextmanager
    def counted(self, user_id: int | None) -> Iterator[None]:
        """Count a stream for as long as the block runs."""
        self._open[user_id] += 1
        try:
            yield
        finally:
            self._open[user_id] -= 1
