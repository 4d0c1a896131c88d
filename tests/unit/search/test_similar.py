"""Which lexemes tell a text apart."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from search_service.search.similar import MAX_LEXEMES, MAX_POSTINGS, most_telling

PASSAGES = 100_000


@dataclass(frozen=True, slots=True)
class Row:
    """A lexeme as the database counts it."""

    lexeme: str
    frequency: int = 1
    document_frequency: int = 10
    own_passages: int = 1
    first_ordinal: int = 1
    first_position: int = 1


def lexemes(*rows: Row) -> list[str]:
    return [each.lexeme for each in most_telling(rows, PASSAGES)]


def test_rare_and_frequent_ones_come_first() -> None:
    rows = (
        Row("common", frequency=3, document_frequency=5_000, first_position=1),
        Row("rare", frequency=3, document_frequency=5, first_position=2),
        Row("rarer", frequency=1, document_frequency=4, first_position=3),
    )
    assert lexemes(*rows) == ["rare", "rarer", "common"]


def test_what_nobody_else_has_is_left_out() -> None:
    assert lexemes(Row("own", document_frequency=2, own_passages=2)) == []
    assert lexemes(Row("shared", document_frequency=3, own_passages=2)) == ["shared"]
    assert lexemes(Row("uncounted", document_frequency=0, own_passages=0)) == []


def test_two_forms_of_one_word_count_once() -> None:
    rows = (Row("securit", document_frequency=9), Row("securite", document_frequency=8))
    assert lexemes(*rows) == ["securite"]


def test_a_lexeme_beyond_the_budget_makes_room_for_a_rarer_one() -> None:
    rows = (
        Row("heavy", frequency=900, document_frequency=MAX_POSTINGS, first_position=1),
        Row("heavier", frequency=800, document_frequency=MAX_POSTINGS - 5, first_position=2),
        Row("rare", frequency=1, document_frequency=3, first_position=3),
    )
    assert lexemes(rows[1], rows[2]) == ["heavier", "rare"]
    assert lexemes(*rows) == ["heavy"]


@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 10**6)), max_size=60))
def test_the_work_is_bounded_whatever_is_counted(counts: list[tuple[int, int]]) -> None:
    rows = [
        Row(f"w{place}", frequency, document_frequency, first_position=place)
        for place, (frequency, document_frequency) in enumerate(counts)
    ]
    chosen = most_telling(rows, PASSAGES)

    assert len(chosen) <= MAX_LEXEMES
    assert sum(each.document_frequency for each in chosen) <= MAX_POSTINGS
    weights = [each.weight for each in chosen]
    assert weights == sorted(weights, reverse=True)
    assert all(weight > 0 for weight in weights)
