"""Figures of single queries summed up by class; pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import mean

from benchmarks.measures import percentile

SHARES = (50, 95, 99)
# A figure in milliseconds is summed up by percentiles; of others the mean counts.
TIME_ENDING = "_ms"

Figures = Mapping[str, float]


def by_class(
    classes: Sequence[Iterable[str]], figures: Sequence[Figures]
) -> dict[str, dict[str, float]]:
    """Sum up what was measured of each query, by the classes that it counts in.

    A time that was not measured of every query of a class is left out there, as two engines must
    be asked the same to be compared.
    """
    grouped: defaultdict[str, list[Figures]] = defaultdict(list)
    for names, each in zip(classes, figures, strict=True):
        for name in names:
            grouped[name].append(each)
    return {name: {"queries": len(items), **_summed(items)} for name, items in grouped.items()}


def ratio(row: Mapping[str, float], ours: str, other: str, share: int = 95) -> float | None:
    """Give our percentile over another's; None where one was not measured."""
    values = [row.get(f"{name}_p{share}_ms") for name in (ours, other)]
    if values[0] is None or values[1] is None:
        return None
    return round(values[0] / max(values[1], 0.001), 3)


def _summed(items: Sequence[Figures]) -> dict[str, float]:
    columns: defaultdict[str, list[float]] = defaultdict(list)
    for item in items:
        for name, value in item.items():
            columns[name].append(value)
    summed = {}
    for name, values in columns.items():
        if not name.endswith(TIME_ENDING):
            summed[name] = round(mean(values), 4)
        elif len(values) == len(items):
            stem = name.removesuffix(TIME_ENDING)
            for share in SHARES:
                summed[f"{stem}_p{share}_ms"] = round(percentile(values, share / 100), 3)
    return summed
