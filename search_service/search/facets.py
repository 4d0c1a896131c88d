"""Exact disjunctive facets: the counts of a facet ignore that facet's own selection.

Pure: it counts rows of the columns in the process, and is told the names that ids stand for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum

import numpy as np

from search_service.db.enums import MaterialAudience, MaterialStatus, MaterialType
from search_service.search.answer import Facet, FacetValue
from search_service.search.columns import Columns, Floats, Mask
from search_service.search.dates import DateFilter
from search_service.search.tree import Field, FieldFilter

MAX_VALUES = 100
# Values with a slip for which what was meant is looked for, and values each is compared with.
MOST_SUGGESTED = 3
MOST_COMPARED = 200
_LONGEST_SLIP = 60
_LENGTHS_APART = 3

# Buckets of the facet `updated`, in days back from now; each holds the ones before it.
RECENT_DAYS: Mapping[str, tuple[str, int]] = {
    "7d": ("Last 7 days", 7),
    "30d": ("Last 30 days", 30),
    "90d": ("Last 90 days", 90),
    "365d": ("Last year", 365),
}


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called: personas, segments and owners."""

    names: Mapping[Field, Mapping[int, str]]

    def with_owners(self, ids: Iterable[str]) -> "Names":
        """Give the same names, but of no other owners than these: who owns what is not seen has
        no name.
        """
        known = self.names.get(Field.OWNER, {})
        owners = {key: known[key] for key in map(int, ids) if key in known}
        return Names({**self.names, Field.OWNER: owners})

    def label(self, field: Field, value: str) -> str:
        if field in self.names and value.isdigit():
            return self.names[field].get(int(value), value)
        if field is Field.UPDATED:
            return RECENT_DAYS[value][0]
        if field in _ENUMS:
            return value.removeprefix("PRODUCT_").replace("_", " ").capitalize()
        return value


@dataclass(frozen=True, slots=True)
class Selection:
    """What is chosen: in each field the accepted and the refused values, folded; and the days.

    `since` is where the longest of the accepted spans of `updated` begins.
    """

    wanted: Mapping[Field, frozenset[str]]
    refused: Mapping[Field, frozenset[str]]
    updated: DateFilter | None
    since: datetime | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.wanted or self.refused or self.updated)


