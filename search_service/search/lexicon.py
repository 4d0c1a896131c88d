"""The lexemes of words as the index has them, asked of PostgreSQL and kept until the next count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.direct import fetch
from search_service.search.count_cache import CountCache
from search_service.search.snapshots import Moment
from search_service.search.sql import STATEMENTS
from search_service.search.terms import Corpus, Lexeme, Positions
from search_service.text.languages import configuration
from search_service.text.normalise import indexable

# Letters of a word whose hyphens are looked for: each place for one costs a look into the index.
MAX_HYPHENATED = 24

# Of what is kept of words in one process, in bytes; and what an entry and each of its languages,
# and each lexeme take about.
MOST_KEPT = 16 << 20
_ENTRY_BYTES, _LEXEME_BYTES = 500, 200


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Where the lexemes of words are found: in the database, or in what is kept of its last count
    (`counted_at` is that one's snapshot).
    """

    connection: AsyncConnection
    corpus: Corpus
    counted_at: Moment | None
    cache: "WordCache"

    async def words(
        self, texts: Sequence[str], *, hyphens: bool = True
    ) -> list[Mapping[str, Positions]]:
        """Give what each text, of one word or several, is in each language; one statement at most.

        With `hyphens` also the spellings that only a hyphen tells from a word.
        """
        most = MAX_HYPHENATED if hyphens else 0
        return await self.lexemes("analyse", [indexable(text) for text in texts], most)

    async def lexemes(
        self, statement: str, texts: Sequence[str], most: int = 0
    ) -> list[Mapping[str, Positions]]:
        """Give what a statement finds for each text, by language; one statement at most.

        `most` is for those that have a limit.
        """
        languages = tuple(self.corpus.languages)
        if not languages:
            return [{} for _ in texts]
        keys = [(statement, text, languages, most) for text in texts]
        found = self.cache.known(self.counted_at, keys)
        asked = [key for key in dict.fromkeys(keys) if key not in found]
        if asked:
            read = await self._read(statement, [text for _, text, *_ in asked], most)
            new = dict(zip(asked, read, strict=True))
            self.cache.keep(self.counted_at, new)
            found |= new
        return [found[key] for key in keys]

    async def _read(
        self, statement: str, texts: Sequence[str], most: int
    ) -> list[Mapping[str, Positions]]:
        languages = list(self.corpus.languages)
        rows = await fetch(
            self.connection,
            STATEMENTS[statement],
            {
                "texts": texts,
                "languages": languages,
                "configurations": [f"search_{configuration(code)}" for code in languages],
                "most": most,
            },
        )
        found: list[dict[str, dict[int, tuple[Lexeme, ...]]]] = [{} for _ in texts]
        for row in rows:
            positions = found[row.unit].setdefault(row.language, {})
            forms = positions.get(row.position, ())
            lexeme = Lexeme(row.lexeme, row.document_frequency, row.respelled)
            positions[row.position] = (*forms, lexeme)
        return list(found)


# The statement, its text, the languages and its limit; what it found.
_Key: TypeAlias = tuple[str, str, tuple[str, ...], int]
WordCache: TypeAlias = CountCache[_Key, Mapping[str, Positions]]


def word_cache(most: int = MOST_KEPT) -> WordCache:
    """Make an empty cache for `Lexicon`, of so many bytes."""
    return CountCache(most, _bytes_of)


def _bytes_of(key: _Key, found: Mapping[str, Positions]) -> int:
    forms = sum(len(each) for positions in found.values() for each in positions.values())
    return _ENTRY_BYTES * (1 + len(found)) + 4 * len(key[1]) + _LEXEME_BYTES * forms
