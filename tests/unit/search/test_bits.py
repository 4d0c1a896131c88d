import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from search_service.search import bits
from search_service.search.bits import bits_of

ROWS = st.sets(st.integers(0, 40)).map(lambda rows: np.array(sorted(rows), np.int64))


@given(st.lists(ROWS), st.integers(0, 60))
def test_joined_bits_are_the_rows_of_all_parts_as_far_as_the_mask_reaches(
    parts: list[np.ndarray], size: int
) -> None:
    together = bits.mask_of(bits.joined(map(bits_of, parts)), size)

    held = {row for rows in parts for row in rows.tolist()}
    assert len(together) == size
    assert np.flatnonzero(together).tolist() == sorted(row for row in held if row < size)


@given(ROWS, ROWS)
def test_bits_meet_in_a_common_row(one: np.ndarray, other: np.ndarray) -> None:
    common = set(one.tolist()) & set(other.tolist())

    assert bits.meet(bits_of(one), bits_of(other)) == bool(common)
