import pytest

from search_service.api import cursors
from search_service.errors import InvalidCursorError


def test_a_cursor_gives_its_id_back() -> None:
    assert cursors.decode(cursors.encode(42)) == 42
    assert cursors.decode(None) is None


@pytest.mark.parametrize("cursor", ["", "zz", "aTQy!", "🙂", "aXg", "a" * 400, "eA=="])
def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursorError):
        cursors.decode(cursor)
