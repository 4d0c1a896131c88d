import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search_service.text.passages import content_hash, split

bodies = st.text("ab. \n\t!Z", max_size=300)


@given(bodies, st.integers(1, 12))
def test_every_word_lands_in_exactly_one_passage(body: str, limit: int) -> None:
    passages = split("", body, limit)
    assert [word for passage in passages for word in passage.body.split()] == body.split()
    assert [passage.part for passage in passages] == list(range(len(passages)))
    for passage in passages:
        assert passage.body == body[passage.char_start : passage.char_end]
        assert passage.body == passage.body.strip()
        assert 1 <= len(passage.body.split()) <= limit
    starts = [edge for passage in passages for edge in (passage.char_start, passage.char_end)]
    assert starts == sorted(starts)


@given(bodies)
@example("a b c d e f g h i\n\nj")
def test_no_passage_is_a_leftover(body: str) -> None:
    passages = split("", body, 9)
    assert all(len(passage.body.split()) >= 3 for passage in passages) or len(passages) == 1


def test_a_short_page_is_one_passage() -> None:
    (passage,) = split("Title", "  One line.\n\nAnother.  ")
    assert passage.title == "Title"
    assert passage.body == "One line.\n\nAnother."
    assert (passage.char_start, passage.char_end) == (2, 21)


def test_a_title_alone_is_a_passage_and_nothing_is_none() -> None:
    (passage,) = split("Thank you", " \n")
    assert (passage.body, passage.char_start, passage.char_end) == ("", 0, 0)
    assert split(" ", "\n") == []


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("a b c\n\nd e. F g\nH i", ["a b c", "d e. F g\nH i"]),
        ("a b c\nD e f. G h", ["a b c", "D e f. G h"]),
        ("a b\nc d e. F g h", ["a b\nc d e.", "F g h"]),
        ("a b c d\ne f g h", ["a b c d", "e f g h"]),
        ("a b c d e f g h", ["a b c d", "e f g h"]),
        ("a e.g. b c d e f g", ["a e.g. b c", "d e f g"]),
    ],
)
def test_the_strongest_border_wins(body: str, parts: list[str]) -> None:
    assert [passage.body for passage in split("", body, 6)] == parts


def test_the_default_keeps_passages_even() -> None:
    passages = split("", "word " * 260)
    assert [len(passage.body.split()) for passage in passages] == [130, 130]


def test_the_hash_ignores_case_and_blanks_but_not_words() -> None:
    assert content_hash("A  Title", "some\nText") == content_hash("a title", "Some text ")
    assert content_hash("a", "b c") != content_hash("a b", "c")
    assert split("A", "b")[0].content_hash == content_hash("A", "b")
