"""Snippets: the piece of a text that holds most of what was asked for, with marks as offsets.

Which words match is asked of PostgreSQL for the few that could (`look_through`), so that stems and
accents mark as they match, which ts_headline cannot do for lexemes without accents. No HTML here.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeAlias

from search_service.search.answer import Snippet

LENGTH = 240
# A figure with its separators, or a word; PostgreSQL takes 99.9 as one too.
_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['’][^\W_]+)?")
# A compound, whose whole may match where no part does: e-mail for email.
_COMPOUND = re.compile(r"[^\W_]+(?:-[^\W_]+)+")
# A word or a compound; and what links the next part to the one before.
_CHAIN = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_LINKED = re.compile(r"[^\W_]-\Z")
# Letters without a decomposition, as unaccent writes them.
_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ß": "ss"})
# What stands before the rest of a word, or of a figure.
_INSIDE = re.compile(r"(?:[^\W_]['’]|\d[.,])\Z")
_JOINTS = frozenset("'’.,")
_APOSTROPHES = frozenset("'’")
_ANY_BLANK = re.compile(r"\s")
# What stands before a sentence or a line.
_BEGIN = re.compile(r"[.!?][\"”»)]?\s+|\n\s*")
# A blank that is not a space.
_BLANK = re.compile(r"[^\S ]")
_SAME_START = 3
# What may be a letter that is written otherwise in a lexeme.
_FOREIGN = re.compile("[^\x00-\x7f]")


# Start, end and word, in lower case.
Occurrence: TypeAlias = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Marked:
    """A text, the [start, end) offsets of the words in it that match, and these in lower case."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Texts, and where in all of them, one after the other, a word stands that might match."""

    texts: Sequence[str]
    occurrences: Sequence[Occurrence]

    @property
    def words(self) -> set[str]:
        return {word for _, _, word in self.occurrences}

    def marked(self, matching: Set[str]) -> list[Marked]:
        """Mark the words that match in each of the texts, and of a compound that does the whole."""
        found: list[list[tuple[tuple[int, int], str]]] = [[] for _ in self.texts]
        ends = list(accumulate(len(text) + 1 for text in self.texts))
        at = offset = marked_to = 0
        for start, end, word in self.occurrences:
            if word not in matching or start < marked_to:
                continue
            marked_to = end
            while start >= ends[at]:
                offset = ends[at]
                at += 1
            found[at].append(((start - offset, end - offset), word))
        return [
            Marked(text, *zip(*marks, strict=True)) if marks else Marked(text)
            for text, marks in zip(self.texts, found, strict=True)
        ]


def look_through(texts: Sequence[str], lexemes: Iterable[str]) -> Found:
    """Find the words that begin like a lexeme, or have a part that does, and so might have it.

    The texts are looked through as one, and for the first letters of lexemes: most words are never
    looked at.
    """
    folded = set(map(fold, lexemes))
    starts = tuple({lexeme[:_SAME_START] for lexeme in folded} - {""})
    text = "\n".join(map(_lowered, texts))
    found = {occurrence for start in starts for occurrence in _occurrences_of(text, start)}
    found |= {
        occurrence
        for occurrence in _foreign_occurrences(text)
        if any(part.startswith(starts) for part in _folded_parts(occurrence[2]))
    }
    if compounds := {lexeme for lexeme in folded if "-" in lexeme[1:]}:
        found |= set(_compounds_of(text.replace("‐", "-"), compounds))
    return Found(texts, sorted(found, key=_longest_first))


def _longest_first(occurrence: Occurrence) -> tuple[int, int]:
    start, end, _ = occurrence
    return start, -end


