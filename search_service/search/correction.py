"""Corrects words that nothing visible contains, over published words as they are written.

A word is suggested only where the one who asks can see it, so that a suggestion tells nothing of
what is hidden, nor of what is gone since words were last counted.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal, visible_binds, visible_sql
from search_service.db.direct import fetch
from search_service.db.statements import Statements
from search_service.search import spelling
from search_service.search.analysis import Analysis
from search_service.search.terms import Unit
from search_service.search.tree import Concept, Field, Phrase, Query, Word
from search_service.text.languages import configuration

STATEMENTS = Statements("search_service.search", "correction.sql", {"visible": visible_sql})

CANDIDATES = 50
NEAREST = 3
MIN_LETTERS = 4
MAX_LETTERS = 40
MAX_WORDS = 8
# From here on two edits are allowed.
_LONG_WORD = 6
# A query of more concepts is prose, where an unknown word mostly is no slip, but a word that the
# library lacks. Of some 120 of them in the judged collections a tenth were slips, nearly all one
# edit away from a word that several passages hold, and of five letters or more.
_PROSE = 6
_PROSE_LETTERS = 5
_PROSE_PASSAGES = 2

# What is never corrected in a query's text, a filter or an exclusion, or else a word.
_PIECE = re.compile(
    rf"(?P<kept>(?<![^\s(])-\S+|(?-i:\bNOT)\s+(?:\"[^\"]*\"?|\S+)|\b(?:{'|'.join(Field)}):(?:\"[^\"]*\"?|[^\s\"])+)|[^\W_]+(?:['’][^\W_]+)*",
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
    One edit is allowed, two in words from six letters on; in prose only one, in a word from five
    letters on, to one that several passages hold. Five statements at most, however many words.
    """
    words = dict.fromkeys(filter(_is_correctable, _unknown(analysis)))
    unknown = [word for word in words if word not in spared][:MAX_WORDS]
    if not unknown:
        return {}
    pairs = [(word, language) for word in unknown for language in analysis.corpus.languages]
    held = await _visible(connection, principal, pairs)
    near = await _near(connection, [word for word in unknown if word not in held], analysis)
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
    """Sort the near ones: one edit before two, then by how likely they were meant.

    That is how often a word is published times how likely it is mistyped so: the noisy channel of
    Kernighan, Church and Gale, 1990.
    """
    allowed = 1 if len(word) < _LONG_WORD else 2
    scored = [
        (spelling.distance(word, candidate.word, allowed), candidate)
        for candidate in candidates
        if candidate.word != word
    ]
    near = [
        (
            edits,
            -candidate.document_frequency * spelling.likelihood(word, candidate.word),
            candidate,
        )
        for edits, candidate in scored
        if edits <= allowed
    ]
    near.sort(key=lambda item: (item[0], item[1], item[2].word))
    return [candidate for _, _, candidate in near]


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
        if unit.is_phrase:
            yield from _unknown_of_phrase(unit)
        elif unit.is_unknown and not unit.is_prefix:
            yield unit.text


def _unknown_of_phrase(unit: Unit) -> Iterable[str]:
    """The words of a phrase that nothing holds; none where they are not counted one by one, as of a
    compound.
    """
    words, languages = unit.text.split(), unit.languages.values()
    if any(max(positions) > len(words) for positions in languages):
        return
    for place, word in enumerate(words, 1):
        forms = [lexeme for positions in languages for lexeme in positions.get(place, ())]
        if forms and not any(lexeme.document_frequency for lexeme in forms):
            yield word


def _is_correctable(word: str) -> bool:
    return word.isalpha() and MIN_LETTERS <= len(word) <= MAX_LETTERS


async def _visible(
    connection: AsyncConnection, principal: Principal, words: Sequence[tuple[str, str]]
) -> frozenset[str]:
    """Those of the words, each with a language, that stand in something visible."""
    if not words:
        return frozenset()
    found = await fetch(
        connection,
        STATEMENTS["visible_words"],
        {
            "words": [word for word, _ in words],
            "languages": [language for _, language in words],
            "configurations": [f"search_{configuration(language)}" for _, language in words],
            **visible_binds(principal),
        },
    )
    return frozenset(word for (word,) in found)


async def _near(
    connection: AsyncConnection, words: Sequence[str], analysis: Analysis
) -> dict[str, Sequence[Candidate]]:
    """The nearest published words of each that has any, the best first."""
    is_prose = len(analysis.concepts) > _PROSE
    lower = {word: word.lower() for word in words}
    near = await _one_edit_away(connection, set(lower.values()), analysis)
    if is_prose:
        near = {word: _meant_in_prose(word, candidates) for word, candidates in near.items()}
    elif left := [word for word in set(lower.values()) if not near[word]]:
        near |= await _similar(connection, left)
    found = {word: nearest(typed, near[typed]) for word, typed in lower.items()}
    return {word: candidates[:NEAREST] for word, candidates in found.items() if candidates}


async def _one_edit_away(
    connection: AsyncConnection, words: Collection[str], analysis: Analysis
) -> dict[str, list[Candidate]]:
    """Look up everything that one edit makes of each: at most some 60 times its letters."""
    if not words:
        return {}
    accents = any(language != "en" for language in analysis.corpus.languages)
    edited = {word: spelling.one_edit_away(word, accents=accents) for word in words}
    rows = await fetch(
        connection,
        STATEMENTS["published_words"],
        {"words": list(frozenset().union(*edited.values()))},
    )
    published = [_candidate(row) for row in rows]
    return {
        word: [candidate for candidate in published if candidate.word in near]
        for word, near in edited.items()
    }


async def _similar(connection: AsyncConnection, words: Sequence[str]) -> dict[str, list[Candidate]]:
    """Published words that share trigrams with each: two edits away, or of other alphabets."""
    await fetch(connection, STATEMENTS["threshold"])
    rows = await fetch(
        connection, STATEMENTS["similar_words"], {"words": list(words), "most": CANDIDATES}
    )
    like: dict[str, list[Candidate]] = {word: [] for word in words}
    for row in rows:
        like[row.typed].append(_candidate(row))
    return like


def _candidate(row: Row[Any]) -> Candidate:
    return Candidate(row.word, tuple(row.languages), int(row.document_frequency))


def _meant_in_prose(word: str, candidates: Iterable[Candidate]) -> list[Candidate]:
    if len(word) < _PROSE_LETTERS:
        return []
    return [each for each in candidates if each.document_frequency >= _PROSE_PASSAGES]


def _replaced(term: Word | Phrase, corrections: Mapping[str, str]) -> Word | Phrase:
    if isinstance(term, Phrase):
        return Phrase(tuple(corrections.get(word, word) for word in term.words))
    return replace(term, text=corrections.get(term.text, term.text))
