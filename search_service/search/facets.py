"""Exact disjunctive facets: the counts of a facet ignore that facet's own selection.

Pure: it counts rows that were fetched, and is told the names that ids stand for.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from search_service.db.enums import MaterialAudience, MaterialStatus, MaterialType
from search_service.search.answer import Facet, FacetValue
from search_service.search.dates import DateFilter
from search_service.search.tree import Field, FieldFilter

MAX_VALUES = 100

# Buckets of the facet `updated`, in days back from now; each holds the ones before it.
RECENT_DAYS: Mapping[str, tuple[str, int]] = {
    "7d": ("Last 7 days", 7),
    "30d": ("Last 30 days", 30),
    "90d": ("Last 90 days", 90),
    "365d": ("Last year", 365),
}


class FacetRow(NamedTuple):
    """A matching material, as the statements' `facet_columns` give it.

    A tuple, as thousands are made for one search: that takes a fifth of a dataclass's time.
    """

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


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called: personas, segments and owners."""

    names: Mapping[Field, Mapping[int, str]]

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
    unknown: tuple[tuple[Field, str], ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.wanted or self.refused or self.updated)


def select(
    filters: Iterable[FieldFilter], updated: DateFilter | None, names: Names, now: datetime
) -> Selection:
    """Turn values as typed into the values that rows have; what cannot be one is reported."""
    wanted: dict[Field, set[str]] = {}
    refused: dict[Field, set[str]] = {}
    unknown: list[tuple[Field, str]] = []
    for item in filters:
        values = wanted if not item.excluded else refused
        for typed in item.values:
            meant = _meant(item.field, typed, names)
            values.setdefault(item.field, set()).update(meant)
            unknown += [] if meant else [(item.field, typed)]
    days = [RECENT_DAYS[span][1] for span in wanted.get(Field.UPDATED, ())]
    return Selection(
        {field: frozenset(values) for field, values in wanted.items()},
        {field: frozenset(values) for field, values in refused.items()},
        updated,
        now - timedelta(days=max(days)) if days else None,
        tuple(unknown),
    )


def matching(rows: Sequence[FacetRow], selection: Selection) -> list[FacetRow]:
    """Give the rows that pass the whole selection, in their order."""
    if selection.is_empty:
        return list(rows)
    failed = frozenset().union(*_failed(rows, selection).values())
    return [row for place, row in enumerate(rows) if place not in failed]


def count(
    rows: Sequence[FacetRow], selection: Selection, names: Names, now: datetime
) -> tuple[Facet, ...]:
    """Count every facet over the rows that pass the selection in all other facets."""
    failed = _failed(rows, selection)
    passing = matching(rows, selection)
    facets = []
    for field in Field:
        counted = passing
        if field in failed:
            others = frozenset().union(*(places for key, places in failed.items() if key != field))
            counted = [row for place, row in enumerate(rows) if place not in others]
        facets.append(_facet(field, _counts(field, counted, now), selection, names))
    return tuple(facets)


def _facet(field: Field, counts: Mapping[str, int], selection: Selection, names: Names) -> Facet:
    chosen = selection.wanted.get(field, frozenset())
    folded = {value.casefold() for value in counts}
    shown = {**counts, **{value: 0 for value in chosen if value not in folded}}
    order = sorted(shown.items(), key=lambda item: (-item[1], names.label(field, item[0])))
    if field is Field.UPDATED:
        order = [(span, shown[span]) for span in RECENT_DAYS if counts.get(span) or span in chosen]
    listed = [*order[:MAX_VALUES], *(item for item in order[MAX_VALUES:] if item[0] in chosen)]
    return Facet(
        field,
        tuple(
            FacetValue(value, names.label(field, value), number, value.casefold() in chosen)
            for value, number in listed
        ),
    )


def _counts(field: Field, rows: Sequence[FacetRow], now: datetime) -> dict[str, int]:
    """How many rows have each value; whole columns at a time, as there may be thousands."""
    column = map(attrgetter(_COLUMNS[field]), rows)
    if field is Field.UPDATED:
        moments = [moment for moment in column if moment is not None]
        return {
            bucket: sum(moment >= now - timedelta(days=days) for moment in moments)
            for bucket, (_, days) in RECENT_DAYS.items()
        }
    if field in _LISTS:
        counts = Counter(chain.from_iterable(set(values or ()) for values in column))
    else:
        counts = Counter(column)
    if field is Field.STATUS and None in counts:
        counts[UNSTATED_STATUS] += counts[None]
    return {str(value): number for value, number in counts.items() if value is not None}


def _failed(rows: Sequence[FacetRow], selection: Selection) -> dict[Field, frozenset[int]]:
    """For each field of the selection the places of the rows that do not pass in it."""
    failed = {}
    for field in {*selection.wanted, *selection.refused} - {Field.UPDATED}:
        passes = _test_of(field, selection)
        failed[field] = frozenset(place for place, row in enumerate(rows) if not passes(row))
    if selection.updated or Field.UPDATED in selection.wanted:
        failed[Field.UPDATED] = frozenset(
            place for place, row in enumerate(rows) if not _is_recent(row.updated_at, selection)
        )
    return failed


def _test_of(field: Field, selection: Selection) -> Callable[[FacetRow], bool]:
    wanted, refused = selection.wanted.get(field), selection.refused.get(field, frozenset())
    value_of = attrgetter(_COLUMNS[field])

    def passes(row: FacetRow) -> bool:
        value = value_of(row)
        if field is Field.STATUS and value is None:
            value = UNSTATED_STATUS
        values = (
            {str(one).casefold() for one in (value or ())}
            if field in _LISTS
            else (set() if value is None else {str(value).casefold()})
        )
        return not values & refused and (wanted is None or bool(values & wanted))

    return passes


def _is_recent(moment: datetime | None, selection: Selection) -> bool:
    """Tell whether a moment is on the days asked for, and in one of the spans."""
    if moment is None:
        return False
    if Field.UPDATED in selection.wanted and not (selection.since and moment >= selection.since):
        return False
    days, day = selection.updated or DateFilter(), moment.astimezone(UTC).date()
    return (days.since or date.min) <= day <= (days.until or date.max)


_ENUMS: Mapping[Field, type[StrEnum]] = {
    Field.TYPE: MaterialType,
    Field.AUDIENCE: MaterialAudience,
    Field.STATUS: MaterialStatus,
}
_ID_DIGITS = 10
_LISTS = {Field.PERSONA, Field.SEGMENT, Field.TAG}
# Without a status a material counts as a draft.
UNSTATED_STATUS = "DRAFT"

_COLUMNS: Mapping[Field, str] = {
    Field.PERSONA: "persona_ids",
    Field.SEGMENT: "segment_ids",
    Field.UNIVERSE: "universe_name",
    Field.PRODUCT: "product_name",
    Field.TYPE: "material_type",
    Field.AUDIENCE: "audience",
    Field.STATUS: "status",
    Field.TAG: "tags",
    Field.FORMAT: "file_format",
    Field.LANGUAGE: "language",
    Field.OWNER: "owner_id",
    Field.UPDATED: "updated_at",
}


def _meant(field: Field, typed: str, names: Names) -> set[str]:
    """The folded row values that a typed value stands for; none where no row can have it."""
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