def select(
    filters: Iterable[FieldFilter], updated: DateFilter | None, names: Names, now: datetime
) -> Selection:
    """Turn values as typed into the values that rows have."""
    wanted: dict[Field, set[str]] = {}
    refused: dict[Field, set[str]] = {}
    for item in filters:
        values = wanted if not item.excluded else refused
        for typed in item.values:
            values.setdefault(item.field, set()).update(meant(item.field, typed, names))
    days = [RECENT_DAYS[span][1] for span in wanted.get(Field.UPDATED, ())]
    return Selection(
        {field: frozenset(values) for field, values in wanted.items()},
        {field: frozenset(values) for field, values in refused.items()},
        updated,
        now - timedelta(days=max(days)) if days else None,
    )


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value as typed that is none of its field, as far as the searcher sees, and the most similar
    one.
    """

    field: Field
    typed: str
    nearest: str | None = None


def unknown(
    filters: Iterable[FieldFilter], columns: Columns, seen: Mask, names: Names
) -> list[Unknown]:
    """Tell which values are none of their field; of the first few what was probably meant."""
    found = []
    for item in filters:
        for typed in item.values:
            values = meant(item.field, typed, names)
            is_open = item.field in _OPEN
            if not values or (is_open and not (columns.having(item.field, values) & seen).any()):
                found.append(Unknown(item.field, typed))
    return [
        replace(each, nearest=_nearest(each, _labels(each.field, columns, seen, names)))
        for each in found[:MOST_SUGGESTED]
    ] + found[MOST_SUGGESTED:]


def _nearest(slip: Unknown, labels: Iterable[str]) -> str | None:
    """The most similar label; of those of about its length, which comparing takes milliseconds."""
    typed = slip.typed.strip().casefold()[:_LONGEST_SLIP]
    folded = {label.casefold(): label for label in labels}
    alike = [label for label in folded if abs(len(label) - len(typed)) <= _LENGTHS_APART]
    near = get_close_matches(typed, alike[:MOST_COMPARED], n=1)
    return folded[near[0]] if near else None


def _labels(field: Field, columns: Columns, seen: Mask, names: Names) -> list[str]:
    """What the values of a field are called; where any text may be one, the commonest first."""
    if field in names.names:
        return list(names.names[field].values())
    if field in _ENUMS:
        return [names.label(field, member) for member in _ENUMS[field]]
    if field is Field.UPDATED:
        return list(RECENT_DAYS)
    counts = columns.counts(field, seen)
    return sorted(counts, key=lambda value: -counts[value])


def passing(columns: Columns, mask: Mask, selection: Selection) -> Mask:
    """Give the rows of a mask that pass the whole selection."""
    return mask & _all(_tests(columns, selection).values(), columns)


def count(
    columns: Columns, mask: Mask, selection: Selection, names: Names, now: datetime
) -> tuple[Facet, ...]:
    """Count every facet over the rows of a mask that pass the selection in all other facets."""
    tests = _tests(columns, selection)
    passing = mask & _all(tests.values(), columns)
    rows = np.flatnonzero(passing)
    facets = []
    for field in Field:
        counted, places = passing, rows
        if field in tests:
            others = (test for key, test in tests.items() if key != field)
            counted = mask & _all(others, columns)
            places = np.flatnonzero(counted)
        if field is Field.UPDATED:
            counts = _recent_counts(columns.updated[places], now)
        else:
            counts = columns.counts(field, counted, places)
        facets.append(_facet(field, counts, selection, names))
    return tuple(facets)


def _facet(field: Field, counts: Mapping[str, int], selection: Selection, names: Names) -> Facet:
    chosen = selection.wanted.get(field, frozenset())
    shown = dict(counts)
    if chosen:
        shown |= dict.fromkeys(chosen - {value.casefold() for value in counts}, 0)
    listed = [(-number, names.label(field, value), value) for value, number in shown.items()]
    if field is Field.UPDATED:
        spans = list(RECENT_DAYS)
        listed = [each for each in listed if each[0] or each[2] in chosen]
        listed.sort(key=lambda each: spans.index(each[2]))
    else:
        listed.sort()
    rest = [each for each in listed[MAX_VALUES:] if each[2] in chosen]
    kept = [*listed[:MAX_VALUES], *rest]
    values = [
        FacetValue(value, label, -number, value.casefold() in chosen)
        for number, label, value in kept
    ]
    return Facet(field, tuple(values), len(listed) - len(kept))


def _recent_counts(moments: Floats, now: datetime) -> dict[str, int]:
    return {
        bucket: int(np.count_nonzero(moments >= (now - timedelta(days=days)).timestamp()))
        for bucket, (_, days) in RECENT_DAYS.items()
    }


def _tests(columns: Columns, selection: Selection) -> dict[Field, Mask]:
    """For each field of the selection, which rows pass in it."""
    tests = {}
    for field in {*selection.wanted, *selection.refused} - {Field.UPDATED}:
        passes = ~columns.having(field, selection.refused.get(field, ()))
        if field in selection.wanted:
            passes &= columns.having(field, selection.wanted[field])
        tests[field] = passes
    if selection.updated or Field.UPDATED in selection.wanted:
        tests[Field.UPDATED] = _recent(columns, selection)
    return tests


def _all(tests: Iterable[Mask], columns: Columns) -> Mask:
    together = np.ones(columns.size, np.bool_)
    for test in tests:
        together &= test
    return together


def _recent(columns: Columns, selection: Selection) -> Mask:
    """Tell which rows were updated on the days asked for, and in one of the spans."""
    days = selection.updated or DateFilter()
    begin, end = _midnight(days.since or date.min), _midnight(days.until or date.max) + _DAY_S
    recent: Mask = (columns.updated >= begin) & (columns.updated < end)
    if Field.UPDATED in selection.wanted:
        since = selection.since
        recent &= columns.updated >= (since.timestamp() if since else float("inf"))
    return recent


def _midnight(day: date) -> float:
    return (day - date(1970, 1, 1)).days * _DAY_S


# Any text may be a value of these; what is one is what materials have.
_OPEN = frozenset({Field.UNIVERSE, Field.PRODUCT, Field.FORMAT, Field.LANGUAGE, Field.TAG})
_ENUMS: Mapping[Field, type[StrEnum]] = {
    Field.TYPE: MaterialType,
    Field.AUDIENCE: MaterialAudience,
    Field.STATUS: MaterialStatus,
}
_ID_DIGITS = 10
_DAY_S = 86_400.0


def meant(field: Field, typed: str, names: Names) -> set[str]:
    """Give the folded row values that a typed value stands for; none where no row can have it."""
    folded = typed.strip().casefold()
    if field in names.names:
        known = names.names[field]
        number = int(folded) if folded.isdecimal() and len(folded) <= _ID_DIGITS else None
        return {
            str(key) for key, name in known.items() if key == number or name.casefold() == folded
        }
    if field is Field.UPDATED:
        return {folded} & set(RECENT_DAYS)
    if field in _ENUMS:
        folded = folded.replace(" ", "_").replace("-", "_")
        possible = {folded, f"product_{folded}"} if field is Field.TYPE else {folded}
        return possible & {member.casefold() for member in _ENUMS[field]}
    return {folded}
