"""Query plans, asserted on a filled and analysed database.

    python -m benchmarks.plans [--materials N]

The design document's own query must be an index scan of 20 rows, and every statement of every
class of search must reach the searched tables by an index that its block names, and read few rows;
but for the first search of a process, which reads the columns of all materials. Exits 1 with the
plan where that does not hold.
"""

import argparse
import asyncio
import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, cast
from unittest.mock import patch

import asyncpg
import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks import asides
from benchmarks.cases import (
    CASE_OF_LONG,
    CASE_OF_MEANING,
    CASES,
    CASES_AFTER_WRITING,
    CASES_TUNED,
    Case,
)
from benchmarks.filled import DIMENSIONS, MODEL, fill, tune, write_again
from benchmarks.recorder import Sent, recording
from benchmarks.rules import SEARCHED, faults_of, indexes_of, nodes, sequential
from benchmarks.scratch import Scratch, scratch
from search_service.accounts.policy import Principal
from search_service.catalog import sharing
from search_service.db.enums import Role
from search_service.embedding.encoder import Encoder, Network, Tokenizer
from search_service.search import correction, ranker, semantic, similar, sql, suggest, tuning_sql
from search_service.search.request import SearchRequest
from search_service.search.searcher import Searcher
from search_service.search.semantic import Meaning
from search_service.search.understanding import Tools
from search_service.serving.searching import sharing_of

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Settings: TypeAlias = Mapping[str, str]

FILES = (
    sql.STATEMENTS,
    tuning_sql.STATEMENTS,
    correction.STATEMENTS,
    suggest.STATEMENTS,
    similar.STATEMENTS,
    sharing.STATEMENTS,
    semantic.STATEMENTS,
)
PLAIN = {"plan_cache_mode": "force_custom_plan"}
# A search sets the first two for its transaction, and the third one where it corrects.
OF_A_SEARCH = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "pg_trgm.similarity_threshold": "0.2",
}
# The plan of whatever runs is told in full.
TELLING = {
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_format": "json",
    "auto_explain.log_level": "notice",
}
REP = Principal(1, "rep@example.com", "Rep", Role.SALES, is_superuser=False, scopes=None)

DOCUMENT_QUERY = """
SELECT * FROM materials
WHERE universe_name = 'Public Cloud' AND status = 'PUBLISHED'
ORDER BY updated_at DESC LIMIT 20
"""
OUR_INDEX = "idx_materials_universe_status_updated"
OUR_INDEXES = (OUR_INDEX, "idx_materials_updated")
DOCUMENT_INDEX = "idx_materials_universe"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--materials", type=int, default=50_000)
    given = parser.parse_args(arguments)
    table, faults = asyncio.run(check(given.materials))
    console = Console(width=160)
    console.print(table)
    for fault in faults:
        console.print(fault, markup=False)
    print(f"{table.row_count - len(faults)} passed, {len(faults)} failed")
    raise SystemExit(bool(faults))


async def check(materials: int) -> tuple[Table, list[str]]:
    """Fill a database, explain everything, and give the table with what is wrong."""
    report = Report()
    async with scratch() as place:
        await fill(place.database, materials)
        searcher = Searcher(place.database)
        await searcher.search(REP, SearchRequest())  # reads all columns, as is meant
        connection = await asyncpg.connect(place.url)
        try:
            await connection.execute("LOAD 'auto_explain'")
            await _check_document_query(connection, report)
            for case in CASES:
                await _check_case(connection, searcher, case, report)
            with patch.object(ranker, "LONG", 0), patch.object(ranker, "LOOKED_AT", 1):
                await _check_case(connection, searcher, CASE_OF_LONG, report)
            await _check_asides(connection, place, report)
            await tune(place.database)
            for case in CASES_TUNED:
                await _check_case(connection, searcher, case, report)
            by_meaning = replace(searcher, tools=Tools(_meaning_of(CASE_OF_MEANING)))
            await _check_case(connection, by_meaning, CASE_OF_MEANING, report)
            await write_again(place.database)
            for case in CASES_AFTER_WRITING:
                await _check_case(connection, searcher, case, report)
        finally:
            await connection.close()
    return report.table, report.faults


async def statements_of(searcher: Searcher, case: Case) -> list[Sent]:
    """Answer a case as a request does that finds nothing kept; give the statements that touch
    searched tables.
    """
    with recording() as recorder:
        forgetful = replace(searcher, tools=Tools(searcher.tools.meaning))
        async with forgetful.searched(REP, case.request) as (answer, connection):
            await sharing_of(connection, REP, answer)
    return [item for item in recorder.sent if any(name in item.sql for name in SEARCHED)]


