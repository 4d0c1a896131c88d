"""The lexemes of words as they are written; asked of PostgreSQL once for each word in a process.

A word's lexemes are its configuration's, which changes with no library.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.direct import fetch
from search_service.search.sql import STATEMENTS
from search_service.text.languages import configuration
from search_service.text.normalise import indexable

REMEMBERED = 50_000

# A word in lower case and its language.
Spelling = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Spellings:
    """Remembers lexemes; forgets the words that were asked for first."""

    known: dict[Spelling, frozenset[str]] = field(default_factory=dict)

    async def lexemes(
        self, connection: AsyncConnection, spellings: Sequence[Spelling]
    ) -> list[frozenset[str]]:
        """Give the lexemes of each word; one statement at most."""
        found = {each: self.known[each] for each in spellings if each in self.known}
        new = [each for each in dict.fromkeys(spellings) if each not in found]
        if new:
            read = dict(zip(new, await _read(connection, new), strict=True))
            self._remember(read)
            found |= read
        return [found[each] for each in spellings]

    def _remember(self, read: dict[Spelling, frozenset[str]]) -> None:
        self.known.update(read)
        for _ in range(len(self.known) - REMEMBERED):
            del self.known[next(iter(self.known))]


async def _read(connection: AsyncConnection, spellings: Sequence[Spelling]) -> list[frozenset[str]]:
    rows = await fetch(
        connection,
        STATEMENTS["lexemes_of_words"],
        {
            "words": [indexable(word) for word, _ in spellings],
            "configurations": [f"search_{configuration(language)}" for _, language in spellings],
        },
    )
    return [frozenset(row.lexemes) for row in sorted(rows, key=lambda row: row.number)]
