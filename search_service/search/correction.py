"""Corrects words that nothing visible contains, over published words as they are written.

A word is suggested only where the one who asks can see it, so that a suggestion tells nothing of
what is hidden, nor of what is gone since words were last counted.
"""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from rapidfuzz.distance import DamerauLevenshtein
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal, visible_binds
from search_service.search.analysis import Analysis
from search_service.search.sql import STATEMENTS
from search_service.search.tree import Concept, Field, Phrase, Query, Word
from search_service.text.languages import configuration

CANDIDATES = 50
NEAREST = 3
MIN_LETTERS = 4
MAX_LETTERS = 40
MAX_WORDS = 8
_LONG_WORD = 6

# What is never corrected in a query's text, a filter or an exclusion, or else a word.
_PIECE = re.compile(
    rf"(?P<kept>(?<![^\s(])-\S+|\b(?:{'|'.join(Field)}):(?:\"[^\"]*\"?|[^\s\"])+)|[^\W_]+(?:['’][^\W_]+)*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A published word, the languages it is published in and by how many passages."""

    word: str
    languages: tuple[str, ...]
    document_frequency: int


async def corrections_of(
    connection: AsyncConnection,
    principal: Principal,
    analysis: Analysis,
    spared: Set[str] = frozenset(),
) -> dict[str, str]:
    """Find the likely meant word for each that nothing published and nothing visible holds.

    Words without a near one, and those of `spared`, are left out; at most MAX_WORDS are looked at.
    One edit is allowed in words up to five letters, two in longer. Four statements at most, however
    many words.
    """
    words = dict.fromkeys(filter(_is_correctable, _unknown(analysis)))
    unknown = [word for word in words if word not in spared][:MAX_WORDS]
    if not unknown:
        return {}
    pairs = [(word, language) for word in unknown for language in analysis.corpus.languages]
    held = await _visible(connection, principal, pairs)
    near = await _near(connection, [word for word in unknown if word not in held])
    listed = [candidate for candidates in near.values() for candidate in candidates]
    seen = await _visible(
        connection,
        principal,
        [(each.word, language) for each in listed for language in each.languages],
    )
    found: dict[str, str] = {}
    for word, candidates in near.items():
        shown = [candidate.word for candidate in candidates if candidate.word in seen]
        found |= {word: shown[0]} if shown else {}
    return found


def nearest(word: str, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Sort the near ones by Damerau-Levenshtein distance, then by how often they are published."""
    allowed = 1 if len(word) < _LONG_WORD else 2
    scored = [
        (DamerauLevenshtein.distance(word, candidate.word, score_cutoff=allowed), candidate)
        for candidate in candidates
        if candidate.word != word
    ]
    near = [(distance, candidate) for distance, candidate in scored if distance <= allowed]
    near.sort(key=lambda item: (item[0], -item[1].document_frequency, item[1].word))
    return [candidate for _, candidate in near]


def replaced(query: Query, corrections: Mapping[str, str]) -> Query:
    """Put the corrected words into a query's concepts and into its text, and nowhere else."""

    def piece(match: re.Match[str]) -> str:
        return match[0] if match["kept"] else corrections.get(match[0], match[0])

    return replace(
        query,
        text=_PIECE.sub(piece, query.text),
        concepts=tuple(
            Concept(tuple(_replaced(term, corrections) for term in concept.alternatives))
            for concept in query.concepts
        ),
    )


def _unknown(analysis: Analysis) -> Iterable[str]:
    for unit in analysis.units:
        if unit.is_unknown and not (unit.is_phrase or unit.is_prefix):
            yield unit.text


def _is_correctable(word: str) -> bool:
    return word.isalpha() and MIN_LETTERS <= len(word) <= MAX_LETTERS


async def _visible(
    connection: AsyncConnection, principal: Principal, words: Sequence[tuple[str, str]]
) -> frozenset[str]:
    """Those of the words, each with a language, that stand in something visible."""
    if not words:
        return frozenset()
    found = await connection.execute(
        STATEMENTS["visible_words"],
        {
            "words": [word for word, _ in words],
            "languages": [language for _, language in words],
            "configurations": [f"search_{configuration(language)}" for _, language in words],
            **visible_binds(principal),
        },
    )
    return frozenset(found.scalars())


async def _near(
    connection: AsyncConnection, words: Sequence[str]
) -> dict[str, Sequence[Candidate]]:
    """The nearest published words of each that has any, the best first."""
    if not words:
        return {}
    await connection.execute(STATEMENTS["threshold"])
    rows = await connection.execute(
        STATEMENTS["similar_words"],
        {"words": list({word.lower() for word in words}), "most": CANDIDATES},
    )
    like: dict[str, list[Candidate]] = {}
    for row in rows:
        candidate = Candidate(row.word, tuple(row.languages), row.document_frequency)
        like.setdefault(row.typed, []).append(candidate)
    found = {word: nearest(word.lower(), like.get(word.lower(), ())) for word in words}
    return {word: candidates[:NEAREST] for word, candidates in found.items() if candidates}


def _replaced(term: Word | Phrase, corrections: Mapping[str, str]) -> Word | Phrase:
    if isinstance(term, Phrase):
        return Phrase(tuple(corrections.get(word, word) for word in term.words))
    return replace(term, text=corrections.get(term.text, term.text))
