"""The lists of a query's lexemes: in which passages each weighs how much, in which materials it is.

A lexeme that is not rare has them stored, and those read last are kept in the process; a rare one's
are read from the index; and whatever was written since they were stored is read as it stands. So a
list is as it would be now, but for what a budget cuts from the end of its passages.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.direct import fetch
from search_service.search import bitmaps, postings, ranking
from search_service.search.bitmaps import Bitmap, bitmap_of, intersect, mask_of
from search_service.search.columns import Integers, frozen
from search_service.search.count_cache import CountCache
from search_service.search.postings import Scored
from search_service.search.snapshots import Moment
from search_service.search.sql import STATEMENTS
from search_service.search.terms import quoted

# Passages read of all stored lists together, and of one, 8 bytes each. Evidence: ARCHITECTURE.md,
# "Bounded work".
BUDGET = 98_304
DEEPEST = 16_384

# Of lists kept in one process, in bytes. Evidence: ARCHITECTURE.md, "Lists and lexemes that were
# read stay in the process".
MOST_KEPT = 256 << 20
_ENTRY_BYTES = 1_000

# A lexeme as the query has it: its language and itself.
Form: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FormList:
    """The best passages of a lexeme with their saturations; all materials that hold it."""

    passages: Scored
    holders: Bitmap


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of some lexemes; one that stands nowhere has none.

    `cut` tells whether there are passages beyond those of a list.
    """

    by_form: Mapping[Form, FormList]
    cut: bool = False

    def holding(self, forms: Iterable[Form]) -> Bitmap:
        """Give the materials that hold one of the lexemes."""
        listed = (self.by_form[form].holders for form in forms if form in self.by_form)
        return bitmaps.union(listed)


@dataclass(frozen=True, slots=True)
class KeptList:
    """A list as it is stored: the best passages, `depth` of them unless there are fewer, and all
    materials that hold it. Nothing of it can be written to.
    """

    passages: Scored
    holders: Bitmap
    depth: int

    def __post_init__(self) -> None:
        for array in self._arrays():
            frozen(array)

    @property
    def size(self) -> int:
        """In bytes."""
        return sum(array.nbytes for array in self._arrays())

    def reaches(self, depth: int) -> bool:
        return self.depth >= depth or len(self.passages.keys) < self.depth

    def best(self, depth: int) -> FormList:
        best = Scored(self.passages.keys[:depth], self.passages.scores[:depth])
        return FormList(best, self.holders)

    def _arrays(self) -> tuple[NDArray[Any], ...]:
        return self.passages.keys, self.passages.scores, self.holders


# None for a rare lexeme, of which no list is stored.
ListCache: TypeAlias = CountCache[Form, KeptList | None]


def list_cache(most: int = MOST_KEPT) -> ListCache:
    """Make an empty cache for `ListReader`, of so many bytes."""
    return CountCache(most, _bytes_of)


def _bytes_of(form: Form, kept: KeptList | None) -> int:
    return _ENTRY_BYTES + 4 * len(form[1]) + (kept.size if kept else 0)


