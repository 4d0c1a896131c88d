"""What depends on the day alone, and that the next change is known beforehand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_service.catalog import due, health
from search_service.catalog.health import HealthFacts
from search_service.catalog.materials import MaterialRecord
from search_service.db.enums import MaterialStatus, ReviewReason
from tests.unit.catalog.materials import bare

TODAY = date(2026, 6, 1)
PUBLISHED, ARCHIVED = MaterialStatus.PUBLISHED, MaterialStatus.ARCHIVED
NO_FACTS = HealthFacts("done", 0, 3)


def ago(days: int) -> datetime:
    return datetime(2026, 6, 1, 12, tzinfo=UTC) - timedelta(days=days)


def ahead(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("fields", "reasons"),
    [
        ({"review_by": ahead(1)}, ()),
        ({"review_by": TODAY}, (ReviewReason.REVIEW_DUE,)),
        ({"review_by": ahead(-300), "status": ARCHIVED}, ()),
        ({"expires_on": ahead(15)}, ()),
        ({"expires_on": ahead(14)}, (ReviewReason.EXPIRING,)),
        ({"expires_on": ahead(1)}, (ReviewReason.EXPIRING,)),
        ({"expires_on": TODAY}, (ReviewReason.EXPIRED,)),
        ({"expires_on": TODAY, "status": MaterialStatus.DRAFT}, (ReviewReason.EXPIRED,)),
        (
            {"expires_on": TODAY, "status": ARCHIVED, "archived_at": ago(30)},
            (ReviewReason.EXPIRED,),
        ),
        ({"expires_on": TODAY, "status": ARCHIVED, "archived_at": ago(31)}, ()),
        (
            {"review_by": ahead(-1), "expires_on": ahead(3)},
            (ReviewReason.REVIEW_DUE, ReviewReason.EXPIRING),
        ),
        ({"review_by": date.min, "expires_on": date.max}, (ReviewReason.REVIEW_DUE,)),
    ],
)
def test_dates_are_reasons_to_look(
    fields: dict[str, object], reasons: tuple[ReviewReason, ...]
) -> None:
    material = replace(bare(status=PUBLISHED), **fields)  # type: ignore[arg-type] # by name
    assert due.reasons_on(material, TODAY) == reasons


NEARBY = st.none() | st.integers(-400, 400).map(ahead)
MOMENTS = st.integers(0, 500).map(ago)


@given(
    st.sampled_from(MaterialStatus), NEARBY, NEARBY, MOMENTS, MOMENTS, st.none() | MOMENTS,
    st.integers(0, 1),
)  # fmt: skip
def test_nothing_changes_before_the_day_that_was_foretold(  # noqa: PLR0917 - drawn apart
    status: MaterialStatus,
    review_by: date | None,
    expires_on: date | None,
    last_updated: datetime,
    archived_at: datetime,
    published_at: datetime | None,
    usage_count: int,
) -> None:
    material = bare(
        status=status,
        review_by=review_by,
        expires_on=expires_on,
        last_updated=last_updated,
        archived_at=archived_at,
        published_at=published_at,
        usage_count=usage_count,
    )
    day, now = due.next_change(material, TODAY), _on(material, TODAY)
    until = (day - TODAY).days if day else 900
    assert all(_on(material, ahead(days)) == now for days in range(1, min(until, 900)))


def test_the_day_of_a_change_is_foretold() -> None:
    material = bare(status=PUBLISHED, review_by=ahead(100), expires_on=ahead(40))
    assert due.next_change(material, TODAY) == ahead(26)
    assert due.next_change(material, ahead(26)) == ahead(40)
    assert due.next_change(material, ahead(40)) == ahead(86)
    assert due.next_change(bare(last_updated=ago(500)), TODAY) is None


def _on(material: MaterialRecord, day: date) -> tuple[object, ...]:
    return health.assess(material, NO_FACTS, day).score, due.reasons_on(material, day)
