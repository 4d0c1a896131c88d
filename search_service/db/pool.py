"""The pool of connections: how it saves round trips and new connections.

With `pool_pre_ping` SQLAlchemy asks at each checkout whether a connection is alive, which costs a
round trip; a request takes two connections. Whoever ends a connection openly is noticed at once by
the event loop, and a network that lost it in silence does so to connections that rested.

And beyond the connections that it keeps SQLAlchemy opens one for each checkout and closes it
afterwards. A new one has all of its statements to prepare, which takes longer than ten searches:
under load it is quicker to wait for one of those that are kept.
"""

import time
from typing import Any

from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry
from sqlalchemy.util.queue import Empty

# A connection that was used so lately is taken to be alive.
RESTED_S = 1.0
# So long is waited for one that is kept, before another is opened.
PATIENCE_S = 0.25

_USED_AT = "used_at_s"


class PatientPool(AsyncAdaptedQueuePool):
    """SQLAlchemy's pool; one used just now counts as fresh, and others are opened late."""

    def _do_get(self) -> ConnectionPoolEntry:
        record: Any = self._kept() or super()._do_get()
        used_at_s = record.info.get(_USED_AT)
        if used_at_s is not None and time.monotonic() - used_at_s < RESTED_S:
            driver = record.driver_connection  # None where it was invalidated
            record.fresh = driver is not None and not driver.is_closed()
        return record  # type: ignore[no-any-return]  # `fresh` is not of the entry's type

    def _kept(self) -> ConnectionPoolEntry | None:
        """One of the connections that are kept, if all of these are made, and one comes back."""
        if self._overflow < 0:
            return None
        try:
            return self._pool.get(True, PATIENCE_S)
        except Empty:
            return None

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        record.info[_USED_AT] = time.monotonic()
        super()._do_return_conn(record)
