"""Whether one list of scores is better than another, query by query."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, variance

_TINY = 1e-300
_STEPS = 400


@dataclass(frozen=True, slots=True)
class Comparison:
    """Ours against theirs: mean difference, queries won and lost, two-sided p-value."""

    difference: float
    wins: int
    losses: int
    p: float


def compare(ours: Mapping[str, float], theirs: Mapping[str, float]) -> Comparison:
    """Compare two scorings of the same queries by the paired t-test."""
    differences = [ours[query] - theirs[query] for query in ours]
    return Comparison(
        difference=mean(differences),
        wins=sum(difference > 0 for difference in differences),
        losses=sum(difference < 0 for difference in differences),
        p=paired_t_test(differences),
    )


def paired_t_test(differences: Sequence[float]) -> float:
    """Give the two-sided p-value of Student's paired t-test; 1 for fewer than two values."""
    if len(differences) < 2:
        return 1.0
    average, spread = mean(differences), variance(differences)
    if not spread:
        return 0.0 if average else 1.0
    squared = average**2 / (spread / len(differences))
    freedom = len(differences) - 1
    return _incomplete_beta(freedom / 2, 0.5, freedom / (freedom + squared))


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function (DLMF 8.17), by its continued fraction."""
    if not 0 < x < 1:
        return min(max(x, 0.0), 1.0)
    logarithm = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(logarithm + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, 1 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of DLMF 8.17.22, by Lentz's method."""
    numerator, denominator = 1.0, 1 / _nonzero(1 - (a + b) * x / (a + 1))
    value = denominator
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for factor in (even, odd):
            denominator = 1 / _nonzero(1 + factor * denominator)
            numerator = _nonzero(1 + factor / numerator)
            value *= numerator * denominator
        if abs(numerator * denominator - 1) < 1e-14:
            break
    return value


def _nonzero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
