"""What is found wrong with a plan."""

from typing import Any

from benchmarks.recorder import Sent
from benchmarks.rules import MOST_READ, faults_of

BLOCK = """-- What is read.
-- Index: pk_passages, idx_passages_search_vector.
SELECT 1"""


def node(kind: str, rows: float = 1, loops: int = 1, **others: Any) -> dict[str, Any]:
    return {
        "Node Type": kind,
        "Relation Name": "passages",
        "Actual Rows": rows,
        "Actual Loops": loops,
        **{name.replace("_", " "): value for name, value in others.items()},
    }


def faults(*plans: dict[str, Any], block: str = "rank") -> list[str]:
    plan = {"Node Type": "Limit", "Actual Rows": 1, "Actual Loops": 1, "Plans": list(plans)}
    return faults_of(block, Sent(BLOCK, ()), plan)


def test_few_rows_by_a_named_index_are_right() -> None:
    assert faults(node("Index Scan", MOST_READ, Index_Name="pk_passages")) == []


def test_a_scan_from_end_to_end_is_wrong_whatever_it_gives() -> None:
    assert faults(node("Seq Scan", 1)) == ["sequential scan of passages"]


def test_an_index_that_the_block_does_not_name_is_wrong() -> None:
    found = faults(node("Index Scan", Index_Name="idx_passages_content_hash"))

    assert found == ["by idx_passages_content_hash, which the block does not name"]


def test_rows_count_that_are_given_thrown_away_or_looked_for_in_vain() -> None:
    by: dict[str, Any] = {"Index_Name": "pk_passages"}

    assert faults(node("Index Scan", MOST_READ + 1, **by)) == ["2501 rows read of passages"]
    assert faults(node("Index Scan", 0, Rows_Removed_by_Filter=3000, **by)) == [
        "3000 rows read of passages"
    ]
    assert faults(node("Index Scan", 0, loops=4000, **by)) == ["4000 rows read of passages"]
    assert faults(node("Index Scan", 9999, **by), block="similar_words") == []
