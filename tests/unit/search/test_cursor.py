import base64
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search_service.errors import InvalidCursorError
from search_service.search.cursor import decode, encode

KINDS = (int, bool, float, int)


@given(
    st.text(st.characters()),
    st.integers(0, 2**31 - 1),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_a_key_comes_back_to_the_last_digit(
    question: str, seen: int, full: bool, score: float
) -> None:
    assert decode(question, encode(question, [seen, full, score, 7]), KINDS) == [
        seen, full, score, 7,
    ]  # fmt: skip


def test_a_cursor_is_of_one_question() -> None:
    with pytest.raises(InvalidCursorError):
        decode("b", encode("a", [1, True, 1.0, 1]), KINDS)


@pytest.mark.parametrize(
    "key",
    [
        [], [1, True, 1.0], [1, True, 1.0, 1, 1], [True, True, 1.0, 1], [1, 1, 1.0, 1],
        [1, True, 1, 1], [1, True, "1.0", 1], [1, True, 1.0, None], [-1, True, 1.0, 1],
        [1, True, 1.0, 2**31], [1, True, float("nan"), 1], [1, True, float("inf"), 1],
    ],
)  # fmt: skip
def test_a_key_of_other_kinds_is_refused(key: list[object]) -> None:
    digest = json.loads(base64.urlsafe_b64decode(encode("q", [1]) + "=="))[0]
    cursor = base64.urlsafe_b64encode(json.dumps([digest, *key]).encode()).decode()
    with pytest.raises(InvalidCursorError):
        decode("q", cursor, KINDS)


@given(st.text(st.characters(), max_size=80))
@example(base64.urlsafe_b64encode(b"[" * 100_000).decode())
@example(base64.urlsafe_b64encode(b"9" * 10_000).decode())
@example(base64.urlsafe_b64encode(b"\xff").decode())
@example("bnVsbA")
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursorError):
        decode("q", cursor, KINDS)
