from hypothesis import given
from hypothesis import strategies as st

from search_service.web.views.marking import TextPart, parts_of


def test_marks_cut_the_text_into_parts() -> None:
    assert parts_of("a managed cluster", [(2, 9)]) == (
        TextPart("a "),
        TextPart("managed", marked=True),
        TextPart(" cluster"),
    )


def test_text_without_marks_is_one_part() -> None:
    assert parts_of("plain", []) == (TextPart("plain"),)
    assert parts_of("", []) == ()


def test_overlapping_marks_lose_no_character() -> None:
    parts = parts_of("abcdef", [(1, 4), (2, 5)])
    assert "".join(part.text for part in parts) == "abcdef"
    assert [part.text for part in parts if part.marked] == ["bcd", "e"]


@given(
    st.text(max_size=30), st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40)), max_size=6)
)
def test_parts_always_make_up_the_text(text: str, marks: list[tuple[int, int]]) -> None:
    assert "".join(part.text for part in parts_of(text, marks)) == text
