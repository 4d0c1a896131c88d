"""Keeps the newest columns that this process has read, and brings them to a search's snapshot."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal, Visibility, visible_to
from search_service.db.direct import fetch
from search_service.search.columns import ColumnRow, Columns, Mask, frozen
from search_service.search.snapshots import Moment
from search_service.search.sql import STATEMENTS
from search_service.search.tree import Field

# Of a material deleted so long before nothing may be left that tells of it (ingest.maintenance
# waits 30 days), so that a process which nobody searched with in the meantime begins anew.
OLDEST_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Version:
    """Columns with the moment that they are of, and when that was, by the monotonic clock."""

    columns: Columns
    moment: Moment
    read_at_s: float


@dataclass(slots=True)
class ColumnCache:
    """The newest version that was read; one for a process.

    A search asks for `newest` before its transaction begins, so that its own snapshot is never an
    older one.
    """

    kept: Version | None = None
    _reading: asyncio.Task[None] | None = field(default=None, init=False)

    @property
    def newest(self) -> Version | None:
        """The newest version, unless it is too old to tell what has changed since."""
        if self.kept and time.monotonic() - self.kept.read_at_s < OLDEST_S:
            return self.kept
        return None

    async def read_once(self, read: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Let one read for all who ask meanwhile; who is cancelled leaves it to the others."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(read())
        await asyncio.shield(self._reading)

    async def current(
        self,
        connection: AsyncConnection,
        known: Version | None,
        changed: Sequence[int] | None,
        moment: Moment,
    ) -> Version:
        """Give the columns at the transaction's snapshot, from known ones and what has changed
        since, and keep them.

        `changed` is None where what is known says nothing of this server: then everything is read.
        """
        if known is None or changed is None:
            if self.kept and self.kept.moment.server != moment.server:
                self.kept = None
            rows = await fetch(connection, STATEMENTS["all_columns"])
            return self._made(moment, lambda: Columns.of(_rows(rows)))
        if not changed:
            return self._made(moment, lambda: known.columns)
        rows = await fetch(connection, STATEMENTS["changed_columns"], {"ids": changed})
        return self._made(moment, lambda: known.columns.changed(changed, _rows(rows)))

    def _made(self, moment: Moment, make: Callable[[], Columns]) -> Version:
        """Make a version, unless another search has made it meanwhile, and keep the newest."""
        if self.kept and self.kept.moment == moment and moment.is_exact:
            self.kept = replace(self.kept, read_at_s=time.monotonic())
            return self.kept
        version = Version(make(), moment, time.monotonic())
        if not (self.kept and moment.is_before(self.kept.moment)):
            self.kept = version
        return version


def visible(columns: Columns, principal: Principal) -> Mask:
    """Give which rows exist for the principal: the rule of `visible_sql`, on the columns.

    What is shown of them is read by statements that have the rule itself.
    """
    rule = visible_to(principal)
    known = _masks.setdefault(columns, {})
    if rule not in known:
        known[rule] = frozen(_visible(columns, rule))
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
