import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from search_service.search import bitmaps
from search_service.search.bitmaps import bitmap_of

SETS = st.sets(st.integers(0, 40))


def bitmap(ids: set[int]) -> bitmaps.Bitmap:
    return bitmap_of(np.array(sorted(ids), np.int64))


@given(st.lists(SETS, min_size=1), st.integers(0, 60))
def test_bitmaps_are_joined_and_intersected_as_the_sets_that_they_are(
    sets: list[set[int]], size: int
) -> None:
    given_sets = [bitmap(ids) for ids in sets]

    joined = bitmaps.mask_of(bitmaps.union(given_sets), size)
    common = bitmaps.mask_of(bitmaps.intersection(given_sets), size)

    assert all(bitmaps.holds(bitmap(sets[0]), each) == (each in sets[0]) for each in range(60))
    assert len(joined) == len(common) == size
    assert set(np.flatnonzero(joined)) == {each for each in set().union(*sets) if each < size}
    assert set(np.flatnonzero(common)) == {each for each in set.intersection(*sets) if each < size}


@given(SETS, SETS)
def test_two_sets_intersect_where_something_is_in_both(one: set[int], other: set[int]) -> None:
    assert bitmaps.intersect(bitmap(one), bitmap(other)) == bool(one & other)


def test_nothing_joined_is_nothing() -> None:
    assert not bitmaps.mask_of(bitmaps.union([]), 64).any()
