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
from search_service.search import postings, ranking
from search_service.search.columns import Columns, Integers, Mask
from search_service.search.count_cache import CountCache
from search_service.search.postings import Scored
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
    """The best passages of a lexeme, by row, with their saturations; the ids of its materials."""

    passages: Scored
    ids: Integers


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of some lexemes; one that stands nowhere has none.

    `cut` tells whether there are passages beyond those of a list.
    """

    by_form: Mapping[Form, FormList]
    columns: Columns
    cut: bool = False

    def holding(self, forms: Iterable[Form]) -> Mask:
        """Give the rows of the materials that hold one of the lexemes."""
        found = np.zeros(len(self.columns.row_of), np.bool_)
        for form in forms:
            if form in self.by_form:
                found[self.by_form[form].ids] = True
        held: Mask = found[self.columns.ids]
        return held


@dataclass(frozen=True, slots=True)
class KeptList:
    """A list as it is stored: the best passages, `depth` of them unless there are fewer, and the
    ids of all materials, ascending, in 32 bits. Nothing of it can be written to.
    """

    passages: Scored
    ids: NDArray[np.int32]
    depth: int

    def __post_init__(self) -> None:
        for array in self._arrays():
            array.flags.writeable = False

    @property
    def size(self) -> int:
        """In bytes."""
        return sum(array.nbytes for array in self._arrays())

    def reaches(self, depth: int) -> bool:
        return self.depth >= depth or len(self.passages.keys) < self.depth

    def best(self, depth: int) -> Scored:
        return Scored(self.passages.keys[:depth], self.passages.scores[:depth])

    def _arrays(self) -> tuple[NDArray[Any], ...]:
        return self.passages.keys, self.passages.scores, self.ids


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

    `rewritten` are the rows whose stored lists are out of date; `counted_at` is the snapshot of the
    count that stored them, of which the cache may have some. None: nothing is stored.
    """

    connection: AsyncConnection
    columns: Columns
    rewritten: Mask
    counted_at: str | None
    cache: ListCache

    async def read(self, forms: Sequence[Form], *, with_passages: bool = True) -> Lists:
        """Read the lists of lexemes; without their passages where only materials are asked for."""
        if not forms:
            return Lists({}, self.columns)
        depth = min(DEEPEST, BUDGET // len(forms)) if with_passages else 0
        found = _Found(self.columns)
        if not self.rewritten.all():
            stored = await self._stored(forms, depth)
            for form, each in stored.items():
                if each:
                    best = each.best(depth)
                    ids = self._settled_ids(each.ids.astype(np.int64))
                    found.add(form, self._settled(best), ids)
                    found.cut |= len(best.keys) >= depth
            await self._read_rare([form for form in forms if not stored[form]], found)
        if self.rewritten.any():
            await self._read_written(forms, found)
        return found.lists()

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
            passages, ids = postings.unpacked(row.postings), postings.unpacked_ids(row.materials)
            read[asked[row.form]] = KeptList(passages, ids, depth)
        self.cache.keep(self.counted_at, read)
        return known | read

    async def _read_rare(self, forms: Sequence[Form], found: "_Found") -> None:
        if not forms:
            return
        rows = await fetch(self.connection, _statement("rare_lists"), _binds(forms))
        for row in rows:
            passages = self._settled(_passages(row))
            found.add(forms[row.form], passages, self.columns.ids[passages.materials])

    async def _read_written(self, forms: Sequence[Form], found: "_Found") -> None:
        any_query = " | ".join(sorted({quoted(lexeme) for _, lexeme in forms}))
        binds = {
            "ids": self.columns.ids[self.rewritten].tolist(),
            "any_query": any_query,
            **_binds(forms),
        }
        read = await fetch(self.connection, _statement("written_lists"), binds)
        for row in read:
            passages = self._placed(_passages(row))
            found.add(forms[row.form], passages, self.columns.ids[passages.materials])

    def _placed(self, stored: Scored) -> Scored:
        """Passages by the rows of their materials; -1 stands for one that is gone."""
        return postings.placed(stored, self.columns.rows(stored.materials))

    def _settled(self, stored: Scored) -> Scored:
        """Passages by row, without those that are gone or were written since lists were stored."""
        passages = self._placed(stored)
        settled = self._are_settled(passages.materials)
        return passages if settled is None else passages.where(settled)

    def _settled_ids(self, ids: Integers) -> Integers:
        """The same of the ids of a list, which ascend."""
        if not self.rewritten.any() and ids.max(initial=0) < len(self.columns.row_of):
            return ids  # one that is gone has no row and so disturbs nobody
        settled = self._are_settled(self.columns.rows(ids))
        return ids if settled is None else ids[settled]

    def _are_settled(self, rows: Integers) -> Mask | None:
        """Which are rows of materials that are there and were not written since; None for all."""
        if not self.rewritten.any() and rows.min(initial=0) >= 0:
            return None
        stale = np.append(self.rewritten, True)  # the last one is for -1: a material that is gone
        settled: Mask = ~stale[rows]
        return None if settled.all() else settled


@dataclass(slots=True)
class _Found:
    """Parts of lists as they come in."""

    columns: Columns
    passages: dict[Form, list[Scored]] = field(default_factory=dict)
    ids: dict[Form, list[Integers]] = field(default_factory=dict)
    cut: bool = False

    def add(self, form: Form, passages: Scored, ids: Integers) -> None:
        self.passages.setdefault(form, []).append(passages)
        self.ids.setdefault(form, []).append(ids)

    def lists(self) -> Lists:
        return Lists(
            {
                form: FormList(postings.joined(parts), _joined(self.ids[form]))
                for form, parts in self.passages.items()
            },
            self.columns,
            self.cut,
        )


def _joined(parts: Sequence[Integers]) -> Integers:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


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


def _passages(row: Any) -> Scored:
    keys = postings.unpacked_array(row.keys, ">i8")
    return Scored(keys, postings.unpacked_array(row.saturations, ">f8"))
