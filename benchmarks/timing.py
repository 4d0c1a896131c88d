"""What queries cost in the process: ranking, the whole search, and naive ranking beside it."""

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import mean, median
from unittest.mock import patch

from sqlalchemy import text

from benchmarks.passages import Asked
from benchmarks.recorder import elapsed_ms, recording
from search_service.accounts.policy import Principal
from search_service.db.engine import Database
from search_service.db.enums import Role
from search_service.search import sql
from search_service.search.lists import Form, ListReader, Lists
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

# Lists are read from the database, as they are not kept.
READING = frozenset({sql.STATEMENTS.first_line("stored_lists")})

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

    `ranking_ms` is from where lists are asked for, of what is kept or of the database, to the
    ranked page, with all that the process does between; `statements_ms` the database's part of it.
    `read` is in how many of the runs lists were read, as the process had not kept them all.
    """

    ranking_ms: float
    statements_ms: float
    search_ms: float
    naive_ms: float
    total: int
    read: float


@dataclass(frozen=True, slots=True)
class _Run:
    ranking_ms: float
    statements_ms: float
    search_ms: float
    total: int
    read: bool


async def time_queries(
    database: Database, searcher: Searcher, queries: Sequence[Asked], repeat: int
) -> list[Timing]:
    """Ask all queries in turn, so many times after once to warm up, each time in another order, so
    that the process keeps for one what it has room for beside all others. Naive ranking, which
    keeps nothing, is asked for each query so many times in a row.
    """
    runs: list[list[_Run]] = [[] for _ in queries]
    order, shuffle = list(range(len(queries))), random.Random(20261128).shuffle
    for turn in range(repeat + 1):
        shuffle(order)
        for place in order:
            run = await _searched(searcher, queries[place])
            if turn:
                runs[place].append(run)
    return [
        _timing(each, await _naive(database, asked, repeat))
        for asked, each in zip(queries, runs, strict=True)
    ]


def _timing(runs: Sequence[_Run], naive_ms: float) -> Timing:
    return Timing(
        ranking_ms=median(run.ranking_ms for run in runs),
        statements_ms=median(run.statements_ms for run in runs),
        search_ms=median(run.search_ms for run in runs),
        naive_ms=naive_ms,
        total=runs[0].total,
        read=mean(run.read for run in runs),
    )


async def _searched(searcher: Searcher, asked: Asked) -> _Run:
    with recording() as recorder, _noted() as asked_at_s:
        started = time.perf_counter()
        answer = await searcher.search(REP, asked.request)
        search_ms = (time.perf_counter() - started) * 1000
    sent = recorder.chosen(RANKING)
    ranking_ms = (sent[-1].ended_s - asked_at_s[0]) * 1000 if sent else 0.0
    read = bool(recorder.chosen(READING))
    return _Run(ranking_ms, elapsed_ms(sent), search_ms, answer.total, read)


@contextmanager
def _noted() -> Iterator[list[float]]:
    """Note when lists are asked for while the block runs, by the clock of `time.perf_counter`."""
    asked_at_s: list[float] = []
    read = ListReader.read

    async def noted(
        reader: ListReader, forms: Sequence[Form], *, with_passages: bool = True
    ) -> Lists:
        asked_at_s.append(time.perf_counter())
        return await read(reader, forms, with_passages=with_passages)

    with patch.object(ListReader, "read", noted):
        yield asked_at_s


async def _naive(database: Database, asked: Asked, repeat: int) -> float:
    await _naive_ms(database, asked)
    return median([await _naive_ms(database, asked) for _ in range(repeat)])


async def _naive_ms(database: Database, asked: Asked) -> float:
    async with database.reading() as connection:
        await connection.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
        started = time.perf_counter()
        await connection.execute(text(NAIVE), {"query": asked.text})
        return (time.perf_counter() - started) * 1000