def _lowered(text: str) -> str:
    """Lower case of the same length, so that offsets are the text's."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def _occurrences_of(text: str, start: str) -> Iterator[Occurrence]:
    """The words of which a part begins so."""
    for at in _places_of(text, start):
        if occurrence := _occurrence_at(text, at):
            yield occurrence


def _foreign_occurrences(text: str) -> Iterator[Occurrence]:
    """The words with a letter beyond ASCII."""
    end = 0
    for at in _foreign_letters(text):
        if at >= end and (occurrence := _occurrence_at(text, _first(text, at))):
            end = occurrence[1]
            yield occurrence


def _foreign_letters(text: str) -> Iterator[int]:
    for char in () if text.isascii() else _FOREIGN.finditer(text):
        if char.group().isalnum():
            yield char.start()


def _compounds_of(text: str, lexemes: Set[str]) -> Iterator[Occurrence]:
    """The compounds that begin like one of those lexemes, to the first letter of the second part.

    Those of ASCII letters are found by that; any other is folded and compared.
    """
    starts = tuple({lexeme[: lexeme.index("-", 1) + 2] for lexeme in lexemes})
    for place in (place for start in starts for place in _places_of(text, start)):
        if not _LINKED.search(text, max(0, place - 2), place) and (
            compound := _COMPOUND.match(text, place)
        ):
            yield place, compound.end(), compound[0]
    end = 0
    for at in _foreign_letters(text):
        if at < end:
            continue
        chain = _CHAIN.match(text, _first_of_chain(text, at, end))
        end = chain.end() if chain else at + 1
        if chain and "-" in chain[0] and fold(chain[0]).startswith(starts):
            yield chain.start(), end, chain[0]


def _places_of(text: str, start: str) -> Iterator[int]:
    """Where something begins so that no letter or figure stands before."""
    at = text.find(start)
    while at >= 0:
        if not text[at - 1 : at].isalnum():
            yield at
        at = text.find(start, at + len(start))


def _occurrence_at(text: str, part: int) -> Occurrence | None:
    """The word of which a part begins there: itself, or what stands after its apostrophe."""
    start, before = part, text[part - 1 : part]
    if before in _JOINTS and _is_inside(text, part):
        start = _first(text, part - 1)
        if before not in _APOSTROPHES or _is_inside(text, start):
            return None
    word = _WORD.match(text, start)
    return (start, word.end(), word[0]) if word and word.end() > part else None


def _is_inside(text: str, at: int) -> bool:
    return _INSIDE.search(text, max(0, at - 2), at) is not None


def _first(text: str, at: int) -> int:
    """Where the letters and figures before an offset begin."""
    while at and text[at - 1].isalnum():
        at -= 1
    return at


def _first_of_chain(text: str, at: int, least: int) -> int:
    """Where the letters, figures and single hyphens before an offset begin, not before `least`."""
    while at > least and (text[at - 1].isalnum() or _LINKED.search(text, max(least, at - 2), at)):
        at -= 1
    return at


def snippet(marked: Marked, source: str = "slide", length: int = LENGTH) -> Snippet:
    """Cut the stretch of at most `length` characters with most different words, then most marks."""
    text, marks = marked.text, marked.marks
    if len(text) <= length:
        return Snippet(_flat(text), marks, source)
    start, end = _window(text, _best_start(marked, length) if marks else 0, length)
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
    marks, words = marked.marks, marked.words
    if marks[-1][0] < marks[0][0] + length - 40:
        return marks[0][0]
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
    """Borders at blanks around a stretch that shows a little of what stands before its focus, from
    the beginning of its sentence or line where that is near.
    """
    start = max(0, min(focus - 40, len(text) - length))
    if start:
        begin = _BEGIN.search(text, start, focus) or _ANY_BLANK.search(text, start, focus)
        start = begin.end() if begin else start
    end = min(len(text), start + length)
    if end < len(text):
        cut = max(text.rfind(" ", start, end), text.rfind("\n", start, end))
        end = cut if cut > focus else end
    return start, end


def _flat(text: str) -> str:
    """One line; every blank is one character before and after, so that offsets stay."""
    flat = text.replace("\n", " ")
    return flat if flat.isprintable() else _BLANK.sub(" ", flat)
