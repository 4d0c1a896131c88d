"""What search filters, counts and sorts by, as columns in the process: a material's row is its id.

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

from search_service.errors import ConfigurationError
from search_service.search.tree import Field

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

# Some 105 bytes each.
MOST_ROWS = 10_000_000
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


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Let an array that is handed out again be written to no more."""
    array.flags.writeable = False
    return array


@dataclass(frozen=True, slots=True)
class Several:
    """A field of many values: pairs of a row and a code."""

    rows: Integers
    codes: Integers


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)  # each is itself alone
class Columns:
    """All materials at one snapshot, each in the row of its id.

    A row of no material, as its id is gone or was never given, has no values, and what a mask says
    of it means nothing; `present` tells which are of one. There are whole bytes of rows, so that no
    bits end within one. `updated` is in seconds since the epoch, NaN for none; `passages` is how
    many its pages have.
    """

    present: Mask
    codes: Mapping[Field, Codes]
    single: Mapping[Field, Integers]
    several: Mapping[Field, Several]
    updated: Floats
    usage: Floats
    health: Floats
    passages: Integers

    def __post_init__(self) -> None:
        pairs = [each for two in self.several.values() for each in (two.rows, two.codes)]
        numbers = (self.updated, self.usage, self.health, self.passages)
        for column in (self.present, *self.single.values(), *pairs, *numbers):
            frozen(column)

    @classmethod
    def of(cls, rows: Sequence[ColumnRow]) -> "Columns":
        """Make columns of rows."""
        nothing = cls(
            present=np.empty(0, np.bool_),
            codes={each: Codes() for each in (*SINGLE, *LISTS)},
            single={each: np.empty(0, np.int64) for each in SINGLE},
            several={each: Several(np.empty(0, np.int64), np.empty(0, np.int64)) for each in LISTS},
            updated=np.empty(0),
            usage=np.empty(0),
            health=np.empty(0),
            passages=np.empty(0, np.int64),
        )
        return nothing.changed((), rows)

    @property
    def size(self) -> int:
        return len(self.present)

    def changed(self, gone: Iterable[int], rows: Sequence[ColumnRow]) -> "Columns":
        """Give the next version: without the materials `gone`, and with `rows`, new ones or not.

        Raises ConfigurationError for an id of MOST_ROWS or more.
        """
        new = np.array([row.id for row in rows], np.int64)
        old = np.flatnonzero(self.mask(np.concatenate([new, np.fromiter(gone, np.int64)])))
        highest = int(new.max(initial=-1))
        if highest >= MOST_ROWS:
            raise ConfigurationError(
                f"A material has the id {highest}, and search keeps a row for each id: with more "
                f"than {MOST_ROWS:,} of them it would take over a gigabyte. Renumber the materials."
            )
        change = _Change(_whole_bytes(max(self.size, highest + 1)), old, new)
        codes = self.codes
        return Columns(
            present=change.of(self.present, none=False, values=True),
            codes=codes,
            single={
                each: change.of(self.single[each], -1, _numbers(rows, each, codes[each]))
                for each in SINGLE
            },
            several={
                each: change.of_pairs(self.several[each], _pairs(rows, each, codes[each]))
                for each in LISTS
            },
            updated=change.of(self.updated, np.nan, [_seconds(row.updated_at) for row in rows]),
            usage=change.of(self.usage, 0, [row.usage_count or 0 for row in rows]),
            health=change.of(self.health, 0, [row.health_score or 0 for row in rows]),
            passages=change.of(self.passages, 0, [row.passages for row in rows]),
        )

    def mask(self, ids: Integers) -> Mask:
        """Give the rows of ids; of one that is beyond them there is none."""
        found = np.zeros(self.size, np.bool_)
        found[ids[ids < self.size]] = True
        return found

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


@dataclass(frozen=True, slots=True)
class Shown:
    """The columns, and which of their rows exist for who searches."""

    columns: Columns
    seen: Mask


@dataclass(frozen=True, slots=True)
class _Change:
    """From one version to the next: so many rows, which lose their values, which have new ones."""

    size: int
    old: Integers
    new: Integers

    def of(self, column: NDArray[Any], none: object, values: object) -> NDArray[Any]:
        """Give a column's next version; `values` are those of the new rows."""
        changed = np.full(self.size, none, column.dtype)
        changed[: len(column)] = column
        changed[self.old] = none
        changed[self.new] = values
        return changed

    def of_pairs(self, pairs: Several, added: Several) -> Several:
        stay = ~np.isin(pairs.rows, self.old)
        return Several(
            np.concatenate([pairs.rows[stay], added.rows]),
            np.concatenate([pairs.codes[stay], added.codes]),
        )


def _whole_bytes(rows: int) -> int:
    return -(-rows // 8) * 8


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


def _numbers(rows: Sequence[ColumnRow], column: Field, codes: Codes) -> list[int]:
    return [codes.number(_value(row, column)) for row in rows]


def _pairs(rows: Sequence[ColumnRow], column: Field, codes: Codes) -> Several:
    pairs = [
        (row.id, codes.number(value))
        for row in rows
        for value in dict.fromkeys(_OF_ROW[column](row) or ())
    ]
    table = np.array(pairs, np.int64).reshape(-1, 2)
    return Several(table[:, 0], table[:, 1])


def _seconds(moment: datetime | None) -> float:
    return float("nan") if moment is None else moment.timestamp()
