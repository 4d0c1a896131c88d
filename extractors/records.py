"""Records as JSON lines, as the child writes and the parent reads them; it opens no file.

The record's type is always the first key, so that a line can be told apart without parsing it.
"""

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from extractors.types import Document, Page, PageImage, Summary

Line: TypeAlias = Document | Page | PageImage | Summary

_KINDS: dict[type[Line], str] = {
    Document: "document",
    Page: "page",
    PageImage: "image",
    Summary: "summary",
}
_TYPES: dict[str, type[Line]] = {kind: record_type for record_type, kind in _KINDS.items()}


def encode(record: Line) -> bytes:
    """One line of UTF-8 JSON with its newline."""
    return encode_fields({"type": _KINDS[type(record)], **_fields(record)})


def encode_fields(tagged: Mapping[str, Any]) -> bytes:
    """The line of a record that is changed on its way: its fields, the type first."""
    text = json.dumps(tagged, ensure_ascii=False, separators=(",", ":"), default=_fields)
    return text.encode() + b"\n"


def decode(line: bytes) -> Line:
    """The record of one line.

    Raises ValueError where the line is not one that `encode` writes (msgspec checks every field).
    """
    import msgspec  # noqa: PLC0415 - 30 ms that the command line and the child do without

    kind = kind_of(line)
    if kind is None:
        raise ValueError("the line has no record type")
    return msgspec.json.decode(line, type=_TYPES[kind])


def kind_of(line: bytes) -> str | None:
    """document, page, image or summary, by the line's first key; None for anything else."""
    for kind in _TYPES:
        if line.startswith(b'{"type":"%s",' % kind.encode()) and line.endswith(b"}\n"):
            return kind
    return None


def _fields(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__}
