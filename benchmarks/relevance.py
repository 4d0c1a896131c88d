"""Ranking quality on judged collections, through the real index writer and the real searcher.

    python -m benchmarks.relevance DIR… --run-dir OUT [--semantic]

DIR holds docs.jsonl (id, title, text), queries.jsonl (id, text) and qrels.tsv (query, 0, doc,
grade). Writes OUT/NAME.run (TREC, 6 columns) and prints a table.
"""

import argparse
import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean

from rich.console import Console
from rich.table import Table

from benchmarks import library, measures
from benchmarks.scratch import scratch
from search_service.accounts.policy import LOCAL_ADMINISTRATOR
from search_service.config import Settings
from search_service.embedding.encoder import Encoder, open_encoder
from search_service.index.writer import PageText
from search_service.ingest.embeddings import embed_library
from search_service.search.request import MAX_LIMIT, SearchRequest
from search_service.search.searcher import Searcher
from search_service.search.semantic import Meaning

Grades = Mapping[str, Mapping[str, int]]
Run = Mapping[str, Sequence[tuple[str, float]]]
MEASURES = ("nDCG@10", "MAP", "Recall@100", "MRR")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collections", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--run-dir", type=Path, required=True)
    parser.add_argument("--at-least", type=float, help="fail when the mean nDCG@10 is lower")
    parser.add_argument("--language", default="en")
    parser.add_argument("--semantic", action="store_true", help="rank by meaning too")
    given = parser.parse_args(arguments)
    given.run_dir.mkdir(parents=True, exist_ok=True)
    semantic = "on" if given.semantic else "off"
    encoder = open_encoder(Settings.from_environment().with_(semantic=semantic))
    table = Table("collection", "documents", "queries", *MEASURES, "ms/query")
    results = []
    for folder in given.collections:
        run, documents, per_query_ms = asyncio.run(measure(folder, given.language, encoder))
        write_run(given.run_dir / f"{folder.name}.run", run)
        scores = score(run, read_grades(folder))
        results.append(scores)
        shown = [f"{scores[name]:.4f}" for name in MEASURES]
        table.add_row(folder.name, str(documents), str(len(run)), *shown, f"{per_query_ms:.1f}")
    averages = [mean(scores[name] for scores in results) for name in MEASURES]
    table.add_section()
    table.add_row("mean", "", "", *(f"{value:.4f}" for value in averages), "")
    Console(width=120).print(table)
    if given.at_least is not None and averages[0] < given.at_least:
        raise SystemExit(f"mean nDCG@10 {averages[0]:.4f} is below {given.at_least}")


async def measure(folder: Path, language: str, encoder: Encoder | None) -> tuple[Run, int, float]:
    """Load one collection and answer its queries; gives the run, its size and ms per query.

    With an encoder every passage gets its vector first: minutes for ten thousand documents.
    """
    async with scratch() as place:
        documents = await library.write(place.database, read_documents(folder, language))
        if encoder:
            async for _ in embed_library(place.database, encoder):
                pass
        searcher = Searcher(place.database, meaning=Meaning(encoder) if encoder else None)
        run, elapsed_s = await answer(searcher, list(read_lines(folder / "queries.jsonl")))
    return run, documents, elapsed_s * 1000 / max(len(run), 1)


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


def read_lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def read_grades(folder: Path) -> Grades:
    grades: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        query, _, document, grade = line.split()
        grades[query][document] = int(grade)
    return {query: given for query, given in grades.items() if max(given.values()) > 0}


def write_run(path: Path, run: Run) -> None:
    with path.open("w", encoding="utf-8") as out:
        for query, ranked in run.items():
            for place, (document, value) in enumerate(ranked, 1):
                out.write(f"{query} Q0 {document} {place} {value:.6f} search-service\n")


def score(run: Run, grades: Grades) -> dict[str, float]:
    """Average over all judged queries; one without an answer counts 0."""
    lists = {query: [key for key, _ in run.get(query, ())] for query in grades}
    functions = (
        measures.ndcg,
        measures.average_precision,
        measures.recall,
        measures.reciprocal_rank,
    )
    return {
        name: mean(function(lists[query], grades[query]) for query in grades)
        for name, function in zip(MEASURES, functions, strict=True)
    }


if __name__ == "__main__":
    main()
