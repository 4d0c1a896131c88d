"""Measures search on the judged queries: nDCG@10 of each, by words alone, with what any rep sees.

It searches on the caller's connection, so that it sees what that transaction changed. What follows
from the figures is the gate's.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import ANY_REP
from search_service.catalog.materials import access
from search_service.db.tables import Judgement, Material, MaterialDetails
from search_service.errors import ConflictError, QueryTimeoutError
from search_service.search.answer import Hit
from search_service.search.column_cache import ColumnCache, Version
from search_service.search.request import SearchRequest
from search_service.search.searcher import search_in
from search_service.search.understanding import Tools, begin

DEPTH = 10
# For all judged queries together; some 15 ms each are usual.
TIME_S = 20.0

_judgements: Any = Judgement.__table__
_materials: Any = Material.__table__
_details: Any = MaterialDetails.__table__

# The grades of a material by page; None is the material as a whole.
Grades = Mapping[int | None, int]


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query with the grades, by material, of what a rep may see; at least one is above 0."""

    text: str
    grades: Mapping[int, Grades]


@dataclass(frozen=True, slots=True)
class QueryScore:
    """How well a query is answered: nDCG@10, 0 to 1."""

    query: str
    ndcg: float


async def measure(
    connection: AsyncConnection, queries: Sequence[JudgedQuery], known: Version | None
) -> tuple[QueryScore, ...]:
    """Search for each of the queries, by words alone; give their scores in the same order.

    `known` are columns that the process had before the transaction began. Raises QueryTimeoutError,
    also where all together take longer than TIME_S.
    """
    snapshot = await begin(connection, ColumnCache(), known)
    tools = Tools.keeping_nothing()
    scores: list[QueryScore] = []
    ends = time.monotonic() + TIME_S
    for judged in queries:
        if time.monotonic() > ends:
            raise QueryTimeoutError(
                f"Of {len(queries)} judged queries only {len(scores)} were answered within "
                f"{TIME_S:.0f} seconds; come back when less goes on, or remove the longest."
            )
        request = SearchRequest(judged.text, limit=DEPTH, facets=False)
        answer = await search_in(snapshot, ANY_REP, request, tools)
        scores.append(QueryScore(judged.text, ndcg(answer.hits, judged.grades)))
    return tuple(scores)


async def require_turn(connection: AsyncConnection) -> None:
    """Let nobody else measure until the transaction ends. Raises ConflictError at another's turn.

    Waiting would hold a connection, and many who wait would hold all of them.
    """
    turn = text("SELECT pg_try_advisory_xact_lock(hashtext('search_tuning'))")
    if not await connection.scalar(turn):
        raise ConflictError(
            "The judged queries are being measured for somebody else; repeat this in some seconds."
        )


async def judged_queries(connection: AsyncConnection) -> list[JudgedQuery]:
    """Give the queries for which something published was found worth showing."""
    judgements = _judgements.c
    statement = (
        select(
            judgements.query_key,
            judgements.query_text,
            judgements.material_id,
            judgements.page_number,
            judgements.grade,
        )
        .join(_materials, _materials.c.id == judgements.material_id)
        .join(_details, _details.c.material_id == judgements.material_id)
        .where(*access(ANY_REP))
        .order_by(judgements.query_key, judgements.id)
    )
    texts: dict[str, str] = {}
    grades: dict[str, dict[int, dict[int | None, int]]] = {}
    for row in await connection.execute(statement):
        texts.setdefault(row.query_key, row.query_text)
        pages = grades.setdefault(row.query_key, {}).setdefault(row.material_id, {})
        pages[row.page_number] = row.grade
    return [
        JudgedQuery(text, grades[key])
        for key, text in texts.items()
        if any(any(pages.values()) for pages in grades[key].values())
    ]


def mean(scores: Sequence[QueryScore]) -> float | None:
    """Give the mean of the scores, None of none."""
    return math.fsum(score.ndcg for score in scores) / len(scores) if scores else None


def ndcg(hits: Sequence[Hit], grades: Mapping[int, Grades]) -> float:
    """Give the normalised discounted cumulative gain of the first ten hits, with linear gain.

    A hit gains the best grade of its material and of those of its pages that it shows.
    """
    gains = [_gain(hit, grades.get(hit.material_id, {})) for hit in hits[:DEPTH]]
    best = sorted((max(pages.values()) for pages in grades.values()), reverse=True)[:DEPTH]
    return _discounted(gains) / _discounted(best)


def _gain(hit: Hit, pages: Grades) -> int:
    shown = {None, *(slide.page_number for slide in hit.slides)}
    return max((grade for page, grade in pages.items() if page in shown), default=0)


def _discounted(gains: Sequence[int]) -> float:
    return math.fsum(gain / math.log2(place + 2) for place, gain in enumerate(gains))
