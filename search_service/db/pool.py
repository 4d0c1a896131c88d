"""The pool of connections: asks whether a connection is alive only where it has rested.

With `pool_pre_ping` SQLAlchemy asks at each checkout, which costs a round trip; a request takes two
connections. Whoever ends a connection openly is noticed at once by the event loop, and a network
that lost it in silence does so to connections that rested.
"""

import time
from typing import Any

from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry

# A connection that was used so lately is taken to be alive.
RESTED_S = 1.0

_USED_AT = "used_at_s"


class RestedPool(AsyncAdaptedQueuePool):
    """SQLAlchemy's pool, in which a connection used just now counts as fresh: it is not pinged."""

    def _do_get(self) -> ConnectionPoolEntry:
        record: Any = super()._do_get()
        used_at_s = record.info.get(_USED_AT)
        if used_at_s is not None and time.monotonic() - used_at_s < RESTED_S:
            record.fresh = not record.driver_connection.is_closed()
        return record  # type: ignore[no-any-return]  # `fresh` is not of the entry's type

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        record.info[_USED_AT] = time.monotonic()
        super()._do_return_conn(record)
