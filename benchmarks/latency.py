"""How long search takes, by class of query, beside naive full-text search in the same run.

    python -m benchmarks.latency --passages N [--source FILE.jsonl.gz --queries FILE.jsonl]
        --json OUT

The library is N passages of SOURCE ([source, group, title, body] a line), 20 to a material, written
by the real index writer. Three times are taken of each query, medians of --repeat runs: the ranking
(the statements that match and rank), the whole search, and AND + ts_rank_cd over the passages.
"""

import argparse
import asyncio
import gzip
import json
import os
import platform
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from benchmarks import library
from benchmarks.generator import generated_passages, generated_queries
from benchmarks.measures import percentile
from benchmarks.recorder import recording
from benchmarks.scratch import scratch
from search_service.accounts.policy import Principal
from search_service.db.engine import Database
from search_service.db.enums import Role
from search_service.index.writer import PageText
from search_service.search.request import SearchRequest
from search_service.search.searcher import Searcher

PASSAGES_PER_MATERIAL = 20
UNIVERSES = ("Public Cloud", "Private Cloud", "Bare Metal", "Hosting & Collaboration")
REP = Principal(1, "rep@example.com", "Rep", Role.SALES, is_superuser=False, scopes=None)
# What marks the statements that match and rank, in their text.
RANKING = (
    "finalists AS",
    "JOIN materials m ON m.search_vector",
    "array_agg(DISTINCT p.material_id)",
)

# What the field does without us: all words, PostgreSQL's own ranking, no access rule.
NAIVE = """
SELECT material_id, ordinal, ts_rank_cd(search_vector, query) AS score
FROM passages, websearch_to_tsquery('search_english', :query) AS query
WHERE search_vector @@ query
ORDER BY score DESC, material_id, ordinal LIMIT 20
"""

Line = Sequence[str]


@dataclass(frozen=True, slots=True)
class Timing:
    """One query's medians, in milliseconds."""

    query_class: str
    query: str
    ranking_ms: float
    search_ms: float
    naive_ms: float
    total: int


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--source", type=Path)
    parser.add_argument("--queries", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", type=Path, required=True)
    given = parser.parse_args(arguments)
    lines = read_passages(given.source) if given.source else generated_passages()
    queries = read_queries(given.queries) if given.queries else generated_queries()
    report = asyncio.run(measure(islice(lines, given.passages), list(queries), given.repeat))
    given.json.write_text(json.dumps(report, indent=1), encoding="utf-8")
    show(report)


async def measure(
    lines: Iterable[Line], queries: Sequence[tuple[str, str]], repeat: int
) -> dict[str, Any]:
    """Build the library, ask every query, and give the report."""
    async with scratch() as place:
        started = time.perf_counter()
        materials = await library.write(place.database, documents(lines))
        built_s = time.perf_counter() - started
        facts = await _facts(place.database)
        timings = [await _time(place.database, *query, repeat) for query in queries]
    return {
        "machine": {"processor": platform.processor(), "cores": os.cpu_count()},
        "materials": materials,
        "build_s": round(built_s, 1),
        **facts,
        "classes": summary(timings),
        "queries": [
            {
                "class": item.query_class,
                "query": item.query,
                "ranking_ms": round(item.ranking_ms, 2),
                "search_ms": round(item.search_ms, 2),
                "naive_ms": round(item.naive_ms, 2),
                "total": item.total,
            }
            for item in timings
        ],
    }


def documents(lines: Iterable[Line]) -> Iterator[library.Document]:
    """Make materials of neighbouring passages of one group."""
    number = 0
    for group, members in groupby(lines, key=lambda line: line[1]):
        while chunk := list(islice(members, PASSAGES_PER_MATERIAL)):
            pages = [PageText(at, title, body) for at, (_, _, title, body) in enumerate(chunk, 1)]
            universe = UNIVERSES[number % len(UNIVERSES)]
            yield library.Document(str(number), f"{group} {chunk[0][2]}", pages, "en", universe)
            number += 1


def summary(timings: Sequence[Timing]) -> dict[str, Any]:
    """Percentiles by class and over all, with ours over naive at the 95th."""
    by_class: defaultdict[str, list[Timing]] = defaultdict(list)
    for timing in timings:
        by_class[timing.query_class].append(timing)
        by_class["all"].append(timing)
    classes = {}
    for name, items in by_class.items():
        columns = {
            "ranking": [item.ranking_ms for item in items],
            "search": [item.search_ms for item in items],
            "naive": [item.naive_ms for item in items],
        }
        classes[name] = {
            "queries": len(items),
            **{
                f"{what}_p{share}_ms": round(percentile(values, share / 100), 2)
                for what, values in columns.items()
                for share in (50, 95, 99)
            },
        }
        classes[name]["ratio_p95"] = round(
            classes[name]["ranking_p95_ms"] / max(classes[name]["naive_p95_ms"], 0.01), 2
        )
    return classes


def show(report: Mapping[str, Any]) -> None:
    table = Table("class", "queries", "ranking p50 / p95", "search p50 / p95", "naive p50 / p95",
                  "ranking over naive, p95")  # fmt: skip
    for name, row in report["classes"].items():
        pairs = [
            f"{row[f'{what}_p50_ms']} / {row[f'{what}_p95_ms']}"
            for what in ("ranking", "search", "naive")
        ]
        table.add_row(name, str(row["queries"]), *pairs, str(row["ratio_p95"]))
    console = Console(width=130)
    console.print(
        f"{report['passages']} passages in {report['materials']} materials, "
        f"built in {report['build_s']} s, index {report['index_mib']} MiB; times in ms"
    )
    console.print(table)


def read_passages(path: Path) -> Iterator[Line]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def read_queries(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8") as lines:
        yield from ((query["cls"], query["q"]) for query in map(json.loads, lines))


async def _time(database: Database, query_class: str, query: str, repeat: int) -> Timing:
    searcher = Searcher(database, timeout_s=120)
    ranking, whole, naive, total = [], [], [], 0
    for _ in range(repeat + 1):  # the first one warms
        with recording() as recorder:
            started = time.perf_counter()
            total = (await searcher.search(REP, SearchRequest(query))).total
            whole.append((time.perf_counter() - started) * 1000)
        ranking.append(recorder.elapsed_ms(*RANKING))
        async with database.reading() as connection:
            await connection.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
            started = time.perf_counter()
            await connection.execute(text(NAIVE), {"query": query})
            naive.append((time.perf_counter() - started) * 1000)
    warm = [median(values[1:]) for values in (ranking, whole, naive)]
    return Timing(query_class, query, warm[0], warm[1], warm[2], total)


async def _facts(database: Database) -> dict[str, Any]:
    async with database.reading() as connection:
        row = await connection.execute(
            text(
                "SELECT (SELECT count(*) FROM passages WHERE ordinal > 0) AS passages,"
                " round(pg_relation_size('idx_passages_search_vector') / 1048576.0, 1) AS index_mib"
            )
        )
        facts = row.one()
        return {"passages": facts.passages, "index_mib": float(facts.index_mib)}


if __name__ == "__main__":
    main()
