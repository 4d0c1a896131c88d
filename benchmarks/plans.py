"""Query plans, asserted on a filled and analysed database.

    python -m benchmarks.plans [--materials N]

The design document's own query must be an index scan of 20 rows, and every statement of every
class of search must reach the searched tables by an index; but for the first search of a process,
which reads the columns of all materials. Exits 1 with the plan where that does not hold.
"""

import argparse
import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import asyncpg
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from benchmarks.recorder import Sent, recording
from benchmarks.scratch import scratch
from search_service.accounts.policy import Principal
from search_service.db.engine import Database
from search_service.db.enums import Role
from search_service.index import statistics
from search_service.index.writer import refresh_metadata
from search_service.search import correction, feedback, sql, tuning_sql
from search_service.search.request import Match, SearchRequest, Sort
from search_service.search.searcher import Searcher
from search_service.search.tree import Field

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

SEARCHED = frozenset(
    {
        "materials",
        "passages",
        "lexeme_statistics",
        "surface_words",
        "top_postings",
        "index_changes",
    }
)
FILES = (sql.STATEMENTS, tuning_sql.STATEMENTS, correction.STATEMENTS, feedback.STATEMENTS)
REP = Principal(1, "rep@example.com", "Rep", Role.SALES, is_superuser=False, scopes=None)

DOCUMENT_QUERY = """
SELECT * FROM materials
WHERE universe_name = 'Public Cloud' AND status = 'PUBLISHED'
ORDER BY updated_at DESC LIMIT 20
"""
OUR_INDEX = "idx_materials_universe_status_updated"
OUR_INDEXES = (OUR_INDEX, "idx_materials_updated")
DOCUMENT_INDEX = "idx_materials_universe"

# Words have the numbers 1 to 30,000, drawn so that word n is about n times rarer than the first.
FILL = (
    """
    INSERT INTO materials (name, material_type, audience, status, universe_name, product_name,
                           tags, updated_at, usage_count)
    SELECT 'Material ' || n, (enum_range(NULL::materialtype))[1 + n % 6],
           (enum_range(NULL::materialaudience))[1 + n % 3],
           CASE WHEN n % 10 < 8 THEN 'PUBLISHED' ELSE 'DRAFT' END::materialstatus,
           (ARRAY['Public Cloud', 'Private Cloud', 'Bare Metal', 'Hosting & Collaboration'])
               [1 + n % 4],
           'Product ' || n % 40, ARRAY['tag' || n % 50], now() - n * interval '1 minute', n % 100
    FROM generate_series(1, {materials}) n
    """,
    "INSERT INTO material_details (material_id, language) SELECT id, 'en' FROM materials",
    "SELECT setseed(0.5)",
    """
    INSERT INTO passages (material_id, ordinal, version_ordinal, page_number, title, body,
                          content_hash, search_vector, length_title, length_body, language,
                          status, material_type, audience, universe_name, owner_id, updated_at)
    SELECT m.id, o, 1, o, w.words[1], array_to_string(w.words[2:], ' '), md5(m.id || '-' || o),
           setweight(to_tsvector('search_english', w.words[1]), 'A')
               || setweight(to_tsvector('search_english', array_to_string(w.words[2:], ' ')), 'D'),
           1, 29, 'en', m.status, m.material_type, m.audience, m.universe_name, m.owner_id,
           m.updated_at
    FROM materials m
    CROSS JOIN generate_series(0, 1) o
    CROSS JOIN LATERAL (
        SELECT array_agg(
            'word' || translate(ceil(exp(random() * ln(30000)))::integer::text,
                                '0123456789', 'abcdefghij')) AS words
        FROM generate_series(1, 30) WHERE m.id = m.id
    ) w
    """,
    """
    UPDATE materials m SET search_vector = p.vector
    FROM (SELECT material_id, setweight(to_tsvector('search_english', string_agg(
              title || ' ' || body, ' ')), 'D') AS vector
          FROM passages GROUP BY material_id) p
    WHERE p.material_id = m.id
    """,
    "INSERT INTO corpus_statistics VALUES ('en', 0, 1, 1, now())",
)

# "wordb" is the commonest word, in about every second passage; "wordcb" the 21st; and so on.
COMMON, MIDDLE, OTHER, RARE = "wordcb", "wordbaa", "wordbca", "wordbaaaa"


# Materials written after the count, which every search then reads as they stand.
REWRITTEN = 200


@dataclass(frozen=True, slots=True)
class Case:
    """A class of search, and the block that it must have sent to be one."""

    name: str
    request: SearchRequest
    block: str = "stored_lists"


