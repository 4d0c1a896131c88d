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
from search_service.search import ranking
from search_service.search.paging import Matched, match, placed_by_words
from search_service.search.pins import turn_of
from search_service.search.priors import factors
from search_service.search.ranker import Page
from search_service.search.searcher import Searcher
from search_service.search.state import Search
from search_service.search.terms import any_query
from search_service.search.understanding import Tools, begin, understand

STATEMENTS = Statements("benchmarks", "agreement.sql")
DEPTH = 20


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of 1: our list's DCG by exact scores over the exact list's, and how much both lists share;
    the DCG again once the first hits are put in order anew.
    """

    agreement: float
    overlap: float
    reranked_agreement: float


@dataclass(frozen=True, slots=True)
class Exact:
    """Materials in exact order with their scores."""

    order: Sequence[int]
    scores: Mapping[int, float]


async def agreement_of(database: Database, searcher: Searcher, asked: Asked) -> Agreement:
    """Rank by the bounds and without them, and compare the first 20 materials."""
    request = replace(asked.request, limit=DEPTH, slides=0, facets=False)
    answer = await searcher.search(REP, request)
    async with database.reading() as connection:
        snapshot = await begin(connection, searcher.cache, searcher.cache.newest, TIMEOUT_S)
        search = await understand(snapshot, REP, request, Tools())
        if not search.has_words:
            return Agreement(1.0, 1.0, 1.0)
        matched = await match(search)
        first = turn_of(search.pins, None, DEPTH)
        found = await placed_by_words(search, matched, first, Page(DEPTH))
        exact = await exact_ranking(search, matched)
    ours = [item.material_id for item in found]
    shown = [hit.material_id for hit in answer.hits]
    return Agreement(dcg_share(ours, exact), overlap(ours, exact), dcg_share(shown, exact))


def dcg_share(ours: Sequence[int], exact: Exact, depth: int = DEPTH) -> float:
    """Give a list's DCG by exact scores over that of the exact list; 1 where both are empty."""
    if not exact.order:
        return float(not ours)
    gained = discounted([exact.scores.get(key, 0.0) for key in ours[:depth]])
    return gained / discounted([exact.scores[key] for key in exact.order[:depth]])


def overlap(ours: Sequence[int], exact: Exact, depth: int = DEPTH) -> float:
    """Give how much of the exact list a list holds, whatever the order; 1 where both are empty."""
    best = exact.order[:depth]
    if not best:
        return float(not ours)
    return len(set(best).intersection(ours[:depth])) / len(best)


async def exact_ranking(search: Search, matched: Matched) -> Exact:
    """Rank whatever matches, full matches first, by the scores of all of its passages.

    What matches is known exactly; of one concept nothing matches in part, though of a word written
    together both of its words may be there, apart. Raises ValueError where priors differ.
    """
    if np.ptp(factors(search.columns, search.setting)[search.columns.present]):
        raise ValueError("the materials' factors differ, so that scores cannot be compared")
    scores = await _scores(search)
    matching = matched.some if len(search.analysis.concepts) > 1 else matched.full
    kept = {key: score for key, score in scores.items() if matching[key]}
    order = sorted(kept, key=lambda key: (matched.full[key], kept[key], key), reverse=True)
    return Exact(order, kept)


async def _scores(search: Search) -> dict[int, float]:
    terms = search.analysis.terms
    score, material = ranking.passage_score(terms), ranking.material_score(search.weights)
    composed = {
        "score": score.sql,
        "material_score": material.sql,
        "length_factors": ranking.length_factors("p", "c"),
    }
    await search.connection.execute(STATEMENTS["unbounded"])
    rows = await search.connection.execute(
        text(STATEMENTS.sql("exact", composed)),
        {"any_query": any_query(terms), **score.binds, **material.binds},
    )
    return {row.material_id: row.score for row in rows}
