"""What one query costs in the process: ranking, the whole search, and naive ranking beside it."""

import time
from dataclasses import dataclass
from statistics import median

from sqlalchemy import text

from benchmarks.passages import Asked
from benchmarks.recorder import elapsed_ms, recording, span_ms
from search_service.accounts.policy import Principal
from search_service.db.engine import Database
from search_service.db.enums import Role
from search_service.search import sql
from search_service.search.searcher import Searcher

REP = Principal(1, "rep@example.com", "Rep", Role.SALES, is_superuser=False, scopes=None)
TIMEOUT_S = 600.0

# What decides which hits there are, and their order.
RANKING = frozenset(
    sql.STATEMENTS.first_line(name)
    for name in (
        "stored_lists",
        "rare_lists",
        "written_lists",
        "phrase_materials",
        "rank",
        "ordered",
    )
)

# What the field does without us: all words, PostgreSQL's own ranking, no access rule.
NAIVE = """
SELECT material_id, ordinal, ts_rank_cd(search_vector, query) AS score
FROM passages, websearch_to_tsquery('search_english', :query) AS query
WHERE search_vector @@ query
ORDER BY score DESC, material_id, ordinal LIMIT 20
"""


@dataclass(frozen=True, slots=True)
class Timing:
    """One query's medians, in milliseconds, and how many materials matched.

    `ranking_ms` is from the first list to the ranked page, with all that the process does between;
    `statements_ms` the database's part of it.
    """

    ranking_ms: float
    statements_ms: float
    search_ms: float
    naive_ms: float
    total: int


async def time_query(database: Database, searcher: Searcher, asked: Asked, repeat: int) -> Timing:
    """Ask so many times, after once to warm up."""
    await _searched(searcher, asked)
    await _naive_ms(database, asked)
    runs = [await _searched(searcher, asked) for _ in range(repeat)]
    naive = [await _naive_ms(database, asked) for _ in range(repeat)]
    ranking, statements, search, totals = zip(*runs, strict=True)
    return Timing(median(ranking), median(statements), median(search), median(naive), totals[0])


async def _searched(searcher: Searcher, asked: Asked) -> tuple[float, float, float, int]:
    with recording() as recorder:
        started = time.perf_counter()
        answer = await searcher.search(REP, asked.request)
        search_ms = (time.perf_counter() - started) * 1000
    sent = recorder.chosen(RANKING)
    return span_ms(sent), elapsed_ms(sent), search_ms, answer.total


async def _naive_ms(database: Database, asked: Asked) -> float:
    async with database.reading() as connection:
        await connection.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
        started = time.perf_counter()
        await connection.execute(text(NAIVE), {"query": asked.text})
        return (time.perf_counter() - started) * 1000