@dataclass(frozen=True, slots=True)
class ListReader:
    """Reads lists at one snapshot.

    `rows` is how many the columns have; `rewritten` are the materials of which stored lists
    are out of date. `counted_at` is the snapshot of the count that stored them, of which the cache
    may have some. None: nothing is stored, and all are rewritten.
    """

    connection: AsyncConnection
    rows: int
    rewritten: Integers
    counted_at: Moment | None
    cache: ListCache

    async def read(self, forms: Sequence[Form], *, with_passages: bool = True) -> Lists:
        """Read the lists of lexemes; without their passages where only materials are asked for."""
        if not forms:
            return Lists({})
        depth = min(DEEPEST, BUDGET // len(forms)) if with_passages else 0
        found = _Found(_Settled(self.rows, bitmap_of(self.rewritten)))
        if self.counted_at is not None:
            stored = await self._stored(forms, depth)
            for form, each in stored.items():
                if each:
                    best = each.best(depth)
                    found.add_stored(form, best)
                    found.cut |= len(best.passages.keys) >= depth
            await self._read_rare([form for form in forms if not stored[form]], found)
        if len(self.rewritten):
            await self._read_written(forms, found)
        return Lists(found.by_form(), found.cut)

    async def _stored(self, forms: Sequence[Form], depth: int) -> dict[Form, KeptList | None]:
        """The stored lists of the forms, so deep at least; None for a rare one."""
        kept = self.cache.known(self.counted_at, forms)
        known = {form: each for form, each in kept.items() if not each or each.reaches(depth)}
        asked = [form for form in forms if form not in known]
        if not asked:
            return known
        rows = await fetch(
            self.connection,
            STATEMENTS["stored_lists"],
            {
                "languages": [language for language, _ in asked],
                "lexemes": [lexeme for _, lexeme in asked],
                "bytes": 8 * depth,
            },
        )
        read: dict[Form, KeptList | None] = dict.fromkeys(asked)
        for row in rows:
            passages = postings.unpacked(row.postings)
            holders = bitmap_of(postings.unpacked_ids(row.materials))
            read[asked[row.form]] = KeptList(passages, holders, depth)
        self.cache.keep(self.counted_at, read)
        return known | read

    async def _read_rare(self, forms: Sequence[Form], found: "_Found") -> None:
        if not forms:
            return
        rows = await fetch(self.connection, _statement("rare_lists"), _binds(forms))
        for row in rows:
            found.add_stored(forms[row.form], _list(row))

    async def _read_written(self, forms: Sequence[Form], found: "_Found") -> None:
        any_query = " | ".join(sorted({quoted(lexeme) for _, lexeme in forms}))
        binds = {
            "ids": self.rewritten.tolist(),
            "any_query": any_query,
            **_binds(forms),
        }
        read = await fetch(self.connection, _statement("written_lists"), binds)
        for row in read:
            found.add(forms[row.form], _list(row))


@dataclass(frozen=True, slots=True)
class _Settled:
    """Tells what of stored lists holds yet: nothing of what was written since, or is beyond the
    columns. What is gone and has a row yet disturbs nobody: by the columns it takes no part.
    """

    rows: int
    written: Bitmap

    def of(self, stored: FormList) -> FormList:
        """Give what is settled of a list."""
        if len(stored.holders) * 8 <= self.rows and not intersect(stored.holders, self.written):
            return stored
        held = mask_of(stored.holders, self.rows) & ~mask_of(self.written, self.rows)
        within = np.append(held, False)  # the last one is for all beyond
        places = np.minimum(stored.passages.materials, self.rows)
        return FormList(stored.passages.where(within[places]), np.packbits(held))


@dataclass(slots=True)
class _Found:
    """Parts of lists as they come in."""

    settled: _Settled
    parts: dict[Form, list[FormList]] = field(default_factory=dict)
    cut: bool = False

    def add_stored(self, form: Form, part: FormList) -> None:
        """Add what is settled of a part."""
        self.add(form, self.settled.of(part))

    def add(self, form: Form, part: FormList) -> None:
        self.parts.setdefault(form, []).append(part)

    def by_form(self) -> dict[Form, FormList]:
        return {form: _joined(parts) for form, parts in self.parts.items()}


def _joined(parts: Sequence[FormList]) -> FormList:
    if len(parts) == 1:
        return parts[0]
    passages = postings.joined([part.passages for part in parts])
    return FormList(passages, bitmaps.union(part.holders for part in parts))


def _statement(name: str) -> TextClause:
    composed = {
        "saturation": ranking.saturation("CAST(f.query AS tsquery)"),
        "length_factors": ranking.length_factors("p", "c"),
    }
    return STATEMENTS.composed(name, composed)


def _binds(forms: Sequence[Form]) -> dict[str, object]:
    return {
        "queries": [quoted(lexeme) for _, lexeme in forms],
        "languages": [language for language, _ in forms],
        "steps": ranking.steps(),
    }


def _list(row: Any) -> FormList:
    """A list whose passages are all there is."""
    keys = postings.unpacked_array(row.keys, ">i8")
    passages = Scored(keys, postings.unpacked_array(row.saturations, ">f8"))
    return FormList(passages, bitmap_of(passages.materials))
