import pytest

from search_service.jobs import seats
from search_service.jobs.seats import GIB


@pytest.mark.parametrize(
    ("memory_gib", "processors", "expected"),
    [(1, 8, 1), (4, 8, 1), (8, 2, 2), (8, 16, 3), (64, 4, 4), (64, 64, 25)],
)
def test_half_the_memory_is_for_readers_and_never_more_than_processors(
    memory_gib: int, processors: int, expected: int
) -> None:
    assert seats.fitting(memory_gib * GIB, processors) == expected


def test_a_stated_number_counts() -> None:
    assert seats.count(7) == 7
    assert seats.count(0) >= 1
