"""Finds the phrases that say what a material is about.

It is given document frequencies and refuses to know where they are kept. The caller takes repeated
lines out first.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import log, log1p
from typing import NamedTuple

from search_service.text.stop_words import stop_words

MAX_PHRASE_WORDS = 3
# Fewer documents say too little about which phrases are common.
MIN_DOCUMENTS = 20
TITLE_WEIGHT = 3
# A phrase inside a chosen longer one must stand alone at least this often as well.
_STANDS_ALONE = 1.3
# Of 1-, 2- and 3-grams where no frequencies tell; a lone word is seldom the subject.
_LENGTH_PRIOR = {1: 0.5, 2: 1.0, 3: 1.1}

# Each run of non-blanks is looked at once, from its beginning: a long one must not cost a square.
_ADDRESS = re.compile(r"(?<!\S)\S*?(?:://|www\.|@|\.(?:com|org|net)\b)\S*", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:[-'’&][^\W_]+)*(?:\+\+|#)?")
# The article or pronoun that French and Italian glue to a word.
_ELIDED = re.compile(r"(?:[cdjlmnst]|qu|un|(?:de|da|ne|su|a)ll)'")


def phrases(text: str, stop_words: frozenset[str]) -> Counter[str]:
    """Count the candidates in `text`: lower-case runs of one to three words.

    A phrase begins and ends with a word that is no stop word, begins with no number, crosses no
    punctuation and no line end, and comes from no URL or e-mail address.
    """
    return Counter(run.phrase for run in _runs(text, stop_words))


@dataclass(frozen=True, slots=True)
class Wording:
    """What a material says: its titles and bodies by page, and their language."""

    language: str
    titles: Sequence[str]
    bodies: Sequence[str]


@dataclass(frozen=True, slots=True)
class Frequencies:
    """How many documents hold a phrase, in the form that `phrases` gives it, of how many in all."""

    documents: int = 0
    phrases: Mapping[str, int] = field(default_factory=dict)


def keywords(wording: Wording, frequencies: Frequencies, limit: int = 12) -> list[str]:
    """Return the at most `limit` best phrases of a material, lower case, best first.

    The score is tf · idf, a title's occurrence counting three times more; below 20 documents it is
    YAKE's features, simplified: frequency, spread over pages, an early place, capitals (Campos et
    al., 2020). Of a phrase and a part of it that hardly stands alone, only the longer is kept.
    """
    candidates = _candidates(wording)
    documents, known = frequencies.documents, frequencies.phrases
    if documents < MIN_DOCUMENTS:
        scores = {phrase: _prominence(seen) for phrase, seen in candidates.items()}
    else:
        scores = {
            phrase: seen.weight * log((documents + 1) / (known.get(phrase, 0) + 1))
            for phrase, seen in candidates.items()
        }
    ranked = sorted(scores, key=lambda phrase: (-scores[phrase], phrase))
    return _distinct(ranked, candidates, limit)


@dataclass(slots=True)
class _Seen:
    """Where one candidate was met; `weight` counts a title's occurrence more."""

    words: int
    count: int = 0
    weight: int = 0
    capitals: int = 0
    pages: set[int] = field(default_factory=set)


def _candidates(wording: Wording) -> Mapping[str, _Seen]:
    """Every phrase that is more than an accident: in a title, or met twice, if any is."""
    stops = stop_words(wording.language)
    seen: dict[str, _Seen] = {}
    for texts, weight in ((wording.titles, 1 + TITLE_WEIGHT), (wording.bodies, 1)):
        for page, text in enumerate(texts):
            for run in _runs(text, stops):
                entry = seen.setdefault(run.phrase, _Seen(run.words))
                entry.count += 1
                entry.weight += weight
                entry.capitals += run.capital
                entry.pages.add(page)
    return {phrase: entry for phrase, entry in seen.items() if entry.weight > 1} or seen


def _prominence(seen: _Seen) -> float:
    frequency = log1p(seen.weight) * (1 + log(len(seen.pages)))
    capitals = 1 + 0.5 * seen.capitals / seen.count
    lateness = 1 + log1p(min(seen.pages))
    return _LENGTH_PRIOR[seen.words] * frequency * capitals / lateness


def _distinct(ranked: Sequence[str], candidates: Mapping[str, _Seen], limit: int) -> list[str]:
    chosen: list[str] = []
    for phrase in ranked:
        if len(chosen) >= limit:
            break
        if any(_hides(other, phrase, candidates) for other in chosen):
            continue
        hidden = [other for other in chosen if _hides(phrase, other, candidates)]
        if hidden:
            # The longer phrase takes the place that its part had won.
            chosen[chosen.index(hidden[0])] = phrase
            chosen = [other for other in chosen if other not in hidden]
        else:
            chosen.append(phrase)
    return chosen


def _hides(longer: str, phrase: str, candidates: Mapping[str, _Seen]) -> bool:
    """Whether `phrase` says nothing beside `longer`: its plural, or a part seldom seen alone."""
    if longer.rstrip("s") == phrase.rstrip("s"):
        return True
    if f" {phrase} " not in f" {longer} ":
        return False
    return candidates[phrase].count < _STANDS_ALONE * candidates[longer].count


class _Run(NamedTuple):
    """One occurrence of a phrase; `capital`: its first and last word begin with one."""

    phrase: str
    words: int
    capital: bool


def _runs(text: str, stops: frozenset[str]) -> Iterator[_Run]:
    for words in _segments(_ADDRESS.sub("|", text)):
        bare = [_bare(word) for word in words]
        ends = [len(word) > 1 and word not in stops for word in bare]
        for first, word in enumerate(bare):
            if not ends[first] or word.isdecimal():
                continue
            for last in range(first, min(first + MAX_PHRASE_WORDS, len(words))):
                if ends[last]:
                    yield _Run(
                        " ".join(bare[first : last + 1]),
                        last + 1 - first,
                        words[first][0].isupper() and words[last][0].isupper(),
                    )


def _segments(text: str) -> Iterator[list[str]]:
    """Runs of words with nothing but blanks between them."""
    words: list[str] = []
    end = 0
    for match in _WORD.finditer(text):
        gap = text[end : match.start()]
        if words and gap != " " and ("\n" in gap or not gap.isspace()):
            yield words
            words = []
        words.append(match[0])
        end = match.end()
    if words:
        yield words


def _bare(word: str) -> str:
    word = word.lower()
    if "'" in word or "’" in word:
        word = word.replace("’", "'").removesuffix("'s")
        word = word[elided.end() :] if (elided := _ELIDED.match(word)) else word
    return word
