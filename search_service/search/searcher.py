"""One search from the question to the answer; the only place that knows the order of the steps."""

import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal
from search_service.db.engine import Database
from search_service.search import candidates, facets
from search_service.search.analysis import MAX_EXPANSIONS
from search_service.search.answer import Answer, Facet
from search_service.search.candidates import MAX_PHRASES
from search_service.search.column_cache import ColumnCache
from search_service.search.hits import fill
from search_service.search.paging import Matched, match, page_of
from search_service.search.request import SearchRequest
from search_service.search.state import Search
from search_service.search.tree import QueryWarning
from search_service.search.understanding import TIMEOUT_S, Snapshot, Tools, begin, understand

# Of a statement that reads all materials when a process begins: from a slow disk a million pages'
# took over a minute.
WARMING_S = 600.0


@dataclass(frozen=True, slots=True)
class Searcher:
    """Searches a database; `timeout_s` ends each statement. Keeps columns and its tools for its
    process.
    """

    database: Database
    timeout_s: float = TIMEOUT_S
    tools: Tools = field(default_factory=Tools)
    cache: ColumnCache = field(default_factory=ColumnCache)

    async def warm(self) -> None:
        """Read the columns of all materials, so that the first search need not."""
        await self.cache.read_once(self._read)

    async def _read(self) -> None:
        async with self.database.reading() as connection:
            await begin(connection, self.cache, self.cache.newest, WARMING_S)

    async def search(self, principal: Principal, request: SearchRequest) -> Answer:
        """Answer one request with what the principal may see.

        Never fails for what was typed: a malformed query gives warnings. Raises InvalidCursorError
        for a foreign cursor, QueryTimeoutError, DatabaseUnavailableError, and ConfigurationError
        for ids that there is no room for.
        """
        async with self.searched(principal, request) as (answer, _):
            return answer

    @asynccontextmanager
    async def searched(
        self, principal: Principal, request: SearchRequest
    ) -> AsyncIterator[tuple[Answer, AsyncConnection]]:
        """Give what `search` does, and the connection that answered.

        That is for whatever else is to be told of the hits, as it was when they were found.
        """
        started = time.perf_counter()
        if not self.cache.newest:
            await self.warm()
        known = self.cache.newest
        async with self.database.reading() as connection:
            snapshot = await begin(connection, self.cache, known, self.timeout_s)
            answer = await _answer(await understand(snapshot, principal, request, self.tools))
            took_ms = round((time.perf_counter() - started) * 1000, 2)
            yield replace(answer, took_ms=took_ms), connection


async def search_in(
    snapshot: Snapshot, principal: Principal, request: SearchRequest, tools: Tools
) -> Answer:
    """Answer one request at a snapshot that the caller began, in a transaction of his own."""
    return await _answer(await understand(snapshot, principal, request, tools))


async def _answer(search: Search) -> Answer:
    matched = await match(search)
    ranked, next_cursor = await page_of(search, matched)
    total = int(matched.passing.sum())
    return Answer(
        query=search.query.text,
        hits=await fill(search, ranked),
        total=total,
        partial=matched.partial,
        facets=_facets(search, matched) if search.request.facets else (),
        warnings=(*search.query.warnings, *_warnings(search, total)),
        corrected=search.corrected,
        did_you_mean=search.did_you_mean,
        next_cursor=next_cursor,
        took_ms=0,
        expanded=search.expansions,
    )


def _facets(search: Search, matched: Matched) -> tuple[Facet, ...]:
    counted = facets.count(
        search.columns, matched.counted, search.selection, search.names, search.now
    )
    exact = not candidates.has_too_many_phrases(search.analysis)
    return counted if exact else tuple(replace(each, exact=False) for each in counted)


def _warnings(search: Search, total: int) -> list[QueryWarning]:
    warnings = [
        QueryWarning(
            "unknown_value",
            f"Nothing is called {each.typed!r} in {each.field}"
            + (f"; did you mean “{each.nearest}”?" if each.nearest else "."),
        )
        for each in search.unknown
    ]
    ignored, faint = search.analysis.ignored, search.analysis.faint
    if ignored:
        message = f"Too common to search for: {_listed(ignored)}." + _operator_hint(ignored)
        warnings.append(QueryWarning("common_words", message))
    elif faint and not total:
        message = f"Only very common words were asked for: {_listed(faint)}. Add one that is not."
        warnings.append(QueryWarning("common_words", message))
    if (each := search.analysis.forms_each) < MAX_EXPANSIONS:
        message = f"Of so many words with a star only the {each} commonest forms of each count."
        warnings.append(QueryWarning("too_many_prefixes", message))
    if candidates.has_too_many_phrases(search.analysis):
        message = f"Only {MAX_PHRASES} phrases are looked for; of the others the words count."
        warnings.append(QueryWarning("too_many_phrases", message))
    return warnings


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)


def _operator_hint(ignored: Sequence[str]) -> str:
    """What to write for words that were perhaps meant as operators."""
    hints = {"or": " To search for either word, write OR.", "not": " To leave one out, write NOT."}
    return "".join(hint for word, hint in hints.items() if word in ignored)
