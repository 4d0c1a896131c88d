from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_service.text.dates import moment_of


@pytest.mark.parametrize(
    ("stated", "moment"),
    [
        ("2026-04-25T09:00:00Z", datetime(2026, 4, 25, 9, tzinfo=UTC)),
        ("2026-04-25T09:00:00.123+02:00", datetime(2026, 4, 25, 7, tzinfo=UTC)),
        ("2026-04-25", datetime(2026, 4, 25, tzinfo=UTC)),
        ("D:20260425090030-05'30'", datetime(2026, 4, 25, 14, 30, 30, tzinfo=UTC)),
        ("D:20260425090000+02'00", datetime(2026, 4, 25, 7, tzinfo=UTC)),
        ("D:20260425", datetime(2026, 4, 25, tzinfo=UTC)),
        ("D:20000101000000+00'00'", None),
        ("1980-01-01T00:00:00Z", None),
        ("2026-13-01", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_files_date_is_read_where_it_is_one(stated: str, moment: datetime | None) -> None:
    assert moment_of(stated) == moment


@given(st.text())
def test_no_text_breaks_it(stated: str) -> None:
    moment_of(stated)
