"""Judged collections and TREC runs on disk, and what a run is worth by the judgements.

A collection is a folder with docs.jsonl (id, title, text), queries.jsonl (id, text) and qrels.tsv
(query, 0, document, grade).
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean

from benchmarks import measures

Grades = Mapping[str, Mapping[str, int]]
Run = Mapping[str, Sequence[tuple[str, float]]]
# By measure, then by query.
Scores = Mapping[str, Mapping[str, float]]

_FUNCTIONS = {
    "nDCG@10": measures.ndcg,
    "MAP": measures.average_precision,
    "Recall@100": measures.recall,
    "MRR": measures.reciprocal_rank,
}
MEASURES = tuple(_FUNCTIONS)


def read_lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def read_grades(folder: Path) -> Grades:
    """Give the grades by query, without queries to which nothing is relevant."""
    grades: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        query, _, document, grade = line.split()
        grades[query][document] = int(grade)
    return {query: given for query, given in grades.items() if max(given.values()) > 0}


def write_run(path: Path, run: Run, name: str) -> None:
    """Write six columns a line, as trec_eval reads them."""
    with path.open("w", encoding="utf-8") as out:
        for query, ranked in run.items():
            for place, (document, value) in enumerate(ranked, 1):
                out.write(f"{query} Q0 {document} {place} {value:.6f} {name}\n")


def score(run: Run, grades: Grades) -> Scores:
    """Score every judged query; one without an answer counts 0."""
    lists = {query: [key for key, _ in run.get(query, ())] for query in grades}
    return {
        name: {query: function(lists[query], grades[query]) for query in grades}
        for name, function in _FUNCTIONS.items()
    }


def averages(scores: Scores) -> dict[str, float]:
    """Give the mean of each measure over the queries."""
    return {name: mean(by_query.values()) for name, by_query in scores.items()}
