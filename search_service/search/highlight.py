"""Snippets: the piece of a text that holds most of what was asked for, with marks as offsets.

Which words match is asked of PostgreSQL for the few that could (`candidates`), so that stems and
accents mark as they match, which ts_headline cannot do for lexemes without accents. No HTML here.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from search_service.search.answer import Snippet

LENGTH = 240
# A figure with its separators, or a word; PostgreSQL takes 99.9 as one too.
_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['’][^\W_]+)?")
# Letters without a decomposition, as unaccent writes them.
_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ß": "ss"})
# What stands before the rest of a word, or of a figure.
_INSIDE = re.compile(r"(?:[^\W_]['’]?|\d[.,])\Z")
_SAME_START = 3


@dataclass(frozen=True, slots=True)
class Marked:
    """A text and the [start, end) offsets of the words in it that match."""

    text: str
    marks: tuple[tuple[int, int], ...]


def candidates(text: str, lexemes: Iterable[str]) -> set[str]:
    """Give the words of a text, in lower case, that begin like a lexeme and so might have it."""
    starts = tuple({fold(lexeme)[:_SAME_START] for lexeme in lexemes})
    words = set(_WORD.findall(text.lower()))
    return {word for word in words if any(part.startswith(starts) for part in _parts(word))}


def mark(text: str, words: Set[str]) -> Marked:
    """Find where any of `words` (in lower case) stands in a text."""
    lowered = text.lower()
    if len(lowered) != len(text):  # offsets would not be the text's
        spans = [each.span() for each in _WORD.finditer(text) if each.group().lower() in words]
        return Marked(text, tuple(spans))
    found = [span for word in words for span in _places(lowered, word)]
    return Marked(text, tuple(sorted(found)))


def _places(text: str, word: str) -> Iterator[tuple[int, int]]:
    """Where a word stands as a whole one; a search for its letters is the fastest first look."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        found = _WORD.match(text, start)
        if found and found.end() == end and not _INSIDE.search(text, max(0, start - 2), start):
            yield start, end
        start = text.find(word, end)


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


def _parts(word: str) -> list[str]:
    """A folded word, and what stands after its apostrophe: of l'équipe the noun has the lexeme."""
    if word.isascii() and "'" not in word:
        return [word]
    return [fold(part) for part in {word, *re.split("['’]", word)}]


def _best_start(marked: Marked, length: int) -> int:
    starts = [start for start, _ in marked.marks]
    best, best_worth = 0, (0, 0)
    for index, start in enumerate(starts):
        last = bisect_left(starts, start + length - 40)
        words = {marked.text[a:b].lower() for a, b in marked.marks[index:last]}
        worth = (len(words), last - index)
        if worth > best_worth:
            best, best_worth = start, worth
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
    return re.sub(r"\s", " ", text)
