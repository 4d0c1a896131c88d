"""What is drawn: times by class and size, the main measure by method."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.report import draw_latency, draw_relevance, methods_of, p95s

needs_matplotlib = pytest.mark.skipif(
    find_spec("matplotlib") is None, reason="matplotlib is in the dependency group `bench`"
)


def of_size(passages: int, ranking_ms: float) -> dict[str, object]:
    row = {"queries": 1, "ranking_p95_ms": ranking_ms, "naive_p95_ms": 10 * ranking_ms}
    return {"passages": passages, "classes": {"pair": row, "all": row}}


def of_method(ours: float, bm25s: float | None) -> dict[str, object]:
    theirs = None if bm25s is None else {"nDCG@10": bm25s}
    adi = {"collection": "adi", "ours": {"nDCG@10": ours}, "bm25s": theirs}
    return {"measure": "nDCG@10", "collections": [adi]}


def test_a_class_without_a_time_is_not_drawn() -> None:
    assert p95s(of_size(10, 2.0), "ranking", ["pair", "nl"]) == {"pair": 2.0}
    assert p95s(of_size(10, 2.0), "http", ["pair"]) == {}


def test_methods_are_given_by_collection_with_their_mean() -> None:
    assert methods_of(of_method(0.5, 0.4), of_method(0.6, None)) == {
        "bm25s": {"adi": 0.4, "mean": 0.4},
        "search-service": {"adi": 0.5, "mean": 0.5},
        "search-service, semantic": {"adi": 0.6, "mean": 0.6},
    }


def test_a_method_that_was_not_measured_is_left_out() -> None:
    assert list(methods_of(of_method(0.5, None), None)) == ["search-service"]


@needs_matplotlib
def test_sizes_and_classes_stand_in_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "latency.svg"
    draw_latency([of_size(1_000_000, 9.0), of_size(10_000, 2.0)], path)

    drawn = path.read_text(encoding="utf-8")
    assert drawn.index("10,000 passages") < drawn.index("1,000,000 passages")
    assert "pair" in drawn
    assert "HTTP" not in drawn


@needs_matplotlib
def test_the_same_figures_give_the_same_picture(tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg"):
        draw_relevance(of_method(0.5, 0.4), None, tmp_path / name)

    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