CASES = (
    Case("one rare word", SearchRequest(RARE), "rare_lists"),
    Case("one common word", SearchRequest(COMMON)),
    Case("two words with stored lists", SearchRequest(f"{MIDDLE} {OTHER}")),
    Case("any of two words", SearchRequest(f"{MIDDLE} {OTHER}", match=Match.ANY)),
    Case("a question", SearchRequest(f"{COMMON} {MIDDLE} {OTHER} {RARE} wordhh wordjjj wordef")),
    Case("a phrase", SearchRequest(f'"{MIDDLE} {COMMON}"'), "phrase_materials"),
    Case("an exclusion", SearchRequest(f"{MIDDLE} -{OTHER}")),
    Case("an excluded common word", SearchRequest(f"{MIDDLE} -{COMMON}")),
    Case("a prefix", SearchRequest(f"{MIDDLE} wordbb*"), "expand_prefixes"),
    Case("a word with one letter wrong", SearchRequest(f"{MIDDLE} wordbcax"), "published_words"),
    Case("a word with two letters wrong", SearchRequest(f"{MIDDLE} wordbxcax"), "similar_words"),
    Case(
        "two filters",
        SearchRequest(
            f"{MIDDLE} {OTHER}",
            selection={Field.UNIVERSE: ("Public Cloud",), Field.TYPE: ("brief",)},
        ),
    ),
    Case("the newest", SearchRequest(f"{MIDDLE} {OTHER}", sort=Sort.NEWEST)),
    Case("explained", SearchRequest(f"{MIDDLE} {RARE}", explain=True), "explain"),
)
CASES_AFTER_WRITING = (
    Case("after writing: columns", SearchRequest(MIDDLE), "changed_columns"),
    Case("after writing: two words", SearchRequest(f"{MIDDLE} {OTHER}"), "written_lists"),
    Case("after writing: a rare word", SearchRequest(RARE), "written_lists"),
)


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
            await _check_document_query(connection, report)
            for case in CASES:
                await _check_case(connection, searcher, case, report)
            await write_again(place.database)
            for case in CASES_AFTER_WRITING:
                await _check_case(connection, searcher, case, report)
        finally:
            await connection.close()
    return report.table, report.faults


async def fill(database: Database, materials: int) -> None:
    async with database.transaction() as connection:
        for statement in FILL:
            await connection.execute(text(statement.replace("{materials}", str(materials))))
        await statistics.refresh(connection)
    async with database.write.connect() as connection:
        autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await autocommit.execute(text("VACUUM ANALYZE"))


async def write_again(database: Database) -> None:
    """Write the index of some materials anew, without a count behind it."""
    async with database.transaction() as connection:
        for material_id in range(1, REWRITTEN + 1):
            await refresh_metadata(connection, material_id)


async def statements_of(searcher: Searcher, case: Case) -> list[Sent]:
    """Answer a case with the real searcher; give the statements that touch searched tables."""
    with recording() as recorder:
        await searcher.search(REP, case.request)
    return [item for item in recorder.sent if any(name in item.sql for name in SEARCHED)]


async def explain(connection: Connection, sent: Sent) -> Mapping[str, Any]:
    """Run a statement as search would, and give its plan with the rows that came of each node."""
    async with connection.transaction():
        await connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        await connection.execute("SET LOCAL enable_seqscan = off")
        await connection.execute("SET LOCAL pg_trgm.similarity_threshold = 0.2")
        sql = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sent.sql}"
        rows = await connection.fetchval(sql, *sent.parameters)
    plan: Mapping[str, Any] = json.loads(rows)[0]["Plan"]
    return plan


def nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def sequential(plan: Mapping[str, Any]) -> list[str]:
    """The searched tables that a plan reads from end to end."""
    return sorted(
        node["Relation Name"]
        for node in nodes(plan)
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in SEARCHED
    )


def indexes_of(plan: Mapping[str, Any]) -> list[str]:
    return sorted({node["Index Name"] for node in nodes(plan) if "Index Name" in node})


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
    if case.block not in {block for block, _ in sent}:
        report.fail(case.name, case.block, "was not sent")
    for block, item in sent:
        plan = await explain(connection, item)
        faults = [f"sequential scan of {name}" for name in sequential(plan)]
        report.add(case.name, block, plan, faults)


async def _check_document_query(connection: Connection, report: Report) -> None:
    """The design document's query: 20 rows of our index; by its own index where ours is not."""
    sent = Sent(DOCUMENT_QUERY, ())
    plan = await explain(connection, sent)
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
    plan = await explain(connection, sent)
    await transaction.rollback()
    faults = [f"sequential scan of {name}" for name in sequential(plan)]
    faults += [] if DOCUMENT_INDEX in indexes_of(plan) else [f"not by {DOCUMENT_INDEX}"]
    report.add("universe + status", "the same without our indexes", plan, faults)


if __name__ == "__main__":
    main()
