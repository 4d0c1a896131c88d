"""Keeps the stored lists that searches read last, as the newest count left them.

A count replaces all lists in one transaction, and a search's snapshot tells which count it sees:
what is kept for that is what the search would read. Lists are by the ids of materials, so that a
change of the columns leaves them as they are.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from search_service.search.postings import Scored
from search_service.search.snapshots import end_of

# In one process: half of the lists of a million passages. Evidence: ARCHITECTURE.md, "Decisions".
MOST_BYTES = 256 << 20
_ENTRY_BYTES = 500

# A lexeme as the query has it: its language and itself.
Form = tuple[str, str]


@dataclass(frozen=True, slots=True)
class StoredList:
    """A list as it is stored: the best passages, `depth` of them unless there are fewer, and the
    ids of all materials, ascending, in 32 bits.
    """

    passages: Scored
    ids: NDArray[np.int32]
    depth: int

    def reaches(self, depth: int) -> bool:
        return self.depth >= depth or len(self.passages.keys) < self.depth

    def best(self, depth: int) -> Scored:
        return Scored(self.passages.keys[:depth], self.passages.scores[:depth])

    @property
    def size(self) -> int:
        """In bytes."""
        return self.passages.keys.nbytes + self.passages.scores.nbytes + self.ids.nbytes


@dataclass(slots=True)
class ListCache:
    """Lists of one count, by lexeme; None for a rare lexeme, which has none. Forgets the lists that
    were not asked for the longest.
    """

    most_bytes: int = MOST_BYTES
    _count: str | None = None
    _kept: OrderedDict[Form, StoredList | None] = field(default_factory=OrderedDict)
    _bytes: int = 0

    def known(self, count: str, forms: Iterable[Form], depth: int) -> dict[Form, StoredList | None]:
        """Give what is kept for the count with that snapshot and reaches so deep."""
        if count != self._count:
            return {}
        found = {form: self._kept[form] for form in forms if form in self._kept}
        for form in found:
            self._kept.move_to_end(form)
        return {form: each for form, each in found.items() if not each or each.reaches(depth)}

    def keep(self, count: str, lists: Mapping[Form, StoredList | None]) -> None:
        """Keep lists of a count, unless there are those of a later one."""
        if count != self._count:
            if self._count is not None and end_of(count) < end_of(self._count):
                return
            self._count, self._bytes = count, 0
            self._kept.clear()
        for form, each in lists.items():
            self._forget(form)
            self._kept[form] = each
            self._bytes += _size(each)
        while self._bytes > self.most_bytes:
            self._forget(next(iter(self._kept)))

    def _forget(self, form: Form) -> None:
        if form in self._kept:
            self._bytes -= _size(self._kept.pop(form))


def _size(each: StoredList | None) -> int:
    return _ENTRY_BYTES + (each.size if each else 0)
