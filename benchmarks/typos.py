"""What one mistyped word costs, with correction on, on judged collections.

    python -m benchmarks.typos DIR… [--at-least RATIO] [--json OUT.json]

Into every query goes one typo: two letters swapped, or one left out, added or replaced, within one
word of at least four letters; the seed decides which. Prints nDCG@10 of the queries as they are and
mistyped, and the ratio. Collections: benchmarks/judged.py.
"""

import argparse
import asyncio
import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean
from string import ascii_lowercase

from rich.console import Console
from rich.table import Table

from benchmarks import library
from benchmarks.judged import MEASURES, averages, read_grades, read_lines, score
from benchmarks.machine import fingerprint
from benchmarks.relevance import answer, read_documents
from benchmarks.scratch import scratch
from search_service.search.searcher import Searcher

MAIN_MEASURE = MEASURES[0]
MIN_LETTERS = 4
_WORD = re.compile(rf"[^\W\d_]{{{MIN_LETTERS},}}")


@dataclass(frozen=True, slots=True)
class Loss:
    """nDCG@10 of one collection's queries as they are and with one typo each."""

    collection: str
    queries: int
    clean: float
    mistyped: float
    ms_per_query: float

    @property
    def ratio(self) -> float:
        return self.mistyped / self.clean if self.clean else 1.0


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collections", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--language", default="en")
    parser.add_argument("--at-least", type=float, help="fail when the mean ratio is lower")
    parser.add_argument("--json", type=Path, metavar="OUT.json", help="write the figures here too")
    given = parser.parse_args(arguments)
    losses = [
        asyncio.run(measure(folder, given.language, given.seed)) for folder in given.collections
    ]
    average = mean(loss.ratio for loss in losses)
    Console(width=120).print(table_of(losses, average))
    if given.json:
        found = [asdict(loss) | {"ratio": loss.ratio} for loss in losses]
        report = {
            "machine": fingerprint(),
            "seed": given.seed,
            "mean_ratio": average,
            "collections": found,
        }
        given.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if given.at_least is not None and average < given.at_least:
        raise SystemExit(f"mean ratio {average:.3f} is below {given.at_least}")


async def measure(folder: Path, language: str, seed: int) -> Loss:
    """Load a collection and answer its queries, as they are and mistyped."""
    queries, grades = list(read_lines(folder / "queries.jsonl")), read_grades(folder)
    wrong = mistyped_queries(queries, seed)
    async with scratch() as place:
        await library.write(place.database, read_documents(folder, language))
        searcher = Searcher(place.database)
        clean, _ = await answer(searcher, queries)
        typed, elapsed_s = await answer(searcher, wrong)
    return Loss(
        collection=folder.name,
        queries=len(queries),
        clean=averages(score(clean, grades))[MAIN_MEASURE],
        mistyped=averages(score(typed, grades))[MAIN_MEASURE],
        ms_per_query=elapsed_s * 1000 / max(len(queries), 1),
    )


def mistyped_queries(queries: Sequence[Mapping[str, str]], seed: int) -> list[dict[str, str]]:
    """Put one typo into each query that has a word for it."""
    chance = random.Random(seed)
    return [{"id": query["id"], "text": mistyped(query["text"], chance)} for query in queries]


def mistyped(text: str, chance: random.Random) -> str:
    """Put one typo into one word of at least MIN_LETTERS letters; the word always changes."""
    words = list(_WORD.finditer(text))
    if not words:
        return text
    word = chance.choice(words)
    return text[: word.start()] + _mistype(word[0], chance) + text[word.end() :]


def table_of(losses: Sequence[Loss], average: float) -> Table:
    table = Table("collection", "queries", "clean", "one typo", "ratio", "ms/query")
    for loss in losses:
        table.add_row(
            loss.collection,
            str(loss.queries),
            f"{loss.clean:.4f}",
            f"{loss.mistyped:.4f}",
            f"{loss.ratio:.3f}",
            f"{loss.ms_per_query:.1f}",
        )
    table.add_section()
    table.add_row("mean", "", "", "", f"{average:.3f}")
    return table


def _mistype(word: str, chance: random.Random) -> str:
    kinds = [_swap, _drop, _insert, _replace]
    while True:
        place = chance.randrange(len(word))
        changed = chance.choice(kinds)(word, place, chance.choice(ascii_lowercase))
        if changed.lower() != word.lower():
            return changed


def _swap(word: str, place: int, _: str) -> str:
    return word[:place] + word[place : place + 2][::-1] + word[place + 2 :]


def _drop(word: str, place: int, _: str) -> str:
    return word[:place] + word[place + 1 :]


def _insert(word: str, place: int, letter: str) -> str:
    return word[:place] + letter + word[place:]


def _replace(word: str, place: int, letter: str) -> str:
    return word[:place] + letter + word[place + 1 :]


if __name__ == "__main__":
    main()
