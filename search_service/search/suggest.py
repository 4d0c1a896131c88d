"""Suggestions while a query is typed: phrases of published material, and what others searched for.

It never searches: it reads the prefix rows that were written for both, and looks whether the one
who asks can see a passage that carries the phrase now, or a material that holds the query's words.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal, is_guest, visible_binds, visible_sql
from search_service.db.direct import fetch
from search_service.db.statements import Statements
from search_service.search.query import MAX_CHARACTERS, words_of
from search_service.text.normalise import clean, folded

STATEMENTS = Statements("search_service.search", "suggest.sql", {"visible": visible_sql})

DEFAULT_LIMIT = 8
MAX_LIMIT = 20
# Letters of a last word that is completed by itself.
MIN_WORD = 2
# As many characters as a prefix row holds.
MAX_TYPED = 60
# No phrase is longer; what is, is not compared.
MAX_TEXT = 100
# A phrase may come from several sources, and some may have no carrier that is visible.
ROWS_PER_SUGGESTION = 3
CANDIDATES = 120


class SuggestionKind(StrEnum):
    """What a suggested phrase is the name of; that others searched for it; or that it is what was
    typed with its last word completed.
    """

    TITLE = "title"
    SLIDE = "slide"
    PRODUCT = "product"
    KEYWORD = "keyword"
    QUERY = "query"
    WORD = "word"


_PLACES = (SuggestionKind.TITLE, SuggestionKind.SLIDE)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A phrase as it is written; a title's material, and a slide's with its page, go with it."""

    text: str
    kind: SuggestionKind
    material_id: int | None
    page_number: int | None


async def suggest(
    connection: AsyncConnection, principal: Principal, typed: str, limit: int = DEFAULT_LIMIT
) -> tuple[Suggestion, ...]:
    """Give at most `limit` phrases, the best first; for nothing typed the best of all.

    Where no phrase goes on like all of it, its last word is completed, by words of phrases that the
    principal may see. Any text is allowed; one that holds no letter or figure, or is longer than
    what is read of a question, has none.
    """
    wanted = " ".join(clean(typed).split())
    if (typed.strip() and not wanted) or len(wanted) > MAX_CHARACTERS:
        return ()
    is_ended = bool(wanted) and typed[-1:].isspace()
    found = await _phrases(connection, principal, wanted + " " * is_ended, limit)
    before, _, last = wanted.rpartition(" ")
    if found or is_ended or not before or len(last) < MIN_WORD:
        return found
    words = await _words(connection, principal, last)
    completed = [f"{before} {word}" for word in words[:limit]]
    return tuple(Suggestion(text, SuggestionKind.WORD, None, None) for text in completed)


async def _words(connection: AsyncConnection, principal: Principal, last: str) -> list[str]:
    """The words of phrases that go on like this one, as they are written."""
    phrases = await _phrases(connection, principal, last, MAX_LIMIT)
    words: dict[str, str] = {}
    for word in (word for phrase in phrases for word in words_of(phrase.text)):
        if folded(word).startswith(folded(last)):
            words.setdefault(folded(word), word)
    words.pop(folded(last), None)
    return list(words.values())


async def _phrases(
    connection: AsyncConnection, principal: Principal, typed: str, limit: int
) -> tuple[Suggestion, ...]:
    """The phrases that go on like this; a blank at its end says that its last word is complete."""
    wanted = typed.rstrip()
    if len(wanted) > MAX_TYPED or (wanted and not any(map(str.isalnum, wanted))):
        return ()
    rows = await fetch(
        connection,
        STATEMENTS["suggest"],
        {
            "typed": wanted,
            "ending": " " if typed != wanted else "",
            "candidates": CANDIDATES,
            "max_text": MAX_TEXT,
            "see_notes": not is_guest(principal),
            "most": limit * ROWS_PER_SUGGESTION,
            **visible_binds(principal),
        },
    )
    return _distinct(rows)[:limit]


def _distinct(rows: Iterable[Row[tuple[object, ...]]]) -> tuple[Suggestion, ...]:
    """Each phrase once, as what it is best known as."""
    found: dict[str, Suggestion] = {}
    for row in rows:
        kind = SuggestionKind(row.source)
        found.setdefault(
            row.folded,
            Suggestion(
                text=" ".join(row.text.split()),
                kind=kind,
                material_id=row.material_id if kind in _PLACES else None,
                page_number=row.page_number if kind is SuggestionKind.SLIDE else None,
            ),
        )
    return tuple(found.values())
