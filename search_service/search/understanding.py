"""From what was asked to a search that can be answered: snapshot, words, names, lists."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal
from search_service.search import candidates, column_cache, facets
from search_service.search.analysis import Analysis, analyse, corpus_of
from search_service.search.answer import Correction
from search_service.search.column_cache import Version
from search_service.search.columns import Mask
from search_service.search.correction import corrections_of, replaced
from search_service.search.facets import Names
from search_service.search.lists import ListReader
from search_service.search.query import parse
from search_service.search.request import SearchRequest, Sort
from search_service.search.semantic import Meaning
from search_service.search.sql import STATEMENTS
from search_service.search.state import Search
from search_service.search.tree import Field, FieldFilter, Query


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The transaction that answers, the columns at its snapshot, and which rows were written since
    lists were stored.
    """

    connection: AsyncConnection
    version: Version
    rewritten: Mask


async def begin(connection: AsyncConnection, known: Version | None, timeout_s: float) -> Snapshot:
    """Set the transaction up and bring the columns to its snapshot, from known ones if there are.

    Must be its first statement.
    """
    settings = {
        "timeout": str(int(timeout_s * 1000)),
        "known": known.snapshot if known else None,
    }
    state = (await connection.execute(STATEMENTS["begin"], settings)).one()
    version = await column_cache.current(connection, known, state.changed, state.snapshot)
    columns = version.columns
    if state.rewritten is None:
        return Snapshot(connection, version, np.ones(columns.size, np.bool_))
    return Snapshot(connection, version, columns.mask(np.array(state.rewritten, np.int64)))


async def understand(
    snapshot: Snapshot,
    principal: Principal,
    request: SearchRequest,
    meaning: Meaning | None = None,
) -> Search:
    """Read the question, correct it, and fetch the lists of its words. Never fails for a text."""
    connection, columns = snapshot.connection, snapshot.version.columns
    words = await _words(connection, principal, request)
    names = await _names(connection)
    now = datetime.now(UTC)
    reader = ListReader(connection, columns, snapshot.rewritten)
    lists = await reader.read(
        candidates.forms_of(words.analysis), with_passages=request.sort is Sort.RELEVANCE
    )
    return Search(
        connection=connection,
        principal=principal,
        request=request,
        query=words.query,
        analysis=words.analysis,
        corrected=words.corrected,
        did_you_mean=words.did_you_mean,
        selection=facets.select(_filters(words.query, request), words.query.updated, names, now),
        names=names,
        now=now,
        columns=columns,
        seen=column_cache.visible(columns, principal),
        reader=reader,
        lists=lists,
        matching=candidates.matching(words.analysis, lists, columns),
        meaning=meaning,
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """The query that is answered, and what became of mistyped words."""

    query: Query
    analysis: Analysis
    corrected: tuple[Correction, ...] = ()
    did_you_mean: str | None = None


async def _words(
    connection: AsyncConnection, principal: Principal, request: SearchRequest
) -> _Words:
    query = parse(request.text)
    corpus = await corpus_of(connection)
    analysis = await analyse(connection, query, corpus)
    corrections = await corrections_of(connection, principal, analysis)
    if not corrections:
        return _Words(query, analysis)
    meant = replaced(query, corrections)
    if not request.correct:
        return _Words(query, analysis, did_you_mean=meant.text)
    used = tuple(Correction(typed, word) for typed, word in corrections.items())
    return _Words(meant, await analyse(connection, meant, corpus), used)


def _filters(query: Query, request: SearchRequest) -> list[FieldFilter]:
    chosen = [FieldFilter(field, values) for field, values in request.selection.items() if values]
    return [*query.filters, *chosen]


async def _names(connection: AsyncConnection) -> Names:
    rows = await connection.execute(STATEMENTS["vocabulary"])
    names: dict[Field, dict[int, str]] = {Field.PERSONA: {}, Field.SEGMENT: {}, Field.OWNER: {}}
    for row in rows:
        names[Field(row.field)][row.id] = row.name
    return Names(names)
