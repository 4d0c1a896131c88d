"""Opaque cursors: where a page of an ordered list ended.

A cursor belongs to one question: it carries a digest of it and is refused with another.
"""

import base64
import binascii
import json
import math
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from search_service.errors import InvalidCursorError

Key = Sequence[bool | int | float | str | list[int] | None]

_MOST = 2**31 - 1


def encode(question: str, key: Key) -> str:
    """Write the sort key of the last item shown for a question."""
    payload = json.dumps([_digest(question), *key], separators=(",", ":"))
    return base64.urlsafe_b64encode(payload.encode()).decode().rstrip("=")


def decode(question: str, cursor: str, kinds: Sequence[type]) -> list[Any]:
    """Read the sort key back; each of its parts is of the kind asked for.

    Raises InvalidCursorError for a cursor of another question, or one that was tampered with.
    """
    try:
        payload = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        digest, *key = payload
        fits = digest == _digest(question) and len(key) == len(kinds)
        if fits and all(_is_of(kind, part) for part, kind in zip(key, kinds, strict=True)):
            return list(key)
    except (ValueError, TypeError, RecursionError, binascii.Error):
        pass
    raise InvalidCursorError(
        "The cursor does not belong to this search; start again from its first page."
    )


def _is_of(kind: type, part: object) -> bool:
    """Tell whether a part is of the kind, and a number one that PostgreSQL can compare with; a list
    is one of whole numbers.
    """
    if type(part) is not kind:
        return False
    if isinstance(part, list):
        return all(_is_of(int, each) for each in part)
    if isinstance(part, float):
        return math.isfinite(part)
    return not isinstance(part, int) or 0 <= part <= _MOST


def _digest(question: str) -> str:
    return sha256(question.encode("utf-8", "surrogatepass")).hexdigest()[:12]
