"""Measures of ranked lists, as trec_eval defines them, and percentiles."""

import math
from collections.abc import Mapping, Sequence


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain with linear gain, 0 to 1."""
    gains = [max(grades.get(key, 0), 0) for key in ranked[:depth]]
    ideal = sorted((grade for grade in grades.values() if grade > 0), reverse=True)[:depth]
    return discounted(gains) / discounted(ideal) if ideal else 0.0


def average_precision(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    relevant = {key for key, grade in grades.items() if grade > 0}
    hits, total = 0, 0.0
    for place, key in enumerate(ranked, 1):
        if key in relevant:
            hits += 1
            total += hits / place
    return total / len(relevant)


def recall(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 100) -> float:
    relevant = {key for key, grade in grades.items() if grade > 0}
    return len(relevant.intersection(ranked[:depth])) / len(relevant)


def reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    return next((1 / place for place, key in enumerate(ranked, 1) if grades.get(key, 0) > 0), 0.0)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of all lie (nearest rank); 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0


def discounted(gains: Sequence[float]) -> float:
    """Discounted cumulative gain of a ranked list's gains."""
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))
