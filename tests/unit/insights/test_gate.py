"""When the gate says that a change makes search worse."""

import pytest

from search_service.insights.gate import MAX_LISTED, MIN_QUERIES, Trial, compared, is_worse
from search_service.insights.measuring import QueryScore


def scores(*figures: float) -> list[QueryScore]:
    return [QueryScore(f"query {number}", figure) for number, figure in enumerate(figures)]


@pytest.mark.parametrize(
    ("queries", "before", "after", "worse"),
    [
        (MIN_QUERIES, 0.5, 0.4, True),
        (MIN_QUERIES, 0.5, 0.5, False),
        (MIN_QUERIES, 0.5, 0.6, False),
        (MIN_QUERIES, 0.5, 0.5 - 5e-7, False),
        (MIN_QUERIES, 0.5, 0.5 - 5e-6, True),
        (MIN_QUERIES - 1, 0.5, 0.0, False),
        (0, None, None, False),
    ],
)
def test_the_mean_decides_where_there_are_enough_queries(
    queries: int, before: float | None, after: float | None, worse: bool
) -> None:
    assert is_worse(Trial(queries, before, after, ())) is worse


def test_what_is_hurt_is_listed_with_the_most_hurt_first() -> None:
    trial = compared(scores(0.9, 0.5, 0.5, 1.0), scores(0.8, 0.9, 0.5, 0.2), override=False)

    assert [(change.query, change.before, change.after) for change in trial.hurt] == [
        ("query 3", 1.0, 0.2),
        ("query 0", 0.9, 0.8),
    ]
    assert trial.mean_before == pytest.approx(0.725)
    assert trial.mean_after == pytest.approx(0.6)


def test_the_list_of_the_hurt_is_bounded() -> None:
    many = 2 * MAX_LISTED
    trial = compared(scores(*[1.0] * many), scores(*[0.5] * many), override=True)

    assert len(trial.hurt) == MAX_LISTED
    assert trial.overridden


def test_only_what_would_be_refused_is_overridden() -> None:
    better = compared(scores(*[0.5] * 30), scores(*[0.6] * 30), override=True)
    few = compared(scores(0.5), scores(0.1), override=True)

    assert not better.overridden
    assert not few.overridden