def _meaning_of(case: Case) -> Meaning:
    """A model that knows what this one question means, and is never asked."""
    encoder = Encoder(MODEL, tokenizer=cast("Tokenizer", None), network=cast("Network", None))
    vector = np.ones(DIMENSIONS, np.float32) / np.float32(np.sqrt(DIMENSIONS))
    return Meaning(encoder, OrderedDict({case.request.text: vector}))


async def explain(connection: Connection, sent: Sent, settings: Settings) -> Mapping[str, Any]:
    """Run a statement under settings, and give its plan with the rows that came of each node.

    As the service runs it, prepared: EXPLAIN would give the plan for the values at hand.
    """
    told: list[str] = []

    def hear(_connection: object, message: asyncpg.PostgresLogMessage) -> None:
        told.append(message.message)

    connection.add_log_listener(hear)
    try:
        async with connection.transaction():
            for name, value in {**settings, **TELLING}.items():
                await connection.execute(f"SET LOCAL {name} = {value}")
            await connection.fetch(sent.sql, *sent.parameters)
    finally:
        connection.remove_log_listener(hear)
    plan: Mapping[str, Any] = json.loads(told[-1].partition("plan:\n")[2])["Plan"]
    return plan


def block_of(sent: Sent) -> str:
    """The name of the block that a statement is, whichever file of search has it."""
    return next(
        name for each in FILES for name in each.names() if each.first_line(name) == sent.first_line
    )


class Report:
    """The table of plans and the list of what is wrong with them."""

    def __init__(self) -> None:
        self.table = Table("class", "statement", "indexes", "verdict")
        self.faults: list[str] = []

    def add(
        self, name: str, statement: str, plan: Mapping[str, Any], faults: Sequence[str]
    ) -> None:
        verdict = "; ".join(faults) or "ok"
        self.table.add_row(name, statement, ", ".join(indexes_of(plan)), verdict)
        if faults:
            plan_text = json.dumps(plan, indent=1)
            self.faults.append(f"{name}, {statement}: {verdict}\n{plan_text}")

    def fail(self, name: str, statement: str, fault: str) -> None:
        """Note what is wrong with a case itself."""
        self.table.add_row(name, statement, "", fault)
        self.faults.append(f"{name}, {statement}: {fault}")


async def _check_case(
    connection: Connection, searcher: Searcher, case: Case, report: Report
) -> None:
    sent = [(block_of(item), item) for item in await statements_of(searcher, case)]
    heads = [each.first_line(case.block) for each in FILES if case.block in each.names()]
    if not any(head in item.sql for head in heads for _, item in sent):
        report.fail(case.name, case.block, "was not sent")
    for block, item in sent:
        plan = await explain(connection, item, OF_A_SEARCH)
        report.add(case.name, block, plan, faults_of(block, item, plan))


async def _check_asides(connection: Connection, place: Scratch, report: Report) -> None:
    for aside in asides.ASIDES:
        for sent in await asides.statements_of(place, aside, REP):
            if any(name in sent.sql for name in SEARCHED):
                plan = await explain(connection, sent, PLAIN)
                faults = faults_of(block_of(sent), sent, plan)
                faults += asides.too_many(aside, list(nodes(plan)))
                report.add(aside.name, block_of(sent), plan, faults)


async def _check_document_query(connection: Connection, report: Report) -> None:
    """The design document's query: 20 rows of our index; by its own index where ours is not."""
    sent = Sent(DOCUMENT_QUERY, ())
    plan = await explain(connection, sent, PLAIN)
    kinds = [node["Node Type"] for node in nodes(plan)]
    most = max(node["Actual Rows"] for node in nodes(plan))
    faults = [] if kinds == ["Limit", "Index Scan"] else [f"nodes {kinds}"]
    faults += [] if indexes_of(plan) == [OUR_INDEX] else [f"not by {OUR_INDEX}"]
    faults += [] if most <= 20 else [f"{most} rows read"]
    report.add("universe + status", "the design document's query", plan, faults)
    transaction = connection.transaction()
    await transaction.start()
    for index in OUR_INDEXES:
        await connection.execute(f"DROP INDEX {index}")
    plan = await explain(connection, sent, PLAIN)
    await transaction.rollback()
    faults = [f"sequential scan of {name}" for name in sequential(plan)]
    faults += [] if DOCUMENT_INDEX in indexes_of(plan) else [f"not by {DOCUMENT_INDEX}"]
    report.add("universe + status", "the same without our indexes", plan, faults)


if __name__ == "__main__":
    main()
