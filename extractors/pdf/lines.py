"""What the text of a PDF page needs before it reads well: pure functions, no reader."""

import re
from collections.abc import Iterator

from extractors.types import ReadWarning, WarningCode

_HYPHEN_MARKS = "\ufffe\x02"
"""PDFium puts one of these in place of a hyphen that a line ends with, and joins the lines."""
_BROKEN_WORD = re.compile(rf"(\w*)[{_HYPHEN_MARKS}](?:\r?\n)?(\w*)")
_WORD = re.compile(r"\w+(?:-\w+)*")
_LONG_WORD = re.compile(r"[^\W\d_]{31,}")
_UNKNOWN = re.compile("[\ufffd\ue000-\uf8ff]")
_UNKNOWN_SHARE = 0.02


def joined_hyphens(text: str) -> str:
    """The text with words that were broken at a line end made whole.

    The hyphen goes, unless a capital or a digit follows it, or the page writes the word with a
    hyphen elsewhere and never without.
    """
    if not any(mark in text for mark in _HYPHEN_MARKS):
        return text
    written = set(_WORD.findall(text.lower()))

    def join(broken: re.Match[str]) -> str:
        before, after = broken.groups()
        return before + ("-" if _keeps_hyphen(before, after, written) else "") + after

    return _BROKEN_WORD.sub(join, text)


def signs(body: str) -> Iterator[ReadWarning]:
    """Warnings that the text itself shows: glued words, characters without a meaning."""
    long_words = _LONG_WORD.findall(body)
    if long_words:
        yield ReadWarning(WarningCode.GLUED_WORDS, f"{len(long_words)} words")
    unknown = len(_UNKNOWN.findall(body))
    if unknown and unknown >= len(body) * _UNKNOWN_SHARE:
        yield ReadWarning(WarningCode.REPLACEMENT_CHARACTERS, f"{unknown} characters")


def _keeps_hyphen(before: str, after: str, written: set[str]) -> bool:
    if not after or not after[0].islower():
        return True
    whole, hyphenated = f"{before}{after}".lower(), f"{before}-{after}".lower()
    return hyphenated in written and whole not in written
