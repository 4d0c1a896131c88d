"""Judged collections are read as they are and runs written as trec_eval reads them."""

from pathlib import Path

import pytest

from benchmarks import baseline, measures
from benchmarks.judged import averages, read_grades, score, write_run

GRADES = {"q1": {"a": 2, "b": 1}, "q2": {"c": 1}}


def test_queries_to_which_nothing_is_relevant_are_not_judged(tmp_path: Path) -> None:
    (tmp_path / "qrels.tsv").write_text("q1 0 a 2\nq1 0 b 0\nq2 0 c 0\n")

    assert read_grades(tmp_path) == {"q1": {"a": 2, "b": 0}}


def test_a_query_without_an_answer_counts_nothing() -> None:
    scores = score({"q1": [("a", 2.0), ("b", 1.0)]}, GRADES)

    assert scores["nDCG@10"] == {"q1": pytest.approx(1.0), "q2": 0.0}
    assert averages(scores)["MRR"] == 0.5


def test_the_order_decides_what_a_run_is_worth() -> None:
    assert measures.ndcg(["b", "a"], GRADES["q1"]) < measures.ndcg(["a", "b"], GRADES["q1"])


def test_a_run_has_six_columns(tmp_path: Path) -> None:
    write_run(tmp_path / "x.run", {"q1": [("a", 2.0), ("b", 1.5)]}, "ours")

    assert (tmp_path / "x.run").read_text() == (
        "q1 Q0 a 1 2.000000 ours\nq1 Q0 b 2 1.500000 ours\n"
    )


@pytest.mark.skipif(not baseline.is_installed(), reason=baseline.MISSING)
def test_the_baseline_stems_and_leaves_out_what_holds_no_word() -> None:
    documents = [
        {"id": "a", "title": "Backups", "text": "of databases"},
        {"id": "b", "title": "", "text": "the price of a backup and of its restore"},
        {"id": "c", "title": "", "text": "something else"},
    ]

    run = baseline.rank(documents, [{"id": "q", "text": "the backup"}], 10)

    assert [key for key, _ in run["q"]] == ["a", "b"]
