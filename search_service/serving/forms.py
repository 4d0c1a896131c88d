"""Looks at multipart forms while they come in, before Litestar reads them.

Litestar decodes a field by whatever codec its part names, in the event loop, and keeps it in memory
whatever its length. Here a field is UTF-8 and short, or the form is refused; files pass untouched.
"""

from collections.abc import AsyncGenerator
from typing import Any

from litestar import Request
from litestar.enums import RequestEncodingType
from multipart import MultipartError, MultipartSegment, PushMultipartParser

from search_service.errors import InvalidInputError, TooLargeError

FIELD_MAX_BYTES = 256 * 1024
_CHARSETS = frozenset({"", "utf-8", "utf8", "us-ascii", "ascii"})


class CheckedRequest(Request[Any, Any, Any]):
    """A request whose multipart form is checked as it is read.

    Raises InvalidInputError and TooLargeError.
    """

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Give the body in blocks."""
        check = self._check()
        async for block in super().stream():
            if check is not None:
                check.feed(block)
            yield block

    def _check(self) -> "FieldCheck | None":
        media_type, options = self.content_type
        boundary = options.get("boundary")
        if media_type != RequestEncodingType.MULTI_PART or not boundary:
            return None
        return FieldCheck(boundary)


class FieldCheck:
    """Reads along with a form; says nothing of one that is malformed, which its reader does."""

    def __init__(self, boundary: str) -> None:
        self._parser = PushMultipartParser(boundary.encode())
        self._name: str | None = None
        self._left_bytes = FIELD_MAX_BYTES
        self._readable = True

    def feed(self, block: bytes) -> None:
        """Look at the next block. Raises InvalidInputError and TooLargeError."""
        if not self._readable:
            return
        try:
            for part in self._parser.parse(block):
                self._look_at(part)
        except MultipartError:
            self._readable = False

    def _look_at(self, part: MultipartSegment | bytearray | None) -> None:
        if isinstance(part, MultipartSegment):
            self._name = None if part.filename else part.name
            charset = str(part.charset or "").strip().lower()
            if self._name is not None and charset not in _CHARSETS:
                raise InvalidInputError("The fields of a form are UTF-8; send them so.")
        elif part and self._name is not None:
            # All fields together: many short ones fill the memory as well.
            self._left_bytes -= len(part)
            if self._left_bytes < 0:
                raise TooLargeError(
                    f"The fields of a form hold {FIELD_MAX_BYTES // 1024} KiB at most; shorten "
                    "them.",
                    max_bytes=FIELD_MAX_BYTES,
                )
