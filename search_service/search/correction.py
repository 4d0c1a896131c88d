"""Corrects words that nothing published contains, over words as they are written, not stems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import DamerauLevenshtein
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.search.sql import STATEMENTS
from search_service.search.tree import Concept, Phrase, Query, Word

CANDIDATES = 50
MIN_LETTERS = 4
_LONG_WORD = 6


@dataclass(frozen=True, slots=True)
class Candidate:
    word: str
    document_frequency: int
    likeness: float


async def correct(connection: AsyncConnection, words: Sequence[str]) -> dict[str, str]:
    """Find the likely meant word for each; words without a near one are left out.

    Reads only published words. One edit is allowed in words up to five letters, two in longer.
    """
    found = {}
    await connection.execute(STATEMENTS["threshold"])
    for word in words:
        if len(word) < MIN_LETTERS or not word.isalpha():
            continue
        rows = await connection.execute(
            STATEMENTS["similar_words"], {"word": word.lower(), "most": CANDIDATES}
        )
        candidates = [Candidate(row.word, row.document_frequency, row.likeness) for row in rows]
        if best := nearest(word.lower(), candidates):
            found[word] = best
    return found


def nearest(word: str, candidates: Sequence[Candidate]) -> str | None:
    """Choose by Damerau-Levenshtein distance, then by how often the word is published."""
    allowed = 1 if len(word) < _LONG_WORD else 2
    scored = [
        (DamerauLevenshtein.distance(word, candidate.word, score_cutoff=allowed), candidate)
        for candidate in candidates
        if candidate.word != word
    ]
    near = [(distance, candidate) for distance, candidate in scored if distance <= allowed]
    if not near:
        return None
    return min(near, key=lambda item: (item[0], -item[1].document_frequency, item[1].word))[1].word


def replaced(query: Query, corrections: Mapping[str, str]) -> Query:
    """Put the corrected words into a query; its text follows."""
    text = query.text
    for typed, used in corrections.items():
        text = text.replace(typed, used)
    return replace(
        query,
        text=text,
        concepts=tuple(
            Concept(tuple(_replaced(term, corrections) for term in concept.alternatives))
            for concept in query.concepts
        ),
    )


def _replaced(term: Word | Phrase, corrections: Mapping[str, str]) -> Word | Phrase:
    if isinstance(term, Phrase):
        return Phrase(tuple(corrections.get(word, word) for word in term.words))
    return replace(term, text=corrections.get(term.text, term.text))
