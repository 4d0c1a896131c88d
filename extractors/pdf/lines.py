"""What the text of a PDF page needs before it reads well: pure functions, no reader."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from extractors.types import ReadWarning, WarningCode

_HYPHEN_MARKS = "\ufffe\x02"
"""PDFium puts one of these in place of a hyphen that a line ends with, and joins the lines."""
_BREAK = re.compile(rf"[{_HYPHEN_MARKS}](?:\r?\n)?")
_LONGEST_PART = 40
_PART_BEFORE = re.compile(r"\w*\Z")
_PART_AFTER = re.compile(rf"\w{{0,{_LONGEST_PART}}}")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SHORTEST_PART = 3
_SHORTEST_PAIR = 4
"""Letters of two words written together: there must be other gaps to compare with."""
_LONGEST_PAIR = 60
"""Each cut is looked at: of a word as long as its page that would be without end."""
_MOST_SUSPECTS = 500
"""Of one page, each of which is looked for in its text; a page with more keeps its words."""
_TELLING = 4
"""Letters of a known word that alone make what it begins or ends worth a look at its glyphs."""
_ADDRESS = re.compile(r"://|\bwww\.", re.IGNORECASE)
_LONGEST_ADDRESS = 200
_RIGHT_TO_LEFT = "\u0590-\u08ff"
_ANY_RIGHT_TO_LEFT = re.compile(f"[{_RIGHT_TO_LEFT}]")
_SCRIPT_BORDER = re.compile(
    rf"(?<=[A-Za-z])(?=[{_RIGHT_TO_LEFT}])|(?<=[{_RIGHT_TO_LEFT}])(?=[A-Za-z])"
)
_LONGEST_WORD = 30
_LONG_WORD = re.compile(rf"[^\W\d_]{{{_LONGEST_WORD + 1},}}")
_UNKNOWN = re.compile("[\ufffd\ue000-\uf8ff]")
_UNKNOWN_SHARE = 0.02


class Vocabulary:
    """The words that a document has written so far; what it says of hyphens and missing blanks."""

    def __init__(self) -> None:
        self._words: set[str] = set()

    def learn(self, text: str) -> set[str]:
        """Remember the text's words, those broken at a line's end left out.

        A hyphenated word also counts for its first part. Words that are new and could be two known
        ones written together are returned instead, in lower case: only their glyphs can tell, and
        `add` is for those that prove to be one.
        """
        words = set(_WORD.findall(_without_broken_words(text).lower()))
        new = words - self._words
        self._words |= new
        self._words |= {word.partition("-")[0] + "-" for word in new if "-" in word}
        suspects = {word for word in new if self._may_be_two(word)}
        if len(suspects) > _MOST_SUSPECTS:
            return set()
        self._words -= suspects
        return suspects

    def add(self, word: str) -> None:
        """Remember a word in lower case."""
        self._words.add(word)

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

    def _may_be_two(self, word: str) -> bool:
        """Whether it begins or ends with a known word, a short one only if the rest is known."""
        words, letters = self._words, len(word)
        if not _SHORTEST_PAIR <= letters <= _LONGEST_PAIR or "-" in word:
            return False
        for cut in range(1, letters):
            begins, ends = word[:cut] in words, word[cut:] in words
            if (begins and (ends or cut >= _TELLING)) or (ends and letters - cut >= _TELLING):
                return True
        return False


class _BrokenWord(NamedTuple):
    """A word that a mark divides: its parts, of at most 40 characters, and where they stand."""

    start: int
    end: int
    before: str
    after: str


def _broken_words(text: str) -> Iterator[_BrokenWord]:
    """In order; what follows one mark is never taken for what precedes the next."""
    free = 0
    for mark in _BREAK.finditer(text):
        reach = text[max(free, mark.start() - _LONGEST_PART) : mark.start()]
        before, after = _PART_BEFORE.search(reach), _PART_AFTER.match(text, mark.end())
        assert before is not None, "it matches nothing as well"
        assert after is not None, "the same"
        yield _BrokenWord(mark.start() - len(before[0]), after.end(), before[0], after[0])
        free = after.end()


def _without_broken_words(text: str) -> str:
    if not _BREAK.search(text):
        return text
    pieces, done = [], 0
    for word in _broken_words(text):
        pieces.append(text[done : word.start])
        done = word.end
    return " ".join((*pieces, text[done:]))


def joined_hyphens(text: str, vocabulary: Vocabulary) -> str:
    """The text with words that were broken at a line's end made whole.

    The hyphen goes, unless a capital or a digit follows it, it is part of an address (which is
    broken at its own hyphens only), or the vocabulary keeps it.
    """
    if not _BREAK.search(text):
        return text
    pieces, done = [], 0
    for word in _broken_words(text):
        kept = (
            not word.after[:1].islower()
            or _is_in_address(text, word.start)
            or vocabulary.keeps_hyphen(word.before, word.after)
        )
        joined = f"{word.before}-{word.after}" if kept else word.before + word.after
        pieces += [text[done : word.start], joined]
        done = word.end
    return "".join((*pieces, text[done:]))


def _is_in_address(text: str, position: int) -> bool:
    before = text[max(position - _LONGEST_ADDRESS, 0) : position].split()
    return bool(before) and not text[position - 1].isspace() and bool(_ADDRESS.search(before[-1]))


def parted_scripts(text: str) -> str:
    """The text with a space between Latin and Hebrew or Arabic letters that stand together.

    PDFium drops the space where the direction turns.
    """
    if text.isascii() or not _ANY_RIGHT_TO_LEFT.search(text):
        return text
    return _SCRIPT_BORDER.sub(" ", text)


def signs(body: str) -> Iterator[ReadWarning]:
    """Warnings that the text itself shows: glued words, characters without a meaning."""
    if max(map(len, body.split()), default=0) > _LONGEST_WORD:
        long_words = _LONG_WORD.findall(body)
        if long_words:
            yield ReadWarning(WarningCode.GLUED_WORDS, f"{len(long_words)} words")
    if body.isascii():
        return
    unknown = len(_UNKNOWN.findall(body))
    if unknown and unknown >= len(body) * _UNKNOWN_SHARE:
        yield ReadWarning(WarningCode.REPLACEMENT_CHARACTERS, f"{unknown} characters")
