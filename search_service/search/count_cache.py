"""Keeps what searches read of the newest count: lists, lexemes of words, endings of prefixes.

A count replaces lists and frequencies in one transaction, and a search's snapshot tells which count
it sees: what is kept for that is what the search would read.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from search_service.search.snapshots import Moment

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(slots=True)
class CountCache(Generic[Key, Value]):
    """What was read of one count, the newest that was seen; `most` bytes at most as `measure`
    counts them, of 0 nothing. Forgets what was not asked for the longest. Whoever is given a value
    must not change it.

    `counted_at` is the snapshot that a count keeps; None where nothing was counted.
    """

    most: int
    measure: Callable[[Key, Value], int]
    _counted_at: Moment | None = None
    _kept: OrderedDict[Key, Value] = field(default_factory=OrderedDict)
    _bytes: int = 0

    def known(self, counted_at: Moment | None, keys: Iterable[Key]) -> dict[Key, Value]:
        """Give what is kept of that count."""
        if counted_at is None or counted_at != self._counted_at:
            return {}
        found = {key: self._kept[key] for key in keys if key in self._kept}
        for key in found:
            self._kept.move_to_end(key)
        return found

    def keep(self, counted_at: Moment | None, read: Mapping[Key, Value]) -> None:
        """Keep what was read of a count, unless there is what was read of a later one."""
        if counted_at is None or not self._turns_to(counted_at):
            return
        for key, value in read.items():
            self._forget(key)
            self._kept[key] = value
            self._bytes += self.measure(key, value)
        while self._bytes > self.most:
            self._forget(next(iter(self._kept)))

    def _turns_to(self, counted_at: Moment) -> bool:
        if self._counted_at is not None and counted_at.is_before(self._counted_at):
            return False
        if counted_at != self._counted_at:
            self._counted_at, self._bytes = counted_at, 0
            self._kept.clear()
        return True

    def _forget(self, key: Key) -> None:
        if key in self._kept:
            self._bytes -= self.measure(key, self._kept.pop(key))
