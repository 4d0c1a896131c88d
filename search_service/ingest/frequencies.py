"""How common the words of a text are in what is published, as keywords want to know it."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.text.keywords import Frequencies, phrases
from search_service.text.languages import configuration
from search_service.text.stop_words import stop_words

MAX_WORDS = 5_000

# A word's own lexeme, not the unaccented one that stands beside it, is enough to count by.
_WORDS = text(
    """
    SELECT w.word, s.document_frequency
    FROM unnest(CAST(:words AS text[])) AS w(word)
    CROSS JOIN LATERAL (
        SELECT lexeme FROM unnest(
            search_vector_of(CAST(:configuration AS regconfig), w.word)
        ) LIMIT 1
    ) l
    JOIN lexeme_statistics s ON s.lexeme = l.lexeme AND s.language = :language
    """
)
_PASSAGES = text("SELECT passages FROM corpus_statistics WHERE language = :language")


async def look_up(connection: AsyncConnection, language: str, texts: Iterable[str]) -> Frequencies:
    """Give in how many published passages the phrases of the texts stand; none while none is.

    A phrase is taken to stand in as many as its rarest word does.
    """
    passages = await connection.scalar(_PASSAGES, {"language": language})
    if not passages:
        return Frequencies()
    found = phrases("\n".join(texts), stop_words(language))
    words = sorted({word for phrase in found for word in phrase.split()})[:MAX_WORDS]
    rows = await connection.execute(
        _WORDS,
        {
            "words": words,
            "configuration": f"search_{configuration(language)}",
            "language": language,
        },
    )
    known = {row.word: int(row.document_frequency) for row in rows}
    counts = {
        phrase: min((known[word] for word in phrase.split() if word in known), default=0)
        for phrase in found
    }
    return Frequencies(passages, counts)
