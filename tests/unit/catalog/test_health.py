from datetime import date, timedelta
from typing import Any

import pytest

from search_service.catalog.health import HealthFacts, assess
from search_service.db.enums import MaterialStatus
from tests.unit.catalog.materials import TODAY, bare

FINE = HealthFacts("done", pages_with_warnings=0, pages=8)
DAY = TODAY.date()


def test_a_fresh_material_is_healthy() -> None:
    assert assess(bare(), FINE, DAY).score == 100


@pytest.mark.parametrize(
    ("fields", "points"),
    [
        ({"expires_on": DAY}, 40),
        ({"expires_on": DAY + timedelta(days=1)}, 0),
        ({"review_by": DAY - timedelta(days=1)}, 25),
        ({"review_by": DAY + timedelta(days=14)}, 5),
        ({"review_by": DAY + timedelta(days=15)}, 0),
        ({"last_updated": TODAY - timedelta(days=366)}, 15),
        ({"last_updated": None, "updated_at": TODAY - timedelta(days=366)}, 15),
        ({"status": MaterialStatus.PUBLISHED, "published_at": TODAY - timedelta(days=91)}, 10),
        (
            {
                "status": MaterialStatus.PUBLISHED,
                "published_at": TODAY - timedelta(days=91),
                "usage_count": 1,
            },
            0,
        ),
    ],
)
def test_the_state_of_a_material_costs_points(fields: dict[str, Any], points: int) -> None:
    found = assess(bare(**fields), FINE, DAY)
    assert found.score == 100 - points
    assert len(found.issues) == (1 if points else 0)
    assert all(issue.advice.endswith(".") for issue in found.issues)


@pytest.mark.parametrize(
    ("facts", "points"),
    [
        (HealthFacts("refused", 0, 0), 40),
        (HealthFacts("partial", 0, 8), 15),
        (HealthFacts("done", 2, 8), 10),
        (HealthFacts("done", 1, 8), 0),
        (HealthFacts(None, 0, 0), 0),
    ],
)
def test_what_extraction_found_costs_points(facts: HealthFacts, points: int) -> None:
    assert assess(bare(), facts, DAY).score == 100 - points


def test_health_does_not_fall_below_zero() -> None:
    sick = bare(
        expires_on=date(2020, 1, 1),
        review_by=date(2020, 1, 1),
        last_updated=TODAY - timedelta(days=999),
    )
    assert assess(sick, HealthFacts("refused", 8, 8), DAY).score == 0
