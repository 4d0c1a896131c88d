"""Opaque cursors of lists that go by id."""

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any, TypeVar

from search_service.errors import InvalidCursorError

Item = TypeVar("Item")
_LARGEST_ID = 2**31 - 1


def page_of(found: Sequence[Item], limit: int) -> tuple[Sequence[Item], str | None]:
    """Give a page of what was found, which is one more than `limit` where the list goes on."""
    items: Sequence[Any] = found[:limit]
    return items, encode(items[-1].id) if len(found) > limit else None


def encode(last_id: int) -> str:
    """Give the cursor behind an id."""
    return urlsafe_b64encode(f"i{last_id}".encode()).decode().rstrip("=")


def decode(cursor: str | None) -> int | None:
    """Give the id back, None without a cursor. Raises InvalidCursorError."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = b64decode(padded, altchars=b"-_", validate=True).decode()
        if text.startswith("i") and text[1:].isdecimal() and int(text[1:]) <= _LARGEST_ID:
            return int(text[1:])
    except ValueError:
        pass
    raise InvalidCursorError(
        "This cursor is not one that this list gave; start again without a cursor.",
        field="cursor",
    )
