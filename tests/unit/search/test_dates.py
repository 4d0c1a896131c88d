from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_service.search.dates import DateFilter, read


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-5", "2026-05-01", "2026-05-31"),
        ("2026-05-31", "2026-05-31", "2026-05-31"),
        ("=2026-05-31", "2026-05-31", "2026-05-31"),
        (">2026-01-01", "2026-01-02", None),
        (">2026-05", "2026-06-01", None),
        (">=2026-05", "2026-05-01", None),
        ("<2026-05", None, "2026-04-30"),
        ("<=2026", None, "2026-12-31"),
        ("2026-01..2026-03", "2026-01-01", "2026-03-31"),
        ("2026..", "2026-01-01", None),
        ("..2026-03", None, "2026-03-31"),
        ("2026-03..2026-01", "2026-01-01", "2026-03-31"),
    ],
)
def test_forms_of_dates(text: str, since: str | None, until: str | None) -> None:
    assert read(text) == DateFilter(
        date.fromisoformat(since) if since else None, date.fromisoformat(until) if until else None
    )


@pytest.mark.parametrize(
    "text",
    [
        "", "..", ">", "yesterday", "2026-13", "2026-02-30", "2026-00", "0000", "9999-12-31",
        "1899", "2200", "26-01-01", ">>2026", "<>2026", "=>2026", "2026..x", "2026..2027..2028",
        ">2026..2027", "٢٠٢٦",
    ],
)  # fmt: skip
def test_anything_else_is_no_date(text: str) -> None:
    assert read(text) is None


@given(st.text("0123456789-.<>=", max_size=24))
def test_reading_never_fails(text: str) -> None:
    days = read(text)
    assert days is None or days.since or days.until


def test_narrowing_keeps_the_days_in_both() -> None:
    days = DateFilter(since=date(2026, 1, 2)).narrowed(DateFilter(until=date(2026, 3, 1)))
    assert days == DateFilter(date(2026, 1, 2), date(2026, 3, 1))
    assert days.narrowed(DateFilter(date(2026, 2, 1), date(2026, 4, 1))) == DateFilter(
        date(2026, 2, 1), date(2026, 3, 1)
    )
