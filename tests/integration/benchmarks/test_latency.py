"""The benchmark of latency measures every way of asking, on a small library."""

from dataclasses import replace
from importlib.util import find_spec

import pytest

from benchmarks import latency, latency_tables, prepared
from benchmarks.latency import Plan
from benchmarks.load import Load
from benchmarks.passages import queries_of
from benchmarks.prepared import Prepared, Source
from benchmarks.scratch import Scratch
from search_service.config import Settings
from search_service.db.engine import Database

pytestmark = pytest.mark.anyio

SOURCE = Source(None, 500)
# One in ten of each class.
PLAN = Plan(SOURCE, queries_of(None)[::10], repeat=1)


@pytest.fixture
async def filled(database: Database, database_settings: Settings) -> Prepared:
    place = Scratch(database, database_settings.database_url.replace("+asyncpg", ""))
    return Prepared(place, await prepared.build(place, SOURCE))


async def test_every_class_is_timed_and_small_libraries_are_ranked_exactly(
    filled: Prepared,
) -> None:
    report = await latency.measure(filled, replace(PLAN, peers=True))

    assert report["materials"] == 25
    assert report["build_s"]["index"] > 0
    assert report["sizes_mib"]["idx_passages_search_vector"] > 0
    for name, row in report["classes"].items():
        assert 0 < row["statements_p50_ms"] <= row["ranking_p50_ms"] < row["search_p50_ms"], name
        assert row["naive_p50_ms"] > 0
        assert row["agreement"] == 1.0, name
    assert report["classes"]["pair"]["fts5_p95_ms"] > 0
    assert "fts5_p95_ms" not in report["classes"]["phrase"]
    assert ("tantivy_p95_ms" in report["classes"]["pair"]) == bool(find_spec("tantivy"))
    latency_tables.show(report)


async def test_whole_requests_are_measured_over_http(filled: Prepared) -> None:
    plan = replace(PLAN, agreement_every=0, http=Load(seconds=0.3, warm_s=0.1, connections=4))

    report = await latency.measure(filled, plan)

    assert report["classes"]["all"]["http_p50_ms"] > report["classes"]["all"]["ranking_p50_ms"]
    assert "agreement" not in report["classes"]["all"]
    assert report["throughput"]["requests_a_second"] > 0
    assert 0 < report["throughput"]["share"] < 1
