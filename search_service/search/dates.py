"""Reads the dates of `updated:` in a query; it knows no clock, so there is no "last week".

A date may be a year, a month or a day, and stands for all the days in it.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

# A day after the last year must still be a date, here and in PostgreSQL.
_YEARS = range(1900, 2200)
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")


@dataclass(frozen=True, slots=True)
class DateFilter:
    """Days from `since` to `until`, both included; None leaves that side open.

    Where `since` is the later one no day fits.
    """

    since: date | None = None
    until: date | None = None

    def narrowed(self, other: "DateFilter") -> "DateFilter":
        """Return the days that are in both."""
        starts = [day for day in (self.since, other.since) if day]
        ends = [day for day in (self.until, other.until) if day]
        return DateFilter(max(starts, default=None), min(ends, default=None))


def read(text: str) -> DateFilter | None:
    """Return the days that `text` means, or None where it means none.

    Forms: `2026`, `2026-05`, `2026-05-31`, each also after `>`, `>=`, `<`, `<=`, and two of them
    joined by `..`, of which one may be missing. `>2026-05` begins in June. Years: 1900 to 2199.
    """
    if ".." in text:
        return _range(*text.split("..", 1))
    comparison = text[: len(text) - len(text.lstrip("<>="))]
    span = _span(text[len(comparison) :])
    if span is None:
        return None
    first, last = span
    day = timedelta(days=1)
    return {
        "": DateFilter(first, last),
        "=": DateFilter(first, last),
        ">": DateFilter(since=last + day),
        ">=": DateFilter(since=first),
        "<": DateFilter(until=first - day),
        "<=": DateFilter(until=last),
    }.get(comparison)


def _range(start: str, end: str) -> DateFilter | None:
    first, last = _span(start), _span(end)
    if (start and not first) or (end and not last) or not (first or last):
        return None
    if first and last and first > last:
        # Nobody asks for no day at all: the ends were typed the wrong way round.
        first, last = last, first
    return DateFilter(first[0] if first else None, last[1] if last else None)


def _span(text: str) -> tuple[date, date] | None:
    """The first and the last day of a year, a month or a day."""
    match = _DATE.fullmatch(text)
    if not match or int(match[1]) not in _YEARS:
        return None
    year = int(match[1])
    try:
        first = date(year, int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return None
    if match[3]:
        return first, first
    month = first.month if match[2] else 12
    return first, date(year, month, monthrange(year, month)[1])
