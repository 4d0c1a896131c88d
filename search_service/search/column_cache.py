"""Keeps the newest columns that this process has read, and brings them to a search's snapshot."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal, Visibility, visible_to
from search_service.db.direct import fetch
from search_service.search.columns import ColumnRow, Columns, Mask
from search_service.search.snapshots import end_of
from search_service.search.sql import STATEMENTS
from search_service.search.tree import Field

# Of a material deleted so long before nothing may be left that tells of it (ingest.maintenance
# waits 30 days), so that a process which nobody searched with in the meantime begins anew.
OLDEST_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Version:
    """Columns with the snapshot that they are of, and when that was, by the monotonic clock."""

    columns: Columns
    snapshot: str
    read_at_s: float


@dataclass(slots=True)
class ColumnCache:
    """The newest version that was read; one for a process.

    A search asks for `newest` before its transaction begins, so that its own snapshot is never an
    older one, and keeps what `current` makes of it.
    """

    kept: Version | None = None

    @property
    def newest(self) -> Version | None:
        """The newest version, unless it is too old to tell what has changed since."""
        if self.kept and time.monotonic() - self.kept.read_at_s < OLDEST_S:
            return self.kept
        return None

    def keep(self, version: Version) -> None:
        """Keep a version unless there is one that was read from a later snapshot."""
        if self.kept is None or end_of(version.snapshot) >= end_of(self.kept.snapshot):
            self.kept = version


async def current(
    connection: AsyncConnection, known: Version | None, changed: Iterable[int] | None, snapshot: str
) -> Version:
    """Give the columns at the transaction's snapshot, from known ones and what has changed since.

    `changed` is None where nothing is known: then everything is read.
    """
    if known is None or changed is None:
        rows = await fetch(connection, STATEMENTS["all_columns"])
        return Version(Columns.of(_rows(rows)), snapshot, time.monotonic())
    gone = list(changed)
    if not gone:
        return replace(known, read_at_s=time.monotonic())
    rows = await fetch(connection, STATEMENTS["changed_columns"], {"ids": gone})
    columns = known.columns.changed(gone, _rows(rows))
    return Version(columns, snapshot, time.monotonic())


def visible(columns: Columns, principal: Principal) -> Mask:
    """Give which rows exist for the principal: the rule of `visible_sql`, on the columns.

    What is shown of them is read by statements that have the rule itself.
    """
    rule = visible_to(principal)
    known = _masks.setdefault(columns, {})
    if rule not in known:
        known[rule] = _visible(columns, rule)
        known[rule].flags.writeable = False  # it is handed out again
    return known[rule]


# By version, so that they go with it.
_masks: WeakKeyDictionary[Columns, dict[Visibility, Mask]] = WeakKeyDictionary()


def _visible(columns: Columns, rule: Visibility) -> Mask:
    if rule.see_all:
        return columns.present
    seen = columns.having(Field.STATUS, (status.casefold() for status in rule.statuses))
    seen &= columns.having(Field.AUDIENCE, (each.casefold() for each in rule.audiences))
    if rule.owner_id is not None:
        seen |= columns.having(Field.OWNER, (str(rule.owner_id),))
    return seen


def _rows(rows: Sequence[Row[tuple[object, ...]]]) -> list[ColumnRow]:
    return [ColumnRow._make(row) for row in rows]
