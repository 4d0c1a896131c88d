"""Exact disjunctive facets: the counts of a facet ignore that facet's own selection.

Pure: it counts rows that were fetched, and is told the names that ids stand for.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

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


@dataclass(frozen=True, slots=True)
class FacetRow:
    """A matching material, as the statements' `facet_columns` give it."""

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
    """What is chosen: in each field the accepted and the refused values, folded; and the days."""

    wanted: Mapping[Field, frozenset[str]]
    refused: Mapping[Field, frozenset[str]]
    updated: DateFilter | None
    unknown: tuple[tuple[Field, str], ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.wanted or self.refused or self.updated)


def select(
    filters: Iterable[FieldFilter], updated: DateFilter | None, names: Names, now: datetime
) -> Selection:
    """Turn values as typed into the values that rows have; unknown ids and names are reported."""
    wanted: dict[Field, set[str]] = {}
    refused: dict[Field, set[str]] = {}
    unknown: list[tuple[Field, str]] = []
    for item in filters:
        if item.field is Field.UPDATED:
            updated = _narrowed(updated, item.values, now)
            continue
        values = wanted if not item.excluded else refused
        for typed in item.values:
            meant = _meant(item.field, typed, names)
            values.setdefault(item.field, set()).update(meant)
            unknown += [] if meant else [(item.field, typed)]
    return Selection(
        {field: frozenset(values) for field, values in wanted.items()},
        {field: frozenset(values) for field, values in refused.items()},
        updated,
        tuple(unknown),
    )


def matching(rows: Sequence[FacetRow], selection: Selection) -> list[FacetRow]:
    """Give the rows that pass the whole selection, in their order."""
    return [row for row in rows if not _failures(row, selection)]


def count(
    rows: Sequence[FacetRow], selection: Selection, names: Names, now: datetime
) -> tuple[Facet, ...]:
    """Count every facet over the rows that pass the selection in all other facets."""
    failed = [_failures(row, selection) for row in rows]
    passing = [row for row, fields in zip(rows, failed, strict=True) if not fields]
    near: dict[Field, list[FacetRow]] = {}
    for row, fields in zip(rows, failed, strict=True):
        if len(fields) == 1:
            near.setdefault(next(iter(fields)), []).append(row)
    return tuple(
        _facet(field, [*passing, *near.get(field, [])], selection, names, now) for field in Field
    )


def _facet(
    field: Field, rows: Sequence[FacetRow], selection: Selection, names: Names, now: datetime
) -> Facet:
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(_recent(row, now) if field is Field.UPDATED else _values(row, field))
    chosen = selection.wanted.get(field, frozenset())
    shown = {value: counts[value] for value in counts}
    folded = {value.casefold() for value in counts}
    shown |= {value: 0 for value in chosen if value not in folded}
    order = sorted(shown.items(), key=lambda item: (-item[1], names.label(field, item[0])))
    if field is Field.UPDATED:
        order = [(bucket, counts[bucket]) for bucket in RECENT_DAYS if counts[bucket]]
    return Facet(
        field,
        tuple(
            FacetValue(value, names.label(field, value), number, value.casefold() in chosen)
            for value, number in order[:MAX_VALUES]
        ),
    )


def _failures(row: FacetRow, selection: Selection) -> set[Field]:
    """The fields in which a row does not pass."""
    failed = {
        field
        for field, wanted in selection.wanted.items()
        if wanted.isdisjoint(value.casefold() for value in _values(row, field))
    }
    failed |= {
        field
        for field, refused in selection.refused.items()
        if not refused.isdisjoint(value.casefold() for value in _values(row, field))
    }
    if selection.updated and not _in_days(row.updated_at, selection.updated):
        failed.add(Field.UPDATED)
    return failed


def _in_days(moment: datetime | None, days: DateFilter) -> bool:
    if moment is None:
        return False
    day = moment.astimezone(UTC).date()
    return (days.since or date.min) <= day <= (days.until or date.max)


def _recent(row: FacetRow, now: datetime) -> list[str]:
    if row.updated_at is None:
        return []
    age = now - row.updated_at
    return [bucket for bucket, (_, days) in RECENT_DAYS.items() if age <= timedelta(days=days)]


_ENUMS = {Field.TYPE, Field.AUDIENCE, Field.STATUS}

_VALUES: Mapping[Field, Callable[[FacetRow], Iterable[Any]]] = {
    Field.PERSONA: lambda row: row.persona_ids,
    Field.SEGMENT: lambda row: row.segment_ids,
    Field.UNIVERSE: lambda row: (row.universe_name,),
    Field.PRODUCT: lambda row: (row.product_name,),
    Field.TYPE: lambda row: (row.material_type,),
    Field.AUDIENCE: lambda row: (row.audience,),
    Field.STATUS: lambda row: (row.status or "DRAFT",),
    Field.TAG: lambda row: row.tags or (),
    Field.FORMAT: lambda row: (row.file_format,),
    Field.LANGUAGE: lambda row: (row.language,),
    Field.OWNER: lambda row: (row.owner_id,),
    Field.UPDATED: lambda _: (),
}


def _values(row: FacetRow, field: Field) -> list[str]:
    return [str(value) for value in dict.fromkeys(_VALUES[field](row)) if value is not None]


def _meant(field: Field, typed: str, names: Names) -> set[str]:
    """The folded row values that a typed value stands for; none for an unknown id or name."""
    folded = typed.strip().casefold()
    if field in names.names:
        known = names.names[field]
        if folded.isdigit():
            return {folded} if int(folded) in known else set()
        return {str(key) for key, name in known.items() if name.casefold() == folded}
    if field in _ENUMS:
        folded = folded.replace(" ", "_").replace("-", "_")
        if field is Field.TYPE and not folded.startswith("product_"):
            return {f"product_{folded}"}
    return {folded}


def _narrowed(updated: DateFilter | None, buckets: Iterable[str], now: datetime) -> DateFilter:
    days = [RECENT_DAYS[bucket][1] for bucket in buckets if bucket in RECENT_DAYS]
    since = (now - timedelta(days=max(days))).date() if days else None
    return DateFilter(since=since).narrowed(updated or DateFilter())
