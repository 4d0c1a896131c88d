from bisect import bisect_right
from dataclasses import replace
from itertools import accumulate

import pytest

from search_service.search import ranking
from search_service.search.terms import Term
from search_service.search.weights import Weights


def term(number: int = 0, **forms: tuple[str, ...]) -> Term:
    return Term(f"word{number}", forms or {"en": (f"word{number}",)}, 1, 0.5)


def test_every_frequency_to_64_falls_between_its_own_borders() -> None:
    borders = ranking.steps()
    sums = list(accumulate(1 / j**2 for j in range(1, 71)))

    assert borders == sorted(borders)
    assert bisect_right(borders, 0.0) == 0
    for frequency, total in enumerate(sums, 1):
        for error in (-1e-5, 0, 1e-5):  # far more than float4 loses
            assert bisect_right(borders, total + error) == min(frequency, 64)


def test_no_terms_score_nothing() -> None:
    assert ranking.passage_score([]) == ranking.Expression("0", {})


def test_values_are_bound_and_never_written() -> None:
    score = ranking.passage_score([term(en=("a'b",), fr=("c",))])

    assert "a'b" not in score.sql
    assert score.binds["term_0_0_0_query"] == "'a''b'"
    assert score.binds["term_0_1_0_query"] == "'c'"
    assert score.binds["term_0_0_languages"] == ["en"]
    assert score.binds["weight_0"] == pytest.approx(0.5 * ranking.UNIT)
    assert all(f":{name}" in score.sql for name in score.binds)


def test_languages_with_the_same_forms_share_a_case() -> None:
    score = ranking.passage_score([term(en=("a",), fr=("a",))])

    assert score.binds["term_0_0_languages"] == ["en", "fr"]
    assert score.sql.count("WHEN") == 1


def test_of_many_terms_each_is_looked_for_before_it_is_counted() -> None:
    few = ranking.term_scores([term(0), term(1)])
    many = ranking.term_scores([term(0), term(1), term(2)])

    assert not any("@@" in score.sql for score in few)
    assert all("@@ CAST(:term_" in score.sql for score in many)


def prefix(**forms: tuple[str, ...]) -> Term:
    return replace(term(), forms=forms, is_prefix=True)


def test_the_forms_of_a_prefix_are_one_parameter() -> None:
    [score] = ranking.term_scores([prefix(en=tuple("abcdef"))])

    assert score.binds["term_0_0_forms"] == [f"'{form}'" for form in "abcdef"]
    assert score.sql.count("tsquery") == 1
    # Not gated by the forms of another language.
    [*_, mixed] = ranking.term_scores([term(0), term(1), prefix(en=tuple("abcdef"), fr=("g",))])
    assert mixed.sql.startswith("CAST(:weight_2 ")


def test_a_prefix_of_no_form_scores_nothing() -> None:
    assert ranking.passage_score([prefix()]) == ranking.Expression("0", {})
    assert ranking.term_scores([term(0), term(1), prefix()])[2].sql == "0"


def test_a_material_has_its_best_passages_and_its_own_words() -> None:
    score = ranking.material_score(Weights(next_slides=(0.2, 0.1), own=0.3))

    assert score.binds == {"next_2": 0.2, "next_3": 0.1, "own_weight": 0.3}
    for name in score.binds:
        assert f":{name} " in score.sql
