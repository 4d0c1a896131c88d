"""Which of several descriptions a text speaks of, by their own words, with the words as evidence.

Pure: it does not know what the descriptions are of, and nothing is decided here.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from search_service.text.keywords import phrases
from search_service.text.normalise import folded
from search_service.text.stop_words import stop_words

# What a name says counts most; of the description, what no other one says as well.
NAME_WEIGHT = 5
PHRASE_WEIGHT = 2
WORD_WEIGHT = 1
# A text that names it is enough, and so are that many words of it. Chosen on the demo library, by
# a script that was not kept: a higher one is right more often and finds less than half as much.
LEAST = 5
MAX_EVIDENCE = 8
_MIN_LETTERS = 4
_WORD = re.compile(r"[^\W_]+(?:\+\+|#)?")


@dataclass(frozen=True, slots=True)
class Description:
    """What is told of one thing: names that stand for it, and prose about it."""

    key: str
    names: tuple[str, ...]
    prose: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A word or phrase of the description, and the pages of the text that hold it."""

    words: str
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A description that the text speaks of; the weightiest evidence first."""

    key: str
    score: int
    evidence: tuple[Evidence, ...]


def matches(
    descriptions: Sequence[Description], pages: Mapping[int, str], language: str
) -> list[Match]:
    """Give the descriptions that the pages speak of, the best first; `pages` are texts by number.

    A description's terms are its names, of any length, and those words and phrases of its prose
    that no other description has. Each term that the pages hold adds its weight once, however often
    it stands there; a word inside a phrase that counted adds nothing. A match needs LEAST.
    """
    stops = stop_words(language)
    where: dict[str, set[int]] = {}
    for number, text in pages.items():
        for phrase in phrases(folded_lines(text), stops):
            where.setdefault(phrase, set()).add(number)
    where |= _where_named(descriptions, pages, stops)
    found = [
        match
        for description in descriptions
        if (match := _match(description.key, _terms(description, descriptions, stops), where))
    ]
    return sorted(found, key=lambda match: (-match.score, match.key))


def folded_lines(text: str) -> str:
    """Fold each line of a text by itself, as a phrase crosses no line."""
    return "\n".join(map(folded, text.split("\n")))


def _terms(
    description: Description, descriptions: Sequence[Description], stops: frozenset[str]
) -> dict[str, int]:
    everywhere = Counter(
        phrase for each in descriptions for phrase in set(_said(each.prose, stops))
    )
    terms = {
        phrase: PHRASE_WEIGHT if " " in phrase else WORD_WEIGHT
        for phrase in _said(description.prose, stops)
        if everywhere[phrase] == 1 and (" " in phrase or len(phrase) >= _MIN_LETTERS)
    }
    return terms | dict.fromkeys(map(_spoken, description.names), NAME_WEIGHT)


def _where_named(
    descriptions: Sequence[Description], pages: Mapping[int, str], stops: frozenset[str]
) -> dict[str, set[int]]:
    """The pages that say each name; one of stop words alone, such as IT, is said everywhere."""
    spoken = {
        number: "\n".join(f" {_spoken(line)} " for line in text.split("\n"))
        for number, text in pages.items()
    }
    names = {_spoken(name) for description in descriptions for name in description.names}
    found = {
        name: {number for number, text in spoken.items() if f" {name} " in text}
        for name in names
        if not stops.issuperset(name.split())
    }
    return {name: numbers for name, numbers in found.items() if numbers}


def _spoken(text: str) -> str:
    """The words of a line with one blank between them, in the form in which names are compared."""
    return " ".join(_WORD.findall(folded(text)))


def _said(prose: Sequence[str], stops: frozenset[str]) -> Counter[str]:
    return phrases(folded_lines("\n".join(prose)), stops)


def _match(key: str, terms: Mapping[str, int], where: Mapping[str, set[int]]) -> Match | None:
    held = sorted(
        (term for term in terms if term in where),
        key=lambda term: (-terms[term], -len(where[term]), term),
    )
    counted: list[str] = []
    for term in held:
        if not any(f" {term} " in f" {longer} " for longer in counted):
            counted.append(term)
    score = sum(terms[term] for term in counted)
    if score < LEAST:
        return None
    evidence = tuple(Evidence(term, tuple(sorted(where[term]))) for term in counted[:MAX_EVIDENCE])
    return Match(key, score, evidence)
