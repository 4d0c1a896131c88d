"""Which of the best hits speak for the others, and how loudly."""

import pytest

from search_service.search.feedback import SOURCES, Leader, shares


def leaders(*scores: float) -> list[Leader]:
    return [Leader(place, 1, score) for place, score in enumerate(scores, 1)]


def test_equal_hits_count_alike_and_weaker_ones_much_less() -> None:
    assert shares(leaders(2, 2, 1)) == [1, 1, pytest.approx(1 / 256)]


def test_only_the_first_are_sources() -> None:
    found = shares(leaders(*[1.0] * (SOURCES + 3)))

    assert found == [1.0] * SOURCES + [0.0] * 3


def test_a_weaker_full_match_may_come_first() -> None:
    assert max(shares(leaders(1, 3, 2))) == 1


def test_hits_without_a_score_speak_for_nobody() -> None:
    assert shares(leaders(0, 0)) == [0, 0]
