"""The paired t-test, against an integration of the density."""

import pytest

from benchmarks.significance import compare, paired_t_test


@pytest.mark.parametrize(
    ("differences", "p"),
    [
        ([1.0, 2.0, 3.0, 4.0], 0.0304662),
        ([0.1, -0.2, 0.3, 0.0, 0.05], 0.5687284),
        ([-1.0, -2.0, -3.0, -4.0], 0.0304662),
        ([0.5, -0.5], 1.0),
        ([0.0, 0.0], 1.0),
        ([1.0, 1.0], 0.0),
        ([0.3], 1.0),
    ],
)
def test_the_p_value_is_two_sided(differences: list[float], p: float) -> None:
    assert paired_t_test(differences) == pytest.approx(p, abs=1e-6)


def test_a_comparison_pairs_scores_by_query() -> None:
    ours = {"a": 1.0, "b": 0.5, "c": 0.2, "d": 0.4}
    theirs = {"d": 0.4, "c": 0.3, "b": 0.1, "a": 0.0}

    found = compare(ours, theirs)

    assert (found.wins, found.losses) == (2, 1)
    assert found.difference == pytest.approx(0.325)
    assert 0.2 < found.p < 0.4
