import pytest

from search_service.api.ranges import Part, UnsatisfiableRangeError, part_of


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("", None),
        ("bytes=0-9", Part(0, 10)),
        ("bytes=90-", Part(90, 100)),
        ("bytes=90-1000", Part(90, 100)),
        ("bytes=-10", Part(90, 100)),
        ("bytes=-1000", Part(0, 100)),
        ("BYTES= 5-5", Part(5, 6)),
        ("bytes=9-5", None),
        ("bytes=-", None),
        ("bytes=0-1,5-6", None),
        ("pages=1-2", None),
        ("bytes=" + "9" * 30 + "-", None),
    ],
)
def test_one_range_of_bytes_is_understood(header: str | None, expected: Part | None) -> None:
    assert part_of(header, 100) == expected


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=500-600", "bytes=-0"])
def test_a_range_outside_the_file_is_refused(header: str) -> None:
    with pytest.raises(UnsatisfiableRangeError):
        part_of(header, 100)
