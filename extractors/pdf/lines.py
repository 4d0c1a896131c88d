"""What the text of a PDF page needs before it reads well: pure functions, no reader."""

import re
from collections.abc import Iterator

from extractors.types import ReadWarning, WarningCode

_HYPHEN_MARKS = "\ufffe\x02"
"""PDFium puts one of these in place of a hyphen that a line ends with, and joins the lines."""
_BROKEN_WORD = re.compile(rf"(\w{{0,40}})[{_HYPHEN_MARKS}](?:\r?\n)?(\w{{0,40}})")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SHORTEST_PART = 3
_RIGHT_TO_LEFT = "\u0590-\u08ff"
_SCRIPT_BORDER = re.compile(
    rf"(?<=[A-Za-z])(?=[{_RIGHT_TO_LEFT}])|(?<=[{_RIGHT_TO_LEFT}])(?=[A-Za-z])"
)
_LONG_WORD = re.compile(r"[^\W\d_]{31,}")
_UNKNOWN = re.compile("[\ufffd\ue000-\uf8ff]")
_UNKNOWN_SHARE = 0.02


class Vocabulary:
    """The words that a document has written so far; what it says of its own hyphens."""

    def __init__(self) -> None:
        self._words: set[str] = set()

    def learn(self, text: str) -> None:
        """Remember the text's words, those broken at a line's end left out.

        A hyphenated word also counts for its first part.
        """
        for word in _WORD.findall(_BROKEN_WORD.sub(" ", text).lower()):
            self._words.add(word)
            first, hyphen, _ = word.partition("-")
            if hyphen:
                self._words.add(first + hyphen)

    def keeps_hyphen(self, before: str, after: str) -> bool:
        """Whether a word broken at a line's end is a compound and not one word cut in two.

        It is where the document writes it so elsewhere, or knows both parts and not the whole.
        """
        before, after = before.lower(), after.lower()
        if f"{before}-{after}" in self._words or before + after in self._words:
            return before + after not in self._words
        if min(len(before), len(after)) < _SHORTEST_PART or after not in self._words:
            return False
        return before in self._words or f"{before}-" in self._words


def joined_hyphens(text: str, vocabulary: Vocabulary) -> str:
    """The text with words that were broken at a line's end made whole.

    The hyphen goes, unless a capital or a digit follows it or the vocabulary keeps it.
    """

    def join(broken: re.Match[str]) -> str:
        before, after = broken.groups()
        kept = not after[:1].islower() or vocabulary.keeps_hyphen(before, after)
        return f"{before}-{after}" if kept else before + after

    return _BROKEN_WORD.sub(join, text)


def parted_scripts(text: str) -> str:
    """The text with a space between Latin and Hebrew or Arabic letters that stand together.

    PDFium drops the space where the direction turns.
    """
    return _SCRIPT_BORDER.sub(" ", text)


def signs(body: str) -> Iterator[ReadWarning]:
    """Warnings that the text itself shows: glued words, characters without a meaning."""
    long_words = _LONG_WORD.findall(body)
    if long_words:
        yield ReadWarning(WarningCode.GLUED_WORDS, f"{len(long_words)} words")
    unknown = len(_UNKNOWN.findall(body))
    if unknown and unknown >= len(body) * _UNKNOWN_SHARE:
        yield ReadWarning(WarningCode.REPLACEMENT_CHARACTERS, f"{unknown} characters")
