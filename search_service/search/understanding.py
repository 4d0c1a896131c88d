"""From what was asked to a search that can be answered: snapshot, words, names, lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal
from search_service.db.direct import fetch
from search_service.search import (
    candidates,
    column_cache,
    compounds,
    facets,
    pins,
    synonyms,
    weights,
)
from search_service.search.analysis import Analysis, analyse
from search_service.search.answer import Correction, Expansion
from search_service.search.column_cache import ColumnCache, Version
from search_service.search.columns import Integers, Shown
from search_service.search.correction import corrections_of, replaced
from search_service.search.facets import Names
from search_service.search.lexicon import Lexicon, WordCache, word_cache
from search_service.search.lists import ListCache, ListReader, list_cache
from search_service.search.query import parse
from search_service.search.request import SearchRequest, Sort
from search_service.search.semantic import Meaning
from search_service.search.snapshots import Moment
from search_service.search.spellings import Spellings
from search_service.search.sql import STATEMENTS
from search_service.search.state import Search
from search_service.search.synonyms import Expanded
from search_service.search.terms import Corpus
from search_service.search.tree import Field, FieldFilter, Query
from search_service.search.weights import Weights

# Of one statement.
TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The transaction that answers, the columns at its snapshot, the snapshot of the count that
    stored lists (None: there is none) and which materials were written since; the languages, the
    names of ids, the weights in force, and whether there are synonyms and pins at all.
    """

    connection: AsyncConnection
    version: Version
    counted_at: Moment | None
    rewritten: Integers
    corpus: Corpus
    names: Names
    weights: Weights
    has_synonyms: bool
    has_pins: bool


async def begin(
    connection: AsyncConnection,
    cache: ColumnCache,
    known: Version | None = None,
    timeout_s: float = TIMEOUT_S,
) -> Snapshot:
    """Set the transaction up and bring the columns to its snapshot, from known ones if there are.

    What the transaction itself did to materials may not be seen. Raises what `fetch` and
    `Columns.changed` do.
    """
    settings = {
        "timeout": str(int(timeout_s * 1000)),
        "known": known.moment.snapshot if known else None,
        "known_server": known.moment.server if known else None,
    }
    [state] = await fetch(connection, STATEMENTS["begin"], settings)
    moment = Moment(state.server, state.snapshot, not state.is_standby)
    version = await cache.current(connection, known, state.changed, moment)
    columns = version.columns
    return Snapshot(
        connection=connection,
        version=version,
        counted_at=Moment(state.server, state.counted_at) if state.counted_at else None,
        rewritten=np.flatnonzero(
            columns.present
            if state.rewritten is None
            else columns.present & columns.mask(np.array(state.rewritten, np.int64))
        ),
        corpus=Corpus(dict(zip(state.languages or (), state.sizes or (), strict=True))),
        names=_names(state.names or ()),
        weights=await weights.read(connection) if state.has_weights else weights.DEFAULT,
        has_synonyms=state.has_synonyms,
        has_pins=state.has_pins,
    )


@dataclass(frozen=True, slots=True)
class Tools:
    """What a process keeps for its searches, lexemes of words and their lists, and what ranks by
    meaning.
    """

    meaning: Meaning | None = None
    spellings: Spellings = field(default_factory=Spellings)
    words: WordCache = field(default_factory=word_cache)
    lists: ListCache = field(default_factory=list_cache)

    @classmethod
    def keeping_nothing(cls) -> "Tools":
        """Make those for a transaction that may see one count and then another."""
        return cls(words=word_cache(0), lists=list_cache(0))


async def understand(
    snapshot: Snapshot,
    principal: Principal,
    request: SearchRequest,
    tools: Tools,
) -> Search:
    """Read the question, correct it, and fetch the lists of its words. Never fails for a text."""
    connection, columns = snapshot.connection, snapshot.version.columns
    words = await _words(snapshot, principal, request, tools)
    shown = Shown(columns, column_cache.visible(columns, principal))
    names = snapshot.names.with_owners(columns.counts(Field.OWNER, shown.seen))
    now = datetime.now(UTC)
    filters = _filters(words.query, request)
    selection = facets.select(filters, words.query.updated, names, now)
    by_relevance = request.sort is Sort.RELEVANCE
    reader = ListReader(
        connection, columns.size, snapshot.rewritten, snapshot.counted_at, tools.lists
    )
    lists = await reader.read(candidates.forms_of(words.analysis), with_passages=by_relevance)
    asked = (words.typed, words.query) if by_relevance and snapshot.has_pins else ()
    return Search(
        connection=connection,
        principal=principal,
        request=request,
        query=words.query,
        analysis=words.analysis,
        corrected=words.corrected,
        did_you_mean=words.did_you_mean,
        selection=selection,
        unknown=facets.unknown(filters, columns, shown.seen, names),
        names=names,
        now=now,
        shown=shown,
        lists=lists,
        matching=candidates.matching(words.analysis, lists, columns),
        weights=snapshot.weights,
        pins=await pins.find(connection, asked, selection, shown),
        expansions=words.expansions,
        spellings=tools.spellings,
        meaning=tools.meaning,
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """The query that is answered, as typed and corrected, and what became of its words."""

    typed: Query
    query: Query
    analysis: Analysis
    expansions: tuple[Expansion, ...]
    corrected: tuple[Correction, ...] = ()
    did_you_mean: str | None = None


async def _words(
    snapshot: Snapshot, principal: Principal, request: SearchRequest, tools: Tools
) -> _Words:
    connection, typed = snapshot.connection, parse(request.text)
    lexicon = Lexicon(connection, snapshot.corpus, snapshot.counted_at, tools.words)
    expanded = await _expanded(snapshot, typed)
    split = await compounds.split(lexicon, expanded.query)
    analysis = await analyse(lexicon, split.query)
    words = _Words(typed, typed, analysis, expanded.expansions)
    spared = expanded.spared | split.spared
    corrections = await corrections_of(connection, principal, analysis, spared)
    if not corrections:
        return words
    meant = replaced(typed, corrections)
    if not request.correct:
        return replace(words, did_you_mean=meant.text)
    expanded = await _expanded(snapshot, meant)
    split = await compounds.split(lexicon, expanded.query)
    return _Words(
        typed=typed,
        query=meant,
        analysis=await analyse(lexicon, split.query),
        expansions=expanded.expansions,
        corrected=tuple(Correction(word, used) for word, used in corrections.items()),
    )


async def _expanded(snapshot: Snapshot, query: Query) -> Expanded:
    if not snapshot.has_synonyms:
        return Expanded(query)
    return await synonyms.expanded(snapshot.connection, query)


def _filters(query: Query, request: SearchRequest) -> list[FieldFilter]:
    chosen = [FieldFilter(field, values) for field, values in request.selection.items() if values]
    return [*query.filters, *chosen]


def _names(rows: Iterable[Sequence[str]]) -> Names:
    names: dict[Field, dict[int, str]] = {Field.PERSONA: {}, Field.SEGMENT: {}, Field.OWNER: {}}
    for column, key, name in rows:
        names[Field(column)][int(key)] = name
    return Names(names)
