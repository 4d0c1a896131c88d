"""Snippets: the piece of a text that holds most of what was asked for, with marks as offsets.

Which words match is asked of PostgreSQL for the few that could (`candidates`), so that stems and
accents mark as they match, which ts_headline cannot do for lexemes without accents. No HTML here.
"""

import re
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import accumulate

from search_service.search.answer import Snippet

LENGTH = 240
# A figure with its separators, or a word; PostgreSQL takes 99.9 as one too.
_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['’][^\W_]+)?")
# Letters without a decomposition, as unaccent writes them.
_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ß": "ss"})
# What stands before the rest of a word, or of a figure; and what may go on with either.
_INSIDE = re.compile(r"(?:[^\W_]['’]|\d[.,])\Z")
_JOINTS = frozenset("'’.,")
_APOSTROPHES = frozenset("'’")
# A blank that is not a space.
_BLANK = re.compile(r"[^\S ]")
_SAME_START = 3
# What may be a letter that is written otherwise in a lexeme.
_FOREIGN = re.compile("[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Marked:
    """A text and the [start, end) offsets of the words in it that match."""

    text: str
    marks: tuple[tuple[int, int], ...]


def candidates(text: str, lexemes: Iterable[str]) -> set[str]:
    """Give the words of a text, in lower case, that begin like a lexeme and so might have it."""
    starts = tuple({fold(lexeme)[:_SAME_START] for lexeme in lexemes} - {""})
    lowered = text.lower()
    found = {word for start in starts for word in _words_with(lowered, start)}
    return found | {
        word
        for word in _foreign_words(lowered)
        if any(part.startswith(starts) for part in _folded_parts(word))
    }


def _words_with(text: str, start: str) -> Iterator[str]:
    """The words of which a part begins so; to look for letters is far faster than to split."""
    at = text.find(start)
    while at >= 0:
        if word := _word_with(text, at):
            yield word
        at = text.find(start, at + len(start))


def _foreign_words(text: str) -> set[str]:
    """The words with a letter beyond ASCII."""
    found = () if text.isascii() else _FOREIGN.finditer(text)
    letters = (each.start() for each in found if each.group().isalnum())
    words = (_word_with(text, _first(text, letter)) for letter in letters)
    return {word for word in words if word}


def _word_with(text: str, part: int) -> str | None:
    """The word of which a part begins there: itself, or what stands after its apostrophe."""
    start = part
    if text[part - 1 : part] in _APOSTROPHES:
        start = _first(text, part - 1) if _first(text, part - 1) < part - 1 else part
    word = _WORD.match(text, start) if _begins(text, start) else None
    return word.group() if word and word.end() > part else None


def _first(text: str, at: int) -> int:
    """Where the letters and figures before a place begin."""
    while at and text[at - 1].isalnum():
        at -= 1
    return at


def mark_all(texts: Sequence[str], words: Set[str]) -> list[Marked]:
    """Find where any of `words` (in lower case) stands in each of several texts.

    They are looked through as one, which for the many short texts of an answer is several times
    faster than one by one.
    """
    lowered = [text.lower() for text in texts]
    marks: list[list[tuple[int, int]]] = [[] for _ in texts]
    starts = list(accumulate((len(text) + 1 for text in lowered), initial=0))
    together = "\n".join(lowered)
    for word in words:
        for start, end in _places(together, word):
            at = bisect_right(starts, start) - 1
            marks[at].append((start - starts[at], end - starts[at]))
    return [
        Marked(text, tuple(sorted(found)))
        if len(text) == len(low)
        else _marked_slowly(text, words)  # offsets would not be the text's
        for text, low, found in zip(texts, lowered, marks, strict=True)
    ]


def mark(text: str, words: Set[str]) -> Marked:
    """Find where any of `words` (in lower case) stands in a text."""
    [marked] = mark_all([text], words)
    return marked


def _marked_slowly(text: str, words: Set[str]) -> Marked:
    spans = (each.span() for each in _WORD.finditer(text) if each.group().lower() in words)
    return Marked(text, tuple(spans))


def _places(text: str, word: str) -> Iterator[tuple[int, int]]:
    """Where a word stands as a whole one; a search for its letters is the fastest first look."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if _begins(text, start) and _ends(text, start, end):
            yield start, end
        start = text.find(word, end)


def _begins(text: str, start: int) -> bool:
    before = text[start - 1 : start]
    if before in _JOINTS:
        return not _INSIDE.search(text, max(0, start - 2), start)
    return not before.isalnum()


def _ends(text: str, start: int, end: int) -> bool:
    after = text[end : end + 1]
    if after in _JOINTS or after.isalnum():  # after 1.5 a letter may stand
        found = _WORD.match(text, start)
        return found is not None and found.end() == end
    return True


def snippet(marked: Marked, source: str = "slide", length: int = LENGTH) -> Snippet:
    """Cut the stretch of at most `length` characters with most different words, then most marks."""
    text, marks = marked.text, marked.marks
    if len(text) <= length:
        return Snippet(_flat(text), marks, source)
    start, end = _window(text, _best_start(marked, length), length)
    inside = tuple((a - start, b - start) for a, b in marks if start <= a and b <= end)
    return Snippet(_flat(text[start:end]), inside, source)


def fold(text: str) -> str:
    """Lower case without accents, as lexemes are stored."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFD", text.lower())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return plain.translate(_LETTERS)


def _folded_parts(word: str) -> list[str]:
    """A folded word, and what stands after its apostrophe: of l'équipe the noun has the lexeme."""
    return [fold(part) for part in {word, *re.split("['’]", word)}]


def _best_start(marked: Marked, length: int) -> int:
    """Where the stretch with most different words, then most marks, begins; one pass over them."""
    marks = marked.marks
    words = [marked.text[start:end].lower() for start, end in marks]
    inside: defaultdict[str, int] = defaultdict(int)
    best, best_worth, last = 0, (0, 0), 0
    for index, (start, _) in enumerate(marks):
        while last < len(marks) and marks[last][0] < start + length - 40:
            inside[words[last]] += 1
            last += 1
        worth = (len(inside), last - index)
        if worth > best_worth:
            best, best_worth = start, worth
        inside[words[index]] -= 1
        if not inside[words[index]]:
            del inside[words[index]]
    return best


def _window(text: str, focus: int, length: int) -> tuple[int, int]:
    """Borders at blanks around a stretch that shows a little of what stands before its focus."""
    start = max(0, min(focus - 40, len(text) - length))
    if start:
        blank = re.compile(r"\s").search(text, start, focus)
        start = blank.end() if blank else start
    end = min(len(text), start + length)
    if end < len(text):
        cut = max(text.rfind(" ", start, end), text.rfind("\n", start, end))
        end = cut if cut > focus else end
    return start, end


def _flat(text: str) -> str:
    """One line; every blank is one character before and after, so that offsets stay."""
    return _BLANK.sub(" ", text)
