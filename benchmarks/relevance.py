"""Ranking quality on judged collections, through the real index writer and the real searcher.

    python -m benchmarks.relevance DIR… --run-dir OUT [--json OUT.json] [--semantic]

Beside it bm25s over the same documents, with the mean difference in nDCG@10, the queries won and
lost and the p-value of a paired t-test. Writes OUT/NAME.run and OUT/NAME.bm25s.run (TREC, six
columns) and prints a table. Collections: benchmarks/judged.py.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import baseline, library, significance
from benchmarks.judged import MEASURES, Run, averages, read_grades, read_lines, score, write_run
from benchmarks.machine import fingerprint
from benchmarks.scratch import scratch
from benchmarks.significance import Comparison
from search_service.accounts.policy import LOCAL_ADMINISTRATOR
from search_service.config import Settings
from search_service.embedding.encoder import Encoder, open_encoder
from search_service.index.writer import PageText
from search_service.ingest.embeddings import embed_library
from search_service.search.request import MAX_LIMIT, SearchRequest
from search_service.search.searcher import Searcher
from search_service.search.semantic import Meaning
from search_service.search.understanding import Tools

MAIN_MEASURE = MEASURES[0]


@dataclass(frozen=True, slots=True)
class Result:
    """One collection: the means of our measures, and those of the baseline where there is one."""

    collection: str
    documents: int
    queries: int
    ms_per_query: float
    ours: Mapping[str, float]
    bm25s: Mapping[str, float] | None
    comparison: Comparison | None


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collections", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--run-dir", type=Path, required=True)
    parser.add_argument("--at-least", type=float, help="fail when the mean nDCG@10 is lower")
    parser.add_argument("--language", default="en")
    parser.add_argument("--semantic", action="store_true", help="rank by meaning too")
    parser.add_argument("--json", type=Path, metavar="OUT.json", help="write the figures here too")
    given = parser.parse_args(arguments)
    given.run_dir.mkdir(parents=True, exist_ok=True)
    console = Console(width=140)
    if not baseline.is_installed():
        console.print(baseline.MISSING)
    semantic = "on" if given.semantic else "off"
    encoder = open_encoder(Settings.from_environment().with_(semantic=semantic))
    how = Options(given.run_dir, given.language, encoder)
    results = [measure(folder, how) for folder in given.collections]
    console.print(table_of(results))
    if given.json:
        given.json.write_text(json.dumps(report_of(results), indent=2) + "\n", encoding="utf-8")
    average = mean_of(results)
    if given.at_least is not None and average < given.at_least:
        raise SystemExit(f"mean {MAIN_MEASURE} {average:.4f} is below {given.at_least}")


@dataclass(frozen=True, slots=True)
class Options:
    """Where runs go, the collections' language, and what gives passages their vectors, if any."""

    run_dir: Path
    language: str
    encoder: Encoder | None


def measure(folder: Path, how: Options) -> Result:
    """Answer a collection's queries by search and by the baseline, and write both runs."""
    name, grades = folder.name, read_grades(folder)
    queries = list(read_lines(folder / "queries.jsonl"))
    run, documents, elapsed_s = asyncio.run(search(folder, how, queries))
    write_run(how.run_dir / f"{name}.run", run, "search-service")
    ours, theirs, comparison = score(run, grades), None, None
    if baseline.is_installed():
        other = baseline.rank(read_lines(folder / "docs.jsonl"), queries, MAX_LIMIT)
        write_run(how.run_dir / f"{name}.bm25s.run", other, "bm25s")
        theirs = score(other, grades)
        comparison = significance.compare(ours[MAIN_MEASURE], theirs[MAIN_MEASURE])
    return Result(
        collection=name,
        documents=documents,
        queries=len(run),
        ms_per_query=elapsed_s * 1000 / max(len(run), 1),
        ours=averages(ours),
        bm25s=averages(theirs) if theirs else None,
        comparison=comparison,
    )


async def search(
    folder: Path, how: Options, queries: Sequence[Mapping[str, str]]
) -> tuple[Run, int, float]:
    """Load a collection and answer queries; gives the run, its size and the seconds it took.

    With an encoder every passage gets its vector first: minutes for ten thousand documents.
    """
    async with scratch() as place:
        documents = await library.write(place.database, read_documents(folder, how.language))
        if how.encoder:
            async for _ in embed_library(place.database, how.encoder):
                pass
        searcher = Searcher(
            place.database, tools=Tools(Meaning(how.encoder) if how.encoder else None)
        )
        run, elapsed_s = await answer(searcher, queries)
    return run, documents, elapsed_s


async def answer(searcher: Searcher, queries: Sequence[Mapping[str, str]]) -> tuple[Run, float]:
    keys = await library.keys(searcher.database)
    run: dict[str, list[tuple[str, float]]] = {}
    started = time.perf_counter()
    for query in queries:
        request = SearchRequest(query["text"], limit=MAX_LIMIT, slides=0, facets=False)
        found = await searcher.search(LOCAL_ADMINISTRATOR, request)
        run[query["id"]] = [(keys[hit.material_id], hit.score) for hit in found.hits]
    return run, time.perf_counter() - started


def read_documents(folder: Path, language: str) -> Iterator[library.Document]:
    for line in read_lines(folder / "docs.jsonl"):
        page = PageText(1, line["title"], line["text"])
        yield library.Document(line["id"], line["title"], [page], language)


def mean_of(results: Sequence[Result], measure: str = MAIN_MEASURE) -> float:
    return mean(result.ours[measure] for result in results)


def table_of(results: Sequence[Result]) -> Table:
    compared = ("bm25s", "difference", "won/lost", "p")
    table = Table("collection", "documents", "queries", *MEASURES, "ms/query", *compared)
    for result in results:
        table.add_row(
            result.collection,
            str(result.documents),
            str(result.queries),
            *(f"{result.ours[name]:.4f}" for name in MEASURES),
            f"{result.ms_per_query:.1f}",
            *_compared(result),
        )
    table.add_section()
    means = [f"{mean_of(results, name):.4f}" for name in MEASURES]
    table.add_row("mean", "", "", *means, "", *_mean_baseline(results))
    return table


def report_of(results: Sequence[Result]) -> dict[str, Any]:
    """Give everything as plain values, with the machine that it was measured on."""
    return {
        "machine": fingerprint(),
        "measure": MAIN_MEASURE,
        "baseline": {"name": "bm25s", "k1": baseline.K1, "b": baseline.B},
        "mean": {name: mean_of(results, name) for name in MEASURES},
        "collections": [asdict(result) for result in results],
    }


def _mean_baseline(results: Sequence[Result]) -> list[str]:
    theirs = [result.bm25s[MAIN_MEASURE] for result in results if result.bm25s]
    if not theirs:
        return []
    return [f"{mean(theirs):.4f}", f"{mean_of(results) - mean(theirs):+.4f}"]


def _compared(result: Result) -> list[str]:
    if result.bm25s is None or result.comparison is None:
        return []
    against = result.comparison
    return [
        f"{result.bm25s[MAIN_MEASURE]:.4f}",
        f"{against.difference:+.4f}",
        f"{against.wins}/{against.losses}",
        f"{against.p:.3g}",
    ]


if __name__ == "__main__":
    main()
