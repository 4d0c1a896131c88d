"""Every table has a placement, and the migrated schema keeps the rules of its placements."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.placement import PLACEMENTS, REKEYED_ON_APPLY, Kind

pytestmark = pytest.mark.anyio

LINT = Path(__file__).with_name("citus_lint.sql").read_text(encoding="utf-8")

SHARED_BY_MATERIALS = ("users", "personas", "segments", "content_blocks")
VIOLATIONS = [
    ("R0 table without declared placement", "CREATE TABLE stray (id int)", "stray"),
    ("R0 placement without table", "DROP TABLE surface_words", "surface_words"),
    (
        "R1 unique/PK lacks distribution column",
        "CREATE UNIQUE INDEX wrong ON material_versions (sha256)",
        "wrong",
    ),
    (
        "R1 unique/PK lacks distribution column",
        "CREATE UNIQUE INDEX wrong ON content_block_usages (slide_number)",
        "wrong",
    ),
    (
        "R2 FK distributed->distributed must pair both distribution columns",
        "ALTER TABLE passages ADD CONSTRAINT wrong FOREIGN KEY (ordinal) REFERENCES materials (id)",
        "wrong",
    ),
    (
        "R3 FK reference/local->distributed",
        "ALTER TABLE users ADD CONSTRAINT wrong FOREIGN KEY (id) REFERENCES materials (id)",
        "wrong",
    ),
    (
        "R4 SET NULL/DEFAULT over the distribution column",
        (
            "ALTER TABLE passages ADD CONSTRAINT wrong FOREIGN KEY (material_id)"
            " REFERENCES materials (id) ON DELETE SET NULL"
        ),
        "wrong",
    ),
    (
        "R5 plain local table with FK to reference table (actions will not fire)",
        (
            "ALTER TABLE ingest_jobs ADD CONSTRAINT wrong FOREIGN KEY (requested_by)"
            " REFERENCES users (id)"
        ),
        "wrong",
    ),
    (
        "R6 trigger on distributed/reference table",
        "CREATE TRIGGER wrong BEFORE UPDATE ON materials EXECUTE FUNCTION refuse_audit_change()",
        "wrong",
    ),
    (
        "R7 distribution columns differ in type",
        "ALTER TABLE passages ALTER COLUMN material_id TYPE bigint",
        "passages",
    ),
    (
        "R9 rule on table",
        "CREATE RULE wrong AS ON DELETE TO personas DO INSTEAD NOTHING",
        "wrong",
    ),
    (
        "R10 distribution column nullable",
        "ALTER TABLE material_health_history ALTER COLUMN material_id DROP NOT NULL",
        "material_health_history",
    ),
]


async def violations(connection: AsyncConnection) -> list[tuple[str, str]]:
    parameters = (
        list(PLACEMENTS),
        [placement.kind.value for placement in PLACEMENTS.values()],
        [placement.column for placement in PLACEMENTS.values()],
        sorted(REKEYED_ON_APPLY),
    )
    rows = await connection.exec_driver_sql(LINT, parameters)
    return [(row.rule, row.offender) for row in rows]


async def test_the_schema_can_be_placed_on_citus_as_declared(connection: AsyncConnection) -> None:
    assert await violations(connection) == []


@pytest.mark.parametrize(("rule", "change", "offender"), VIOLATIONS)
async def test_what_breaks_a_rule_is_named(
    connection: AsyncConnection, rule: str, change: str, offender: str
) -> None:
    await connection.execute(text(change))

    assert (rule, offender) in await violations(connection)


async def test_the_primary_keys_of_our_own_children_begin_with_the_material(
    connection: AsyncConnection,
) -> None:
    rows = await connection.execute(
        text("""
            SELECT c.relname, a.attname FROM pg_index i
            JOIN pg_class c ON c.oid = i.indrelid
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
            WHERE i.indisprimary AND c.relnamespace = 'public'::regnamespace
        """)
    )
    first = {row.relname: row.attname for row in rows}

    assert {table: first[table] for table in _children() - REKEYED_ON_APPLY} == dict.fromkeys(
        _children() - REKEYED_ON_APPLY, "material_id"
    )
    assert {first[table] for table in REKEYED_ON_APPLY} == {"id"}


async def test_the_material_sides_tables_reference_what_may_be_referenced(
    connection: AsyncConnection,
) -> None:
    rows = await connection.execute(
        text("""
            SELECT conrelid::regclass::text AS child, confrelid::regclass::text AS parent,
                   confdeltype::text AS action, pg_get_constraintdef(oid) AS definition
            FROM pg_constraint WHERE contype = 'f'
        """)
    )
    keys = rows.all()
    of_materials = [key for key in keys if key.parent == "materials"]

    assert {key.child for key in of_materials} == _children()
    assert {key.action for key in of_materials} == {"c"}
    assert all(key.definition.startswith("FOREIGN KEY (material_id)") for key in of_materials)
    others = [key for key in keys if key.child in _children() | {"materials"}]
    assert {key.parent for key in others} <= {"materials", *SHARED_BY_MATERIALS}
    assert [key for key in keys if key.child == key.parent] == []


def _children() -> set[str]:
    distributed = {table for table, place in PLACEMENTS.items() if place.kind is Kind.DISTRIBUTED}
    return distributed - {"materials"}


def test_only_distributed_tables_name_a_column() -> None:
    for table, placement in PLACEMENTS.items():
        assert (placement.column is not None) == (placement.kind is Kind.DISTRIBUTED), table
    assert PLACEMENTS["materials"].column == "id"
    assert {PLACEMENTS[table].column for table in _children()} == {"material_id"}


def test_what_is_referenced_is_placed_before_what_references_it() -> None:
    order = list(PLACEMENTS)
    kinds = [PLACEMENTS[table].kind for table in order]

    assert kinds == sorted(kinds, key=[Kind.REFERENCE, Kind.DISTRIBUTED, Kind.LOCAL].index)
    assert order[kinds.index(Kind.DISTRIBUTED)] == "materials"
    assert max(map(order.index, SHARED_BY_MATERIALS)) < order.index("block_fingerprints")
