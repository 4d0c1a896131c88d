"""Lists of postings added up, and the finalists chosen of them, against plain Python."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_service.search import finalists, postings
from search_service.search.columns import ColumnRow, Columns
from search_service.search.finalists import Entrants
from search_service.search.postings import Scored, key_of
from search_service.search.weights import DEFAULT
from search_service.text import weighting

PLACES = st.tuples(st.integers(1, 30), st.integers(0, 5))
LISTS = st.lists(st.dictionaries(PLACES, st.floats(0.1, 0.9), max_size=20), max_size=4)
# Keys of every length, as they are put in order by parts.
FAR = st.tuples(st.integers(1, 30) | st.integers(1, 2**31 - 1), st.integers(0, 2**16 - 1))
FAR_LISTS = st.lists(st.dictionaries(PLACES | FAR, st.floats(0.1, 0.9), max_size=20), max_size=4)


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
    assert as_dict(postings.best_of(stored)) == pytest.approx(dict(best))
    assert sorted(together.keys) == together.keys.tolist()


def test_forms_of_a_prefix_count_together() -> None:
    once = weighting.K1 / (weighting.K1 + weighting.K1)  # t = k1

    found = postings.any_of([scored({(1, 1): once}), scored({(1, 1): once, (2, 1): once})])

    assert as_dict(found) == pytest.approx({(1, 1): 2 / 3, (2, 1): 1 / 2})


def columns_of(ids: list[int]) -> Columns:
    return Columns.of(
        [
            ColumnRow(key, [], [], None, None, "PRODUCT_BRIEF", "BOTH", None, None, "en", None,
                      None, None, 0, 0)
            for key in ids
        ]
    )  # fmt: skip


@given(st.dictionaries(PLACES, st.floats(0.1, 9), min_size=1, max_size=80), st.data())
def test_each_material_that_takes_part_is_a_finalist_once(
    entries: dict[tuple[int, int], float], data: st.DataObject
) -> None:
    columns = columns_of(list(range(1, 26)))  # those above 25 are gone
    flags = st.lists(st.booleans(), min_size=columns.size, max_size=columns.size)
    allowed, full = np.array(data.draw(flags)), np.array(data.draw(flags))
    entrants = Entrants(columns, allowed, full, np.ones(columns.size))
    by_key = dict(sorted(entries.items()))

    chosen = finalists.choose(entrants.of(scored(by_key)), entrants, wanted=1)

    assert {int(columns.ids[row]) for row in chosen} == {
        material for material, _ in by_key if material <= columns.size and allowed[material - 1]
    }
    assert len(set(chosen.tolist())) == len(chosen)


def test_of_many_materials_the_best_remain() -> None:
    ids = list(range(1, 3001))
    entries = {(key, page): float(key) for key in ids for page in range(1, 4)}
    columns = columns_of(ids)
    full = columns.ids <= 5
    entrants = Entrants(columns, np.ones(3000, np.bool_), full, np.ones(3000))

    chosen = finalists.choose(scored(entries), entrants, wanted=20)

    assert set(columns.ids[chosen].tolist()) >= {1, 2, 3, 4, 5, *range(2981, 3001)}
    assert len(chosen) == finalists.LEAST
    assert len(finalists.choose(scored(entries), entrants, wanted=300)) == 400


def everybody(count: int) -> Entrants:
    columns = columns_of(list(range(1, count + 1)))
    return Entrants(columns, np.ones(count, np.bool_), np.zeros(count, np.bool_), np.ones(count))


def test_own_words_count_little() -> None:
    others = {(key, 1): 5.0 * DEFAULT.own + 0.01 for key in range(2, finalists.LEAST + 2)}
    entries = {(1, 0): 5.0} | others

    entrants = everybody(finalists.LEAST + 1)
    chosen = finalists.choose(scored(entries), entrants, 1)

    assert 1 not in entrants.columns.ids[chosen]
    assert len(chosen) == finalists.LEAST


def test_the_next_slides_of_a_material_decide_among_equals() -> None:
    single = {(key, 1): 5.0 for key in range(1, finalists.LEAST + 1)}
    several = {
        (key, page): 4.9
        for key in range(finalists.LEAST + 1, 2 * finalists.LEAST + 1)
        for page in (1, 2, 3)
    }

    entrants = everybody(2 * finalists.LEAST)
    chosen = finalists.choose(scored(single | several), entrants, 1)

    assert set(entrants.columns.ids[chosen].tolist()) == {key for key, _ in several}
