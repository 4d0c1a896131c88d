"""Reads the dates that files state of themselves; it does not know which of them to believe."""

import re
from datetime import UTC, datetime, timedelta

# Earlier years are what programs write that know no date: 1970, 1980, 2000.
FIRST_YEAR = 2001

# D:20260425090000+02'00' of a PDF (ISO 32000-1, 7.9.4), 2026-04-25T09:00:00Z of a deck.
_MOMENT = re.compile(
    r"(?:D:)?(\d{4})-?(\d{2})-?(\d{2})"
    r"(?:T?(\d{2}):?(\d{2})(?::?(\d{2})(?:\.\d+)?)?\s*(?:Z|([+-])(\d{2})[:']?(\d{2})?'?)?)?"
)


def moment_of(stated: str) -> datetime | None:
    """Return the moment that a file states, as UTC where it names no zone, or None for nonsense."""
    match = _MOMENT.match(stated.strip())
    if match is None:
        return None
    *digits, sign, hours, minutes = match.groups()
    year, month, day, hour, minute, second = (int(part or 0) for part in digits)
    ahead = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        moment = local + ahead if sign == "-" else local - ahead
    except (ValueError, OverflowError):
        return None
    return moment if moment.year >= FIRST_YEAR else None
