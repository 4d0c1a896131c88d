"""The lists of a query's lexemes: in which passages each weighs how much, in which materials it is.

A lexeme that is not rare has them stored; a rare one's are read from the index; and whatever was
written since they were stored is read as it stands. So a list is as it would be now, but for what
a budget cuts from the end of its passages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.direct import fetch
from search_service.search import postings, ranking
from search_service.search.columns import Columns, Mask
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
    """The best passages of a lexeme, by row, with their saturations; the rows of its materials."""

    passages: Scored
    rows: Mask


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of some lexemes; one that stands nowhere has none.

    `cut` tells whether there are passages beyond those of a list.
    """

    by_form: Mapping[Form, FormList]
    size: int
    cut: bool = False

    def holding(self, form: Form) -> Mask:
        """Give the rows of the materials that hold a lexeme."""
        found = self.by_form.get(form)
        return found.rows if found else np.zeros(self.size, np.bool_)


@dataclass(frozen=True, slots=True)
class ListReader:
    """Reads lists at one snapshot; `rewritten` are the rows whose stored lists are out of date."""

    connection: AsyncConnection
    columns: Columns
    rewritten: Mask

    async def read(self, forms: Sequence[Form], *, with_passages: bool = True) -> Lists:
        """Read the lists of lexemes; without their passages where only materials are asked for."""
        if not forms:
            return Lists({}, self.columns.size)
        depth = min(DEEPEST, BUDGET // len(forms)) if with_passages else 0
        found = _Found(self.columns.size)
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
        stale = self._stale(passages)
        materials = np.frombuffer(b"".join(row.materials for row in rows), ">i4")
        in_rows = self.columns.rows(materials.astype(np.int64))
        read = held = 0
        for row in rows:
            form = forms[row.form]
            span = slice(read, read := read + len(row.postings) // 8)
            holding = in_rows[held : (held := held + len(row.materials) // 4)]
            part = Scored(passages.keys[span], passages.scores[span])
            found.stored.add(form)
            found.add(
                form,
                part if stale is None else part.where(~stale[span]),
                self.columns.mask_of_rows(holding) & ~self.rewritten,
            )
            found.cut |= len(row.postings) >= 8 * depth

    async def _read_rare(self, forms: Sequence[Form], found: "_Found") -> None:
        if not forms:
            return
        rows = await fetch(self.connection, _statement("rare_lists"), _binds(forms))
        for row in rows:
            passages = self._placed(_passages(row))
            stale = self._stale(passages)
            settled = passages if stale is None else passages.where(~stale)
            found.add(forms[row.form], settled, self.columns.mask_of_rows(settled.places))

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
            found.add(forms[row.form], passages, self.columns.mask_of_rows(passages.places))

    def _placed(self, stored: Scored) -> Scored:
        """Passages by the rows of their materials; -1 stands for one that is gone."""
        return postings.placed(stored, self.columns.rows(stored.places))

    def _stale(self, passages: Scored) -> Mask | None:
        """Which passages are of materials that are gone or were written since; None for none."""
        stale: Mask = np.append(self.rewritten, True)[passages.places]  # the last one is for -1
        return stale if stale.any() else None


@dataclass(slots=True)
class _Found:
    """Parts of lists as they come in."""

    size: int
    passages: dict[Form, list[Scored]] = field(default_factory=dict)
    rows: dict[Form, Mask] = field(default_factory=dict)
    stored: set[Form] = field(default_factory=set)
    cut: bool = False

    def add(self, form: Form, passages: Scored, rows: Mask) -> None:
        self.passages.setdefault(form, []).append(passages)
        self.rows[form] = self.rows[form] | rows if form in self.rows else rows

    def lists(self) -> Lists:
        return Lists(
            {
                form: FormList(postings.joined(parts), self.rows[form])
                for form, parts in self.passages.items()
            },
            self.size,
            self.cut,
        )


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
