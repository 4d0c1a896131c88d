import pytest

from search_service.ingest.scheduling import priority_behind


@pytest.mark.parametrize(
    ("ahead", "priority"), [(None, 0), (0, 9), (9, 9), (10, 8), (89, 1), (90, 0), (5000, 0)]
)
def test_the_first_files_of_a_person_go_before_the_next(ahead: int | None, priority: int) -> None:
    assert priority_behind(ahead) == priority
