"""Cleans what no database can store out of text; it decides nothing about wording.

PostgreSQL refuses NUL in text and UTF-8 refuses lone surrogates; both come out of real files.
Control characters and noncharacters are stored by some and break readers of others. Compatibility
forms (ligatures, full width) stay: folding them is the index's business, not the text's.
"""

import dataclasses
import re
from typing import Any, TypeVar

T = TypeVar("T")

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_UNSTORABLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr((plane << 16) | end) for plane in range(1, 17) for end in (0xFFFE, 0xFFFF))
    + "]"
)


def storable(text: str) -> str:
    """The text with line ends as newlines, surrogate pairs joined and the unstorable dropped."""
    if text.isascii() and text.isprintable():
        return text
    if _SURROGATES.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return _UNSTORABLE.sub("", _LINE_ENDS.sub("\n", text))


def cleaned(value: T) -> T:
    """A copy of the value, tuples and dataclasses followed, with every string made storable."""
    return _cleaned(value)  # type: ignore[no-any-return] # the walk keeps every type


def _cleaned(value: Any) -> Any:
    if type(value) is str:
        return storable(value)
    if isinstance(value, tuple):
        return tuple(_cleaned(item) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return type(value)(**{name: _cleaned(item) for name, item in fields.items()})
    return value


def characters(value: Any) -> int:
    """How many characters of text the value holds, all fields together."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, tuple):
        return sum(characters(item) for item in value)
    if dataclasses.is_dataclass(value):
        return sum(characters(getattr(value, field.name)) for field in dataclasses.fields(value))
    return 0
