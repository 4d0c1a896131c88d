"""The lists of a query's lexemes: in which passages each weighs how much, in which materials it is.

A lexeme that is not rare has them stored; a rare one's are read from the index; and whatever was
written since they were stored is read as it stands. So a list is as it would be now, but for what
a budget cuts from the end of its passages.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.direct import fetch
from search_service.search import postings, ranking
from search_service.search.columns import Columns, Integers, Mask
from search_service.search.postings import Scored
from search_service.search.sql import STATEMENTS
from search_service.search.terms import quoted

# Passages read of all stored lists together, and of one, 8 bytes each. Evidence: ARCHITECTURE.md,
# "Bounded work".
BUDGET = 98_304
DEEPEST = 16_384

# A lexeme as the query has it: its language and itself.
Form = tuple[str, str]


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
class ListReader:
    """Reads lists at one snapshot; `rewritten` are the rows whose stored lists are out of date."""

    connection: AsyncConnection
    columns: Columns
    rewritten: Mask

    async def read(self, forms: Sequence[Form], *, with_passages: bool = True) -> Lists:
        """Read the lists of lexemes; without their passages where only materials are asked for."""
        if not forms:
            return Lists({}, self.columns)
        depth = min(DEEPEST, BUDGET // len(forms)) if with_passages else 0
        found = _Found(self.columns)
        if not self.rewritten.all():
            await self._read_stored(forms, depth, found)
            rare = [form for form in forms if form not in found.stored]
            await self._read_rare(rare, found)
        if self.rewritten.any():
            await self._read_written(forms, found)
        return found.lists()

    async def _read_stored(self, forms: Sequence[Form], depth: int, found: "_Found") -> None:
        rows = await fetch(
            self.connection,
            STATEMENTS["stored_lists"],
            {
                "languages": [language for language, _ in forms],
                "lexemes": [lexeme for _, lexeme in forms],
                "bytes": 8 * depth,
            },
        )
        passages = self._placed(postings.unpacked(b"".join(row.postings for row in rows)))
        settled = self._settled(passages.materials)
        ids = np.frombuffer(b"".join(row.materials for row in rows), ">i4").astype(np.int64)
        there = None if self._are_settled(ids) else self._settled(self.columns.rows(ids))
        read = held = 0
        for row in rows:
            listed = slice(read, read := read + len(row.postings) // 8)
            holding = slice(held, held := held + len(row.materials) // 4)
            keys = _part(passages.keys, listed, settled)
            scores = _part(passages.scores, listed, settled)
            found.stored.add(forms[row.form])
            found.add(forms[row.form], Scored(keys, scores), _part(ids, holding, there))
            found.cut |= len(row.postings) >= 8 * depth

    async def _read_rare(self, forms: Sequence[Form], found: "_Found") -> None:
        if not forms:
            return
        rows = await fetch(self.connection, _statement("rare_lists"), _binds(forms))
        for row in rows:
            passages = self._placed(_passages(row))
            settled = self._settled(passages.materials)
            passages = passages if settled is None else passages.where(settled)
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

    def _are_settled(self, ids: Integers) -> bool:
        """Tell at once, if so, that nothing was written since and no id is beyond the columns."""
        return not self.rewritten.any() and ids.max(initial=0) < len(self.columns.row_of)

    def _settled(self, rows: Integers) -> Mask | None:
        """Which are rows of materials that are there and were not written since the lists were
        stored; None where all are.
        """
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
    stored: set[Form] = field(default_factory=set)
    cut: bool = False

    def add(self, form: Form, passages: Scored, ids: Integers) -> None:
        self.passages.setdefault(form, []).append(passages)
        self.ids.setdefault(form, []).append(ids)

    def lists(self) -> Lists:
        return Lists(
            {
                form: FormList(postings.joined(parts), np.concatenate(self.ids[form]))
                for form, parts in self.passages.items()
            },
            self.columns,
            self.cut,
        )


def _part(values: NDArray[Any], part: slice, mask: Mask | None) -> NDArray[Any]:
    return values[part] if mask is None else values[part][mask[part]]


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
