"""Other engines over the same passages: SQLite FTS5 and tantivy, ranking only.

Titles weigh 4 times as much as bodies, words are stemmed in English and joined by OR, and the best
20 passages are asked for. tantivy is in the dependency group `bench`.
"""

import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.passages import Line

TITLE_WEIGHT = 4.0
MOST = 20
_FIELDS = ("title", "body")
_HEAP_BYTES = 256_000_000


@dataclass(frozen=True, slots=True)
class Peer:
    """An engine with its index; `search` gives the number of passages it ranked for some words."""

    name: str
    build_s: float
    search: Callable[[str], int]

    def time_ms(self, query: str, repeat: int) -> float:
        """Ask so many times, after once to warm up; give the median."""
        self.search(query)
        return median(self._once_ms(query) for _ in range(repeat))

    def _once_ms(self, query: str) -> float:
        started = time.perf_counter()
        self.search(query)
        return (time.perf_counter() - started) * 1000


@contextmanager
def fts5(folder: Path, lines: Iterable[Line]) -> Iterator[Peer]:
    """Index passages with SQLite FTS5 in a new file of a folder."""
    started = time.perf_counter()
    connection = sqlite3.connect(folder / "fts5.db")
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute(
            "CREATE VIRTUAL TABLE passages USING fts5"
            "(title, body, content='', tokenize='porter unicode61')"
        )
        rows = ((number, line[2], line[3]) for number, line in enumerate(lines, 1))
        connection.executemany("INSERT INTO passages (rowid, title, body) VALUES (?, ?, ?)", rows)
        connection.execute("INSERT INTO passages (passages) VALUES ('optimize')")
        connection.commit()
        connection.execute("PRAGMA cache_size = -1000000")
        # As a table-valued condition the weights are known to the order, which then stops early.
        statement = (
            "SELECT rowid, rank FROM passages WHERE passages MATCH ?"
            f" AND rank MATCH 'bm25({TITLE_WEIGHT}, 1.0)' ORDER BY rank LIMIT {MOST}"
        )

        def search(query: str) -> int:
            words = " OR ".join(f'"{word}"' for word in words_of(query))
            return len(connection.execute(statement, (words,)).fetchall())

        yield Peer("fts5", time.perf_counter() - started, search)
    finally:
        connection.close()


@contextmanager
def tantivy(folder: Path, lines: Iterable[Line]) -> Iterator[Peer]:
    """Index passages with tantivy in a new folder within a folder."""
    started = time.perf_counter()
    engine = import_module("tantivy")
    schema = engine.SchemaBuilder()
    for name in _FIELDS:
        schema.add_text_field(name, tokenizer_name="en_stem")
    place = folder / "tantivy"
    place.mkdir()
    index = engine.Index(schema.build(), path=str(place))
    writer = index.writer(heap_size=_HEAP_BYTES)
    for line in lines:
        writer.add_document(engine.Document(**_of(line)))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(query: str) -> int:
        parsed, _ = index.parse_query_lenient(
            " ".join(words_of(query)), list(_FIELDS), field_boosts={"title": TITLE_WEIGHT}
        )
        # Without a count the engine may skip what cannot be among the best.
        return len(searcher.search(parsed, MOST, count=False).hits)

    yield Peer("tantivy", time.perf_counter() - started, search)


def installed() -> list[Callable[[Path, Iterable[Line]], AbstractContextManager[Peer]]]:
    """Give what opens each engine that there is."""
    return [fts5, tantivy] if find_spec("tantivy") else [fts5]


def words_of(query: str) -> list[str]:
    """Give the words of a query, in small letters: no operator of any engine is left in them."""
    return re.findall(r"[^\W_]+", query.lower())


def _of(line: Line) -> Mapping[str, Any]:
    return dict(zip(_FIELDS, line[2:4], strict=True))
