"""What search filters, counts and sorts by, as columns in the process: a row for each material.

A version of the columns never changes. The next one is made from what was changed since its
snapshot, so that one transaction's columns are exactly those of its own snapshot, however many
writers there are, and nothing is read twice. It knows no query and no score.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search_service.search.tree import Field

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

# Without a status a material counts as a draft.
UNSTATED_STATUS = "DRAFT"
SINGLE = (
    Field.UNIVERSE, Field.PRODUCT, Field.TYPE, Field.AUDIENCE, Field.STATUS, Field.FORMAT,
    Field.LANGUAGE, Field.OWNER,
)  # fmt: skip
LISTS = (Field.PERSONA, Field.SEGMENT, Field.TAG)


class ColumnRow(NamedTuple):
    """A material as the statements' `column_values` give it."""

    id: int
    persona_ids: Sequence[int]
    segment_ids: Sequence[int]
    universe_name: str | None
    product_name: str | None
    material_type: str
    audience: str
    status: str | None
    file_format: str | None
    language: str
    tags: Sequence[str] | None
    owner_id: int | None
    updated_at: datetime | None
    usage_count: int | None
    health_score: int | None
    passages: int


@dataclass(slots=True)
class Codes:
    """The values of one field and their numbers; grows, and never changes what it has."""

    values: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, value: object) -> int:
        """Give a value's number, a new one if need be; -1 for none."""
        if value is None:
            return -1
        text = str(value)
        found = self.numbers.setdefault(text, len(self.values))
        if found == len(self.values):
            self.values.append(text)
        return found

    def folded(self, wanted: Iterable[str]) -> list[int]:
        """Give the numbers of the values that are one of `wanted` when folded."""
        accepted = frozenset(wanted)
        return [at for at, value in enumerate(self.values) if value.casefold() in accepted]


@dataclass(frozen=True, slots=True)
class Several:
    """A field of many values: pairs of a row and a code, in the order of rows."""

    rows: Integers
    codes: Integers


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)  # each is itself alone
class Columns:
    """All materials, a row each, at one snapshot; rows are in no order that means anything.

    `row_of` gives the row of an id, -1 for none, and ends with a -1; `updated` is in seconds since
    the epoch, NaN for none; `passages` is how many its pages have.
    """

    ids: Integers
    row_of: Integers
    codes: Mapping[Field, Codes]
    single: Mapping[Field, Integers]
    several: Mapping[Field, Several]
    updated: Floats
    usage: Floats
    health: Floats
    passages: Integers

    @classmethod
    def of(cls, rows: Sequence[ColumnRow], codes: Mapping[Field, Codes] | None = None) -> "Columns":
        """Make columns of rows, with the codes of earlier ones."""
        known = codes or {each: Codes() for each in (*SINGLE, *LISTS)}
        ids = np.array([row.id for row in rows], np.int64)
        return cls(
            ids=ids,
            row_of=_row_of(ids),
            codes=known,
            single={each: _single(rows, each, known[each]) for each in SINGLE},
            several={each: _several(rows, each, known[each]) for each in LISTS},
            updated=np.array([_seconds(row.updated_at) for row in rows], np.float64),
            usage=np.array([row.usage_count or 0 for row in rows], np.float64),
            health=np.array([row.health_score or 0 for row in rows], np.float64),
            passages=np.array([row.passages for row in rows], np.int64),
        )

    @property
    def size(self) -> int:
        return len(self.ids)

    def changed(self, gone: Iterable[int], rows: Sequence[ColumnRow]) -> "Columns":
        """Give the next version: without the materials `gone`, and with `rows`."""
        kept = np.ones(self.size, np.bool_)
        kept[self.mask(np.fromiter(gone, np.int64))] = False
        added = Columns.of(rows, self.codes)
        ids = np.concatenate([self.ids[kept], added.ids])
        return Columns(
            ids=ids,
            row_of=_row_of(ids),
            codes=self.codes,
            single={
                each: np.concatenate([self.single[each][kept], added.single[each]])
                for each in SINGLE
            },
            several={
                each: _joined(self.several[each], kept, added.several[each]) for each in LISTS
            },
            updated=np.concatenate([self.updated[kept], added.updated]),
            usage=np.concatenate([self.usage[kept], added.usage]),
            health=np.concatenate([self.health[kept], added.health]),
            passages=np.concatenate([self.passages[kept], added.passages]),
        )

    def rows(self, ids: Integers) -> Integers:
        """Give the row of each id, -1 where there is none."""
        if ids.min(initial=0) >= 0 and ids.max(initial=0) < len(self.row_of):
            return self.row_of[ids]
        known = (ids >= 0) & (ids < len(self.row_of))
        return np.where(known, self.row_of[np.where(known, ids, 0)], -1)

    def mask(self, ids: Integers) -> Mask:
        """Give which rows have one of the ids."""
        found = np.zeros(self.size + 1, np.bool_)  # the last one is for -1
        found[self.rows(ids)] = True
        return found[:-1]

    def having(self, column: Field, values: Iterable[str]) -> Mask:
        """Give which rows have one of the folded values in a field."""
        known = self.codes[column]
        accepted = np.zeros(len(known.values) + 1, np.bool_)  # the last one is for no value, -1
        accepted[known.folded(values)] = True
        if column in self.single:
            return accepted[self.single[column]]
        pairs = self.several[column]
        found = np.zeros(self.size, np.bool_)
        found[pairs.rows[np.flatnonzero(accepted[pairs.codes])]] = True
        return found

    def counts(self, column: Field, mask: Mask, rows: Integers | None = None) -> dict[str, int]:
        """Count each value of a field over the rows of a mask; only those that occur.

        `rows` are those of the mask, for whoever counts several fields over it.
        """
        # To pick by place is faster than by mask.
        if column in self.single:
            # 1 more, as -1 stands for no value.
            picked = np.flatnonzero(mask) if rows is None else rows
            counted = np.bincount(self.single[column][picked] + 1)[1:]
        else:
            pairs = self.several[column]
            counted = np.bincount(pairs.codes[np.flatnonzero(mask[pairs.rows])])
        values = self.codes[column].values
        return {values[code]: int(counted[code]) for code in np.flatnonzero(counted)}


