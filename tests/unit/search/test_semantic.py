"""How meaning and words are put together, and what the question is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_service.search.query import parse
from search_service.search.semantic import (
    RERANKED,
    WEIGHT,
    Candidate,
    Likeness,
    question_of,
    rerank,
)

LISTS = st.lists(
    st.tuples(st.booleans(), st.floats(0.1, 50), st.none() | st.floats(-1, 1)), max_size=30
)


def candidate(material_id: int, score: float, *, full: bool = True) -> Candidate:
    return Candidate(material_id, full, score, (1,))


def order(ranked: list[Candidate]) -> list[int]:
    return [item.material_id for item in ranked]


def test_the_nearest_comes_first_where_words_do_not_decide() -> None:
    ranked = [candidate(1, 4.0), candidate(2, 3.9), candidate(3, 1.0)]

    found = rerank(ranked, {1: Likeness(0.2, 1), 2: Likeness(0.6, 7), 3: Likeness(0.6, 1)})

    assert order(found) == [2, 1, 3]
    assert found[0].score == pytest.approx(3.9 + 4.0 * WEIGHT * 0.6)
    assert found[0].meaning is not None
    assert found[0].meaning.value == pytest.approx(4.0 * WEIGHT * 0.6)
    assert "Slide 7" in found[0].meaning.words


def test_a_partial_match_never_passes_a_full_one() -> None:
    ranked = [candidate(1, 0.1), candidate(2, 9.0, full=False)]

    assert order(rerank(ranked, {1: Likeness(-0.5, 1), 2: Likeness(1.0, 1)})) == [1, 2]


def test_without_any_vector_order_and_scores_are_those_of_words() -> None:
    ranked = [candidate(1, 4.0), candidate(2, 3.0), candidate(3, 8.0, full=False)]

    assert rerank(ranked, {}) == ranked
    assert rerank(ranked, {3: Likeness(0.5, 1)})[:2] == ranked[:2]


def test_a_material_without_a_vector_counts_as_the_mean_of_the_others() -> None:
    ranked = [candidate(number, 2.0) for number in (1, 2, 3)]

    found = rerank(ranked, {1: Likeness(0.2, 1), 3: Likeness(0.6, 1)})

    assert order(found) == [3, 2, 1]
    assert found[1].score == pytest.approx(2.0 + 2.0 * WEIGHT * 0.4)
    assert found[1].meaning is not None
    assert "not known yet" in found[1].meaning.words


def test_what_comes_after_the_first_hits_stays_there() -> None:
    ranked = [candidate(number, 1000.0 - number) for number in range(RERANKED + 5)]
    near = {number: Likeness(number / 1000, 1) for number in range(RERANKED + 5)}

    found = rerank(ranked, near)

    assert found[RERANKED:] == ranked[RERANKED:]
    assert sorted(order(found[:RERANKED])) == list(range(RERANKED))


@given(LISTS)
def test_nothing_is_lost_doubled_or_moved_between_the_groups(
    drawn: list[tuple[bool, float, float | None]],
) -> None:
    drawn = sorted(drawn, key=lambda each: (not each[0], -each[1]))
    ranked = [candidate(number, each[1], full=each[0]) for number, each in enumerate(drawn)]
    near = {n: Likeness(each[2], 1) for n, each in enumerate(drawn) if each[2] is not None}

    found = rerank(ranked, near)

    assert sorted(order(found)) == order(ranked)
    assert [item.full for item in found] == [item.full for item in ranked]
    for full in (True, False):
        scores = [item.score for item in found if item.full is full]
        assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("How do we back up? And restore.", "How do we back up? And restore."),
        ("restore persona:ciso time", "restore time"),
        ('"disaster recovery" -training backup', "disaster recovery backup"),
        ("migr* updated:>2026-01-01", "migr"),
        ("segment:healthcare", ""),
    ],
)
def test_the_question_is_what_was_typed_without_what_filters(typed: str, question: str) -> None:
    assert question_of(parse(typed)) == question
