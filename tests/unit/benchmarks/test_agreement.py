"""How two rankings are compared: by the exact scores of what each puts first."""

import pytest

from benchmarks.agreement import Exact, dcg_share, overlap

EXACT = Exact((1, 2, 3), {1: 4.0, 2: 2.0, 3: 1.0})


def test_the_exact_list_agrees_wholly_with_itself() -> None:
    assert dcg_share([1, 2, 3], EXACT) == 1.0
    assert overlap([1, 2, 3], EXACT) == 1.0


def test_another_order_agrees_less_and_overlaps_as_much() -> None:
    assert dcg_share([2, 1, 3], EXACT) < 1.0
    assert overlap([2, 1, 3], EXACT) == 1.0


def test_a_lost_hit_costs_more_the_better_it_is() -> None:
    assert dcg_share([2, 3], EXACT) < dcg_share([1, 2], EXACT) < 1.0
    assert overlap([1, 2], EXACT) == pytest.approx(2 / 3)


def test_only_the_beginning_of_both_lists_counts() -> None:
    assert dcg_share([1, 2, 99], EXACT, depth=2) == 1.0
    assert overlap([1, 3], EXACT, depth=2) == 0.5


def test_of_nothing_nothing_must_be_found() -> None:
    nothing = Exact((), {})

    assert dcg_share([], nothing) == overlap([], nothing) == 1.0
    assert dcg_share([1], nothing) == overlap([1], nothing) == 0.0
