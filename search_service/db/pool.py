"""The pool of connections: under load it waits for one that it keeps before it opens another.

Beyond the connections that it keeps SQLAlchemy's pool opens one for each checkout and closes it
afterwards. A new one has all of its statements to prepare: a search on it takes 57 ms instead of 16
(100,000 passages).
"""

from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry
from sqlalchemy.util.queue import Empty

# So long is waited for one that is kept, before another is opened.
PATIENCE_S = 0.25


class PatientPool(AsyncAdaptedQueuePool):
    """SQLAlchemy's pool, which opens connections beyond those that it keeps only late."""

    def _do_get(self) -> ConnectionPoolEntry:
        if self._overflow >= 0:  # all that are kept are made
            try:
                return self._pool.get(True, PATIENCE_S)
            except Empty:
                pass
        return super()._do_get()
