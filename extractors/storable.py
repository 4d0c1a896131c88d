"""Cleans what no database can store out of text; it decides nothing about wording.

PostgreSQL refuses NUL in text and UTF-8 refuses lone surrogates; both come out of real files.
Control characters and noncharacters are stored by some and break readers of others. Compatibility
forms (ligatures, full width) stay: folding them is the index's business, not the text's.
"""

import dataclasses
import re
from typing import Any, TypeVar

T = TypeVar("T")

_LINE_ENDS = re.compile("[\r\x0b\x0c\x85\u2028\u2029]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_ASTRAL_ENDS = re.compile(
    "["
    + "".join(chr((plane << 16) | end) for plane in range(1, 17) for end in (0xFFFE, 0xFFFF))
    + "]"
)
"""Asked of few texts only: its ranges are tried one after the other on every character."""


def storable(text: str) -> str:
    """The text with line ends as newlines, surrogate pairs joined and the unstorable dropped."""
    if text.isascii() and text.isprintable():
        return text
    if not text.isascii() and _SURROGATES.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    text = _CONTROLS.sub("", _LINE_ENDS.sub("\n", text.replace("\r\n", "\n")))
    return _ASTRAL_ENDS.sub("", text) if _ASTRAL.search(text) else text


def cleaned(value: T) -> T:
    """A copy with every string made storable; tuples and slotted dataclasses are followed."""
    return _cleaned(value)  # type: ignore[no-any-return] # the walk keeps every type


def _cleaned(value: Any) -> Any:
    if type(value) is str:
        return storable(value)
    if type(value) is tuple:
        return tuple(_cleaned(item) for item in value) if value else value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return type(value)(*map(_cleaned, _fields(value)))
    return value


def characters(value: Any) -> int:
    """How many characters of text the value holds, all fields together."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, tuple):
        return sum(map(characters, value))
    if dataclasses.is_dataclass(value):
        return sum(map(characters, _fields(value)))
    return 0


def _fields(record: Any) -> list[Any]:
    return [getattr(record, name) for name in record.__slots__]