def _value(row: ColumnRow, column: Field) -> object:
    return row.status or UNSTATED_STATUS if column is Field.STATUS else _OF_ROW[column](row)


_OF_ROW: Mapping[Field, Any] = {
    Field.PERSONA: lambda row: row.persona_ids,
    Field.SEGMENT: lambda row: row.segment_ids,
    Field.TAG: lambda row: row.tags,
    Field.UNIVERSE: lambda row: row.universe_name,
    Field.PRODUCT: lambda row: row.product_name,
    Field.TYPE: lambda row: row.material_type,
    Field.AUDIENCE: lambda row: row.audience,
    Field.FORMAT: lambda row: row.file_format,
    Field.LANGUAGE: lambda row: row.language,
    Field.OWNER: lambda row: row.owner_id,
}


def _single(rows: Sequence[ColumnRow], column: Field, codes: Codes) -> Integers:
    return np.array([codes.number(_value(row, column)) for row in rows], np.int64)


def _several(rows: Sequence[ColumnRow], column: Field, codes: Codes) -> Several:
    pairs = [
        (at, codes.number(value))
        for at, row in enumerate(rows)
        for value in dict.fromkeys(_OF_ROW[column](row) or ())
    ]
    table = np.array(pairs, np.int64).reshape(-1, 2)
    return Several(table[:, 0], table[:, 1])


def _joined(before: Several, kept: Mask, added: Several) -> Several:
    """The pairs of the kept rows, renumbered, and those of the added ones behind them."""
    places = np.cumsum(kept) - 1
    stay = kept[before.rows]
    return Several(
        np.concatenate([places[before.rows[stay]], added.rows + int(kept.sum())]),
        np.concatenate([before.codes[stay], added.codes]),
    )


def _row_of(ids: Integers) -> Integers:
    found = np.full(int(ids.max(initial=-1)) + 2, -1, np.int64)
    found[ids] = np.arange(len(ids))
    return found


def _seconds(moment: datetime | None) -> float:
    return float("nan") if moment is None else moment.timestamp()
