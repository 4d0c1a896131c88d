"""How far bounded ranking agrees with the exact one, which scores every passage with any term."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import text

from benchmarks.measures import discounted
from benchmarks.passages import Asked
from benchmarks.timing import REP, TIMEOUT_S
from search_service.db.engine import Database
from search_service.db.statements import Statements
from search_service.search import candidates, facets, ranking
from search_service.search.priors import factors
from search_service.search.searcher import Searcher
from search_service.search.state import Search
from search_service.search.terms import any_query
from search_service.search.understanding import begin, understand

STATEMENTS = Statements("benchmarks", "agreement.sql")
DEPTH = 20


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of 1: our list's DCG by exact scores over the exact list's, and how much both lists share."""

    agreement: float
    overlap: float


@dataclass(frozen=True, slots=True)
class Exact:
    """Materials in exact order with their scores."""

    order: Sequence[int]
    scores: Mapping[int, float]


async def agreement_of(database: Database, searcher: Searcher, asked: Asked) -> Agreement:
    """Ask search and the exact ranking, and compare their first 20 materials."""
    request = replace(asked.request, limit=DEPTH, slides=0, facets=False)
    answer = await searcher.search(REP, request)
    exact = await exact_ranking(database, searcher, asked)
    return compare([hit.material_id for hit in answer.hits], exact)


def compare(ours: Sequence[int], exact: Exact, depth: int = DEPTH) -> Agreement:
    """Compare the beginnings of a list and of the exact one; 1 where both are empty."""
    best = exact.order[:depth]
    if not best:
        return Agreement(float(not ours), float(not ours))
    gained = discounted([exact.scores.get(key, 0.0) for key in ours[:depth]])
    ideal = discounted([exact.scores[key] for key in best])
    return Agreement(gained / ideal, len(set(best).intersection(ours[:depth])) / len(best))


async def exact_ranking(database: Database, searcher: Searcher, asked: Asked) -> Exact:
    """Rank whatever matches, full matches first, by scores of all of its passages.

    What matches is taken from search, where it is exact. Raises ValueError where priors differ.
    """
    known = searcher.cache.newest
    async with database.reading() as connection:
        snapshot = await begin(connection, known, TIMEOUT_S)
        search = await understand(snapshot, REP, asked.request)
        if not search.has_words:
            return Exact((), {})
        if np.ptp(factors(search.priors, search.columns)):
            raise ValueError("the materials' factors differ, so that scores cannot be compared")
        allowed = search.seen & search.matching.any
        allowed &= await candidates.restricted(
            connection, search.analysis, search.lists, search.columns
        )
        allowed = facets.passing(search.columns, allowed, search.selection)
        scores = await _scores(search)
    row_of, full = search.columns.row_of, search.matching.full
    kept = {key: score for key, score in scores.items() if allowed[row_of[key]]}
    order = sorted(kept, key=lambda key: (full[row_of[key]], kept[key], key), reverse=True)
    return Exact(order, kept)


async def _scores(search: Search) -> dict[int, float]:
    score = ranking.passage_score(search.analysis.terms)
    composed = {
        "score": score.sql,
        "material_score": ranking.material_score(),
        "length_factors": ranking.length_factors("p", "c"),
    }
    await search.connection.execute(STATEMENTS["unbounded"])
    rows = await search.connection.execute(
        text(STATEMENTS.sql("exact", composed)),
        {"any_query": any_query(search.analysis.terms), **score.binds},
    )
    return {row.material_id: row.score for row in rows}
