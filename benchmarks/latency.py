"""How long search takes, by class of query, and how well bounded ranking keeps to the exact one.

    python -m benchmarks.latency --passages N [--source FILE.jsonl.gz --queries FILE.jsonl]
        --json OUT [--library DIR] [--peers] [--http] [--awake]

The library is N passages of SOURCE ([source, group, title, body] a line), 20 to a material, written
by the real index writer; where the source has fewer, more are made of them. Times are medians of
--repeat runs, warm: ranking (from where lists are asked for to the ranked page) and the whole
search in this process, and where asked for whole requests over HTTP, of all queries in turn; AND +
ts_rank_cd over the passages and, where asked for, other engines, of each query in a row.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvloop

from benchmarks import latency_tables, library, overhttp, peers, revision
from benchmarks.agreement import agreement_of
from benchmarks.awake import awake
from benchmarks.load import Load
from benchmarks.machine import fingerprint
from benchmarks.passages import Asked, lines_of, queries_of
from benchmarks.prepared import Prepared, Source, prepared
from benchmarks.scratch import Scratch
from benchmarks.summary import by_class
from benchmarks.timing import TIMEOUT_S, time_queries
from search_service.cli.memory import suit_to_searches
from search_service.search.searcher import Searcher

# What was measured of one query, by name.
Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure: agreement of every so many queries (0: of none), and where asked for other
    engines and what is served over HTTP, under a load.
    """

    source: Source
    queries: Sequence[Asked]
    repeat: int = 3
    agreement_every: int = 1
    peers: bool = False
    http: Load | None = None


def main(arguments: Sequence[str] | None = None) -> None:
    given = _parser().parse_args(arguments)
    plan = Plan(
        source=Source(given.source, given.passages),
        queries=queries_of(given.queries),
        repeat=given.repeat,
        agreement_every=given.agreement_every,
        peers=given.peers,
        http=Load(given.http_seconds) if given.http else None,
    )
    suit_to_searches()  # as the service does, and with its event loop
    with awake() if given.awake else nullcontext():
        report = uvloop.run(prepare_and_measure(plan, given.library))
    report["machine"]["awake"] = given.awake
    given.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    latency_tables.show(report)
    weak = {
        name: row["agreement"]
        for name, row in report["classes"].items()
        if row.get("agreement", 1.0) < given.at_least
    }
    if weak:
        raise SystemExit(f"agreement below {given.at_least}: {weak}")


async def prepare_and_measure(plan: Plan, folder: Path | None) -> dict[str, Any]:
    _say("the library is built, or opened where it is kept")
    async with prepared(plan.source, folder) as found:
        return await measure(found, plan)


async def measure(found: Prepared, plan: Plan) -> dict[str, Any]:
    """Ask every query in every way, and give the report."""
    _say(f"{len(plan.queries)} queries are asked in this process")
    facts = await _facts(found)
    searcher = Searcher(found.place.database, TIMEOUT_S)
    figures = await _figures(found.place, searcher, plan)
    if plan.agreement_every:
        chosen = slice(None, None, plan.agreement_every)
        for asked, measured in zip(plan.queries[chosen], figures[chosen], strict=True):
            measured.update(await _agreement(found.place, searcher, asked))
    if plan.http:
        _say("the same over HTTP")
        facts |= await _ask_over_http(found.place, searcher, plan, figures)
    if plan.peers:
        _say("other engines")
        facts["peers_build_s"] = _ask_peers(plan, figures)
    return {
        "machine": {**fingerprint(), "commit": revision.commit()},
        **plan.source.identity,
        **facts,
        "classes": {
            **by_class([(each.query_class,) for each in plan.queries], figures),
            **by_class([each.wholes for each in plan.queries], figures),
        },
        "queries": [
            {"class": asked.query_class, "query": asked.text, "filters": asked.selection}
            | {name: round(value, 4) for name, value in each.items()}
            for asked, each in zip(plan.queries, figures, strict=True)
        ],
    }


async def _facts(found: Prepared) -> dict[str, Any]:
    database, built = found.place.database, found.built
    return {
        "postgresql": await revision.server_version(database),
        "materials": built.materials,
        "build_s": {
            "write": round(built.write_s, 1),
            "gin": round(built.gin_s, 1),
            "statistics": round(built.statistics_s, 1),
            "index": round(built.index_s, 1),
        },
        "sizes_mib": await library.sizes_mib(database),
    }


async def _figures(place: Scratch, searcher: Searcher, plan: Plan) -> list[Figures]:
    timings = await time_queries(place.database, searcher, plan.queries, plan.repeat)
    return [asdict(each) for each in timings]


async def _agreement(place: Scratch, searcher: Searcher, asked: Asked) -> Figures:
    return asdict(await agreement_of(place.database, searcher, asked))


async def _ask_over_http(
    place: Scratch, searcher: Searcher, plan: Plan, figures: Sequence[Figures]
) -> dict[str, Any]:
    """Add the time of whole requests to each query's figures; give what is measured beside."""
    assert plan.http is not None
    found = await overhttp.measure(place, searcher, plan.queries, plan.repeat, plan.http)
    for each, elapsed_ms in zip(figures, found.search_ms, strict=True):
        each["http_ms"] = elapsed_ms
    return found.report


def _ask_peers(plan: Plan, figures: Sequence[Figures]) -> dict[str, float]:
    """Add the times of other engines to the figures of OR queries; give how long each built."""
    built = {}
    with tempfile.TemporaryDirectory(prefix="search-service-benchmark-") as folder:
        for opened in peers.installed():
            lines = lines_of(plan.source.file, plan.source.passages)
            with opened(Path(folder), lines) as peer:
                built[peer.name] = round(peer.build_s, 1)
                for asked, each in zip(plan.queries, figures, strict=True):
                    if asked.is_or_query:
                        each[f"{peer.name}_ms"] = peer.time_ms(asked.text, plan.repeat)
    return built


def _say(step: str) -> None:
    """Tell what is going on, as a large library takes an hour."""
    print(f"{datetime.now(UTC):%H:%M:%S} {step}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--source", type=Path, help="otherwise passages are generated")
    parser.add_argument("--queries", type=Path, help="cls and q a line; otherwise generated")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--awake", action="store_true", help="keep processors from sleeping")
    parser.add_argument("--agreement-every", type=int, default=1, metavar="K", help="0: of none")
    parser.add_argument(
        "--at-least", type=float, default=0.0, help="fail where a class agrees less"
    )
    parser.add_argument("--library", type=Path, metavar="DIR", help="keep the database there")
    parser.add_argument("--peers", action="store_true", help="SQLite FTS5 and tantivy too")
    parser.add_argument("--http", action="store_true", help="serve it, and ask over HTTP too")
    parser.add_argument("--http-seconds", type=float, default=10.0, help="of each throughput")
    parser.add_argument("--json", type=Path, required=True)
    return parser


if __name__ == "__main__":
    main()
