"""What a rep waits for: whole requests over HTTP, suggestions while typing, and throughput."""

import random
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from benchmarks.keptalive import Connection, Service
from benchmarks.load import (
    Load,
    Statement,
    apart,
    requests_a_second,
    requests_ms,
    transactions_a_second,
)
from benchmarks.measures import percentile
from benchmarks.passages import Asked
from benchmarks.recorder import recording
from benchmarks.scratch import Scratch
from benchmarks.served import served
from benchmarks.timing import REP
from search_service.search.searcher import Searcher
from search_service.serving.searching import sharing_of

SUGGEST = "/api/v1/suggest?"
LONGEST_PREFIX = 8
WORDS_TYPED = 50
_SEED = 20260204


@dataclass(frozen=True, slots=True)
class Throughput:
    """Requests a second over HTTP, and what the database answers without the service."""

    connections: int
    requests_a_second: float
    statements_a_second: float
    statements_a_request: float

    @property
    def share(self) -> float:
        """Requests over HTTP for each request's statements that are sent straight."""
        return self.requests_a_second * self.statements_a_request / self.statements_a_second


@dataclass(frozen=True, slots=True)
class OverHttp:
    """Times of the searches in their order, of suggestions where they are served; throughput."""

    search_ms: Sequence[float]
    suggest_ms: Sequence[float]
    throughput: Throughput

    @property
    def report(self) -> dict[str, Any]:
        """Give all but the times of single searches as plain values."""
        shares = (50, 95, 99)
        suggested = {
            f"p{share}_ms": round(percentile(self.suggest_ms, share / 100), 2) for share in shares
        }
        return {
            "suggestions": {"requests": len(self.suggest_ms), **suggested},
            "throughput": {**asdict(self.throughput), "share": round(self.throughput.share, 3)},
        }


async def measure(
    place: Scratch, searcher: Searcher, queries: Sequence[Asked], repeat: int, load: Load
) -> OverHttp:
    """Serve the database, and ask everything over HTTP as a sales rep."""
    mixed = random.Random(_SEED).sample(queries, len(queries))
    async with served(place) as service:
        search_ms = await apart(requests_ms, service, [each.path for each in queries], repeat)
        suggest_ms = await _suggestions(service, queries, repeat)
        paths = [each.path for each in mixed]
        requests = await apart(requests_a_second, service, paths, load)
    searches = [await _statements(searcher, each) for each in mixed]
    transactions = await apart(transactions_a_second, place.url, searches, load)
    statements = sum(map(len, searches)) / len(searches)
    return OverHttp(
        search_ms,
        suggest_ms,
        Throughput(
            connections=load.connections,
            requests_a_second=round(requests, 1),
            statements_a_second=round(transactions * statements, 1),
            statements_a_request=round(statements, 2),
        ),
    )


def prefixes(queries: Sequence[Asked]) -> list[str]:
    """Give what stands in the box while words of the queries are typed, letter by letter."""
    words = sorted({word for each in queries for word in re.findall(r"[^\W\d_]{4,}", each.text)})
    typed = random.Random(_SEED).sample(words, min(WORDS_TYPED, len(words)))
    return [
        word[:length] for word in typed for length in range(1, min(len(word), LONGEST_PREFIX) + 1)
    ]


async def _suggestions(service: Service, queries: Sequence[Asked], repeat: int) -> list[float]:
    paths = [SUGGEST + urlencode({"q": prefix}) for prefix in prefixes(queries)]
    connection = await Connection.open(service.port, service.keys[0])
    try:
        if not paths or (await connection.get(paths[0])).status == 404:
            return []
    finally:
        await connection.close()
    return await apart(requests_ms, service, paths, repeat)


async def _statements(searcher: Searcher, asked: Asked) -> list[Statement]:
    """Everything that a request for a search sends that finds its lists kept, but for the look-up
    of its key.
    """
    with recording() as recorder:
        async with searcher.searched(REP, asked.request) as (answer, connection):
            await sharing_of(connection, REP, answer)
    return [(item.sql, item.parameters) for item in recorder.sent]
