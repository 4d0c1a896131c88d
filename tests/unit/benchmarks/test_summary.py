"""Figures by class: percentiles of times, means of the rest."""

import pytest

from benchmarks.measures import percentile
from benchmarks.summary import by_class, ratio


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(number) for number in range(1, 101)]

    assert percentile(values, 0.5) == 50
    assert percentile(values, 0.95) == 95
    assert percentile([3.0], 0.99) == 3.0
    assert percentile([], 0.5) == 0.0


def test_a_query_counts_in_each_of_its_classes() -> None:
    classes = by_class([("pair", "all"), ("rare", "all")], [{"search_ms": 1}, {"search_ms": 3}])

    assert [classes[name]["queries"] for name in ("pair", "rare", "all")] == [1, 1, 2]
    assert classes["all"]["search_p50_ms"] == 1
    assert classes["all"]["search_p95_ms"] == 3


def test_what_is_no_time_is_averaged_over_the_queries_that_have_it() -> None:
    classes = by_class([("pair",)] * 3, [{"agreement": 1.0}, {"agreement": 0.5}, {}])

    assert classes["pair"]["agreement"] == 0.75


def test_a_time_that_some_queries_lack_is_left_out() -> None:
    classes = by_class([("pair",)] * 2, [{"search_ms": 1, "fts5_ms": 2}, {"search_ms": 1}])

    assert "fts5_p95_ms" not in classes["pair"]
    assert "search_p95_ms" in classes["pair"]


def test_a_ratio_needs_both_sides() -> None:
    row = {"ranking_p95_ms": 3.0, "naive_p95_ms": 30.0}

    assert ratio(row, "ranking", "naive") == pytest.approx(0.1)
    assert ratio(row, "ranking", "tantivy") is None
