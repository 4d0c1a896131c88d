"""Lists of postings added up, and the finalists chosen of them, against plain Python."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_service.search import finalists, postings
from search_service.search.columns import ColumnRow, Columns
from search_service.search.finalists import Entrants
from search_service.search.postings import Scored
from search_service.search.weights import DEFAULT
from search_service.text import weighting

PLACES = st.tuples(st.integers(1, 30), st.integers(0, 5))
LISTS = st.lists(st.dictionaries(PLACES, st.floats(0.1, 0.9), max_size=20), max_size=4)
# Keys of every length, as they are put in order by parts.
FAR = st.tuples(st.integers(1, 30) | st.integers(1, 2**31 - 1), st.integers(0, 2**16 - 1))
FAR_LISTS = st.lists(st.dictionaries(PLACES | FAR, st.floats(0.1, 0.9), max_size=20), max_size=4)


def key_of(material: int, ordinal: int) -> int:
    return material << weighting.ORDINAL_BITS | ordinal


def scored(entries: dict[tuple[int, int], float]) -> Scored:
    return Scored(
        np.array([key_of(*place) for place in entries], np.int64),
        np.array(list(entries.values()), np.float64),
    )


def as_dict(found: Scored) -> dict[tuple[int, int], float]:
    places = zip(found.materials.tolist(), found.ordinals.tolist(), strict=True)
    return dict(zip(places, found.scores.tolist(), strict=True))


def test_a_posting_is_read_as_it_is_packed() -> None:
    highest = 2**31 - 1
    packed = (weighting.SATURATION_STEPS - 1) << 48 | key_of(highest, 65_535)

    found = postings.unpacked(packed.to_bytes(8, "big"))

    assert as_dict(found) == {(highest, 65_535): pytest.approx(1, abs=1e-4)}


@pytest.mark.parametrize("numbers", [[], [7], [1, 2, 2**31 - 1]])
@pytest.mark.parametrize(("kind", "width"), [(">i4", 4), (">i8", 8), (">f8", 8)])
def test_numbers_are_read_from_an_arrays_bytes(numbers: list[int], kind: str, width: int) -> None:
    head = [1, 0, 23, len(numbers), 1] if numbers else [0, 0, 23]
    elements = (width.to_bytes(4, "big") + np.array([number], kind).tobytes() for number in numbers)
    array = np.array(head, ">i4").tobytes() + b"".join(elements)

    assert postings.unpacked_array(array, kind).tolist() == numbers


@given(FAR_LISTS, st.floats(0.5, 3))
def test_sums_and_maxima_are_those_of_each_passage(
    lists: list[dict[tuple[int, int], float]], weight: float
) -> None:
    sums: defaultdict[tuple[int, int], float] = defaultdict(float)
    best: defaultdict[tuple[int, int], float] = defaultdict(float)
    for entries in lists:
        for place, value in entries.items():
            sums[place] += weight * value
            best[place] = max(best[place], value)
    stored = [scored(entries) for entries in lists]

    together = postings.sum_of(stored, [weight] * len(stored))

    assert as_dict(together) == pytest.approx(dict(sums))
    assert as_dict(postings.best_of(postings.joined(stored))) == pytest.approx(dict(best))
    assert sorted(together.keys) == together.keys.tolist()


def test_forms_of_a_prefix_count_together() -> None:
    once = weighting.K1 / (weighting.K1 + weighting.K1)  # t = k1

    forms = [scored({(1, 1): once}), scored({(1, 1): once, (2, 1): once})]

    found = postings.any_of(postings.joined(forms))

    assert as_dict(found) == pytest.approx({(1, 1): 2 / 3, (2, 1): 1 / 2})


def columns_of(ids: list[int]) -> Columns:
    return Columns.of(
        [
            ColumnRow(key, [], [], None, None, "PRODUCT_BRIEF", "BOTH", None, None, "en", None,
                      None, None, 0, 0, 1)
            for key in ids
        ]
    )  # fmt: skip


@given(LISTS, st.data())
def test_who_takes_part_and_stands_in_a_list_is_a_finalist_once(
    lists: list[dict[tuple[int, int], float]], data: st.DataObject
) -> None:
    columns = columns_of(list(range(31)))
    flags = st.lists(st.booleans(), min_size=columns.size, max_size=columns.size)
    allowed, full = np.array(data.draw(flags)), np.array(data.draw(flags))
    entrants = Entrants(columns, allowed, full, np.ones(columns.size))
    stored, weights = [scored(entries) for entries in lists], [1.0] * len(lists)

    near = finalists.promising(finalists.roughly(stored, weights, entrants), entrants, wanted=1)
    summed = postings.sum_of([each.where(near[each.materials]) for each in stored], weights)
    chosen = finalists.choose(summed, entrants, wanted=1)

    assert set(chosen.tolist()) == {row for entries in lists for row, _ in entries if allowed[row]}
    assert len(set(chosen.tolist())) == len(chosen)


def test_only_materials_that_may_be_among_the_best_are_looked_at_closer() -> None:
    entrants = replace(everybody(9000), full=np.arange(9000) < 5)
    first = scored({(row, 1): 1 + row / 9000 for row in range(9000)})
    second = scored({(row, 2): 1.0 for row in range(100)})

    known = finalists.roughly([first, second], [1.0, 3.0], entrants)
    near = np.flatnonzero(finalists.promising(known, entrants, wanted=10))

    assert known[7] == pytest.approx(1 + 7 / 9000 + 3)
    assert set(range(100)) < set(near)  # five full matches, and words on other slides
    assert max(near) == 8999
    assert len(near) == finalists.NEAR * finalists.LEAST


def test_the_largest_are_found_whatever_a_sample_says() -> None:
    values = np.random.default_rng(3).permutation(np.arange(4_000.0))
    sampled_high, sampled_low = values.copy(), values.copy()
    sampled_high[::16] += 10_000
    sampled_low[::16] -= 10_000
    for each in (values, sampled_high, sampled_low, np.ones(4_000)):
        assert finalists._largest(each, 300) == np.sort(each)[-300]


def everybody(count: int) -> Entrants:
    columns = columns_of(list(range(count)))  # the row of each is its id
    return Entrants(columns, np.ones(count, np.bool_), np.zeros(count, np.bool_), np.ones(count))


def test_own_words_promise_as_little_as_they_count() -> None:
    slides = {(row, 1): 0.85 for row in range(100)}
    own = {(row, 0): 0.9 for row in range(100, 3000)}
    entrants = everybody(3000)

    known = finalists.roughly([scored(slides | own)], [1.0], entrants)

    assert set(range(100)) <= set(np.flatnonzero(finalists.promising(known, entrants, wanted=20)))


def test_of_many_materials_the_best_remain() -> None:
    entries = {(row, page): float(row) for row in range(3000) for page in range(1, 4)}
    entrants = replace(everybody(3000), full=np.arange(3000) < 5)

    chosen = finalists.choose(scored(entries), entrants, wanted=20)

    assert set(chosen.tolist()) >= {0, 1, 2, 3, 4, *range(2981, 3000)}
    assert len(chosen) == finalists.LEAST
    assert len(finalists.choose(scored(entries), entrants, wanted=300)) == 400


def test_own_words_count_little() -> None:
    others = {(row, 1): 5.0 * DEFAULT.own + 0.01 for row in range(1, finalists.LEAST + 1)}
    entries = {(0, 0): 5.0} | others

    chosen = finalists.choose(scored(entries), everybody(finalists.LEAST + 1), 1)

    assert 0 not in chosen
    assert len(chosen) == finalists.LEAST


def test_own_words_take_no_place_among_the_slides() -> None:
    """However well a name fits, the best slide is still weighed as the best."""
    named = {(key, place): score for key in range(100) for place, score in enumerate((0.6, 0.5))}
    unnamed = {(key, 1): 0.5 for key in range(100, 200)}
    chosen = finalists.choose(
        postings.sum_of([scored(named | unnamed)], [1.0]), everybody(200), wanted=20
    )
    assert set(chosen.tolist()) <= set(range(100))


def test_the_next_slides_of_a_material_decide_among_equals() -> None:
    single = {(row, 1): 5.0 for row in range(finalists.LEAST)}
    several = {
        (row, page): 4.9
        for row in range(finalists.LEAST, 2 * finalists.LEAST)
        for page in (1, 2, 3)
    }

    chosen = finalists.choose(scored(single | several), everybody(2 * finalists.LEAST), 1)

    assert set(chosen.tolist()) == {row for row, _ in several}
