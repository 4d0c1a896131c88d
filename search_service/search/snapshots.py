"""When something was read: a snapshot of one run of a server.

After a server started anew, from a backup or as the standby that took over, its snapshots tell
nothing of those of the run before, whatever their numbers.
"""

from typing import NamedTuple


class Moment(NamedTuple):
    """A snapshot as PostgreSQL writes it, `xmin:xmax:…`, and when its server started.

    A standby's does not name the transactions that run, so that two of them may look alike: it is
    not exact.
    """

    server: str
    snapshot: str
    is_exact: bool = True

    def is_before(self, other: "Moment") -> bool:
        """Tell whether it is an earlier moment of the same server."""
        return self.server == other.server and self.end < other.end

    @property
    def end(self) -> int:
        """The first transaction that had not begun: a later snapshot has no smaller one."""
        return int(self.snapshot.split(":")[1])
