"""What an ingest left, compared with what it should have left."""

from dataclasses import replace

from benchmarks.contents import Contents, differences

CLEAN = Contents(
    ended={"a" * 64: ("done", None), "b" * 64: ("refused", "damaged")},
    rows={"passages": {"a" * 64: "1"}},
    orphans={"passages of no version": 0},
)


def test_an_equal_run_has_no_difference() -> None:
    assert differences(CLEAN, CLEAN) == []


def test_what_is_lost_doubled_or_left_over_is_named() -> None:
    found = replace(
        CLEAN,
        ended={"a" * 64: ("partial", "memory_limit"), "c" * 64: ("done", None)},
        rows={"passages": {"a" * 64: "2"}},
        orphans={"passages of no version": 3},
    )
    assert differences(CLEAN, found) == [
        "3 passages of no version",
        "aaaaaaaaaaaa ended as ('partial', 'memory_limit'), not ('done', None)",
        "bbbbbbbbbbbb ended as None, not ('refused', 'damaged')",
        "cccccccccccc is no file of this run",
        "other passages of aaaaaaaaaaaa",
    ]
