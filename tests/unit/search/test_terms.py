import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_service.search import terms
from search_service.search.terms import (
    Corpus,
    Lexeme,
    Term,
    Unit,
    any_query,
    inverse_document_frequency,
    phrase_query,
    quoted,
    terms_of,
    ways,
)

CORPUS = Corpus({"en": 90, "fr": 10})


def unit(text: str, *, df: int = 5, languages: str = "en", is_prefix: bool = False) -> Unit:
    """Words that are lexemes of themselves, one position each; `a|b` has two forms."""
    positions = {
        place: tuple(Lexeme(form, df) for form in word.split("|"))
        for place, word in enumerate(text.split(), 1)
    }
    return Unit(
        text,
        dict.fromkeys(languages.split(), positions),
        is_phrase=len(positions) > 1,
        is_prefix=is_prefix,
    )


def test_a_term_counts_its_passages_in_every_language() -> None:
    word = Unit("Run", {"en": {1: (Lexeme("run", 7),)}, "fr": {1: (Lexeme("run", 2),)}})

    [term] = terms_of([word], CORPUS)

    assert term == Term("Run", {"en": ("run",), "fr": ("run",)}, 9, term.weight)
    assert term.weight == pytest.approx(math.log(1 + (100 - 9 + 0.5) / 9.5))


def test_the_forms_of_a_word_count_once_and_those_of_a_prefix_together() -> None:
    forms = {"en": {1: (Lexeme("securit", 7), Lexeme("secur", 4))}}

    assert terms_of([Unit("x", forms)], CORPUS)[0].document_frequency == 7
    assert terms_of([Unit("x", forms, is_prefix=True)], CORPUS)[0].document_frequency == 11


def test_no_term_stands_in_more_passages_than_there_are() -> None:
    assert terms_of([unit("a", df=500)], CORPUS)[0].document_frequency == CORPUS.size


def test_equal_terms_are_one_that_weighs_more() -> None:
    once = terms_of([unit("a"), unit("b")], CORPUS)
    twice = terms_of([unit("a"), unit("b"), unit("a")], CORPUS)

    assert [term.word for term in twice] == ["a", "b"]
    assert twice[0].weight == pytest.approx(2 * once[0].weight)


def test_a_phrase_has_a_term_for_each_word() -> None:
    assert [term.forms for term in terms_of([unit("a b")], CORPUS)] == [
        {"en": ("a",)}, {"en": ("b",)},
    ]  # fmt: skip


def test_of_very_many_terms_the_heaviest_are_kept_in_their_order() -> None:
    units = [unit(f"w{number:03}", df=number % 60) for number in range(100)]

    kept = terms_of(units, CORPUS)

    assert len(kept) == terms.MAX_TERMS
    assert [term.word for term in kept] == sorted(term.word for term in kept)
    assert max(term.document_frequency for term in kept) < 30


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_the_idf_is_positive_and_falls(first: int, second: int) -> None:
    rare, common = sorted((first, second))
    size = 10_000
    assert inverse_document_frequency(rare, size) >= inverse_document_frequency(common, size) > 0


def test_any_form_of_any_term_in_any_language_is_asked_for() -> None:
    running = Unit("running", {"en": {1: (Lexeme("run", 1),)}, "fr": {1: (Lexeme("running", 0),)}})

    assert any_query(terms_of([running], CORPUS)) == "'run' | 'running'"
    assert any_query([]) == ""


@pytest.mark.parametrize(
    ("words", "all_of", "in_order"),
    [
        ("a", "a", "'a'"),
        ("a b", "a & b", "'a' <1> 'b'"),
        ("wi-fi wi fi", "wi & fi", "'wi' <1> 'fi'"),
        ("fast wi-fi wi fi", "fast & wi & fi", "'fast' <2> 'wi' <1> 'fi'"),
        ("-200 rack", "-200 & rack", "'-200' <1> 'rack'"),
        ("all-in-one", "all-in-one", "'all-in-one'"),
        ("trust|trust-based b", "trust | trust-based & b",
         "('trust' | 'trust-based') <1> 'b'"),
    ],
)  # fmt: skip
def test_words_are_demanded_by_their_parts(words: str, all_of: str, in_order: str) -> None:
    [way] = ways(unit(words), "en")
    parts = [" | ".join(form.text for form in forms) for forms in way.values()]
    assert " & ".join(parts) == all_of
    assert phrase_query(unit(words), "en") == in_order


def test_a_compound_is_also_held_by_a_spelling_in_one_piece() -> None:
    positions = {
        1: (Lexeme("wi-fi", 2), Lexeme("wifi", 3, respelled=True)),
        2: (Lexeme("wi", 2),),
        3: (Lexeme("fi", 2),),
    }
    word = Unit("wi-fi", {"en": positions})
    phrase = Unit("wi-fi", {"en": positions}, is_phrase=True)

    assert phrase_query(word, "en") == "'wi' <1> 'fi' | ('wi-fi' | 'wifi')"
    assert phrase_query(phrase, "en") == "'wi' <1> 'fi'"


def test_a_stop_word_leaves_a_gap_in_a_phrase() -> None:
    phrase = Unit("state of the art", {"en": {1: (Lexeme("state", 1),), 4: (Lexeme("art", 1),)}})

    assert phrase_query(phrase, "en") == "'state' <3> 'art'"
    assert (phrase_query(phrase, "fr"), ways(phrase, "fr")) == ("", ())


def test_quoting_doubles_quotes_and_backslashes() -> None:
    assert quoted("a'b\\c") == "'a''b\\\\c'"


def test_a_unit_is_unknown_where_nothing_published_holds_it() -> None:
    assert unit("a", df=0).is_unknown
    assert Unit("a", {}).is_unknown
    assert not unit("a", df=1).is_unknown


def test_the_main_language_is_that_of_most_passages() -> None:
    assert CORPUS.main_language == "en"
    assert Corpus({}).main_language is None
