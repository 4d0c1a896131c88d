"""The audit log on the migrated schema: partitioned by month, and nothing in it ever changes."""

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.migration.catalogue import Thing, read_catalogue

pytestmark = pytest.mark.anyio

MONTH = """
CREATE TABLE audit_logs_2031_05 PARTITION OF audit_logs
FOR VALUES FROM ('2031-05-01') TO ('2031-06-01')
"""
ENTRIES = """
INSERT INTO audit_logs (action, logged_at)
VALUES ('material.changed', '2031-05-20'), ('material.changed', '2031-07-20')
"""


@pytest.fixture
async def entries(connection: AsyncConnection) -> AsyncConnection:
    """One entry in a month's partition that was made later, one in the default partition."""
    await connection.execute(text(MONTH))
    await connection.execute(text(ENTRIES))
    return connection


async def test_the_log_is_partitioned_by_time_with_a_default(database_url: str) -> None:
    catalogue = await read_catalogue(database_url)

    assert catalogue[Thing("table", "audit_logs", "audit_logs")] == (
        "partitioned by RANGE (logged_at)"
    )
    assert catalogue[Thing("table", "audit_logs_default", "audit_logs_default")] == (
        "ordinary of audit_logs DEFAULT"
    )


async def test_actors_stand_without_a_foreign_key(database_url: str) -> None:
    catalogue = await read_catalogue(database_url)

    assert {
        thing.name: definition
        for thing, definition in catalogue.items()
        if thing.kind == "constraint" and thing.table.startswith("audit_logs")
    } == {
        "audit_logs.pk_audit_logs": "PRIMARY KEY (id, logged_at)",
        "audit_logs_default.audit_logs_default_pkey": "PRIMARY KEY (id, logged_at)",
    }


async def test_an_entry_falls_into_its_month_or_into_the_default(entries: AsyncConnection) -> None:
    rows = await entries.execute(
        text("SELECT tableoid::regclass::text FROM audit_logs ORDER BY logged_at")
    )

    assert rows.scalars().all() == ["audit_logs_2031_05", "audit_logs_default"]


@pytest.mark.parametrize("table", ["audit_logs", "audit_logs_2031_05", "audit_logs_default"])
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {table} SET action = 'nothing.happened'", "DELETE FROM {table}"],
)
async def test_an_entry_can_be_neither_changed_nor_removed(
    entries: AsyncConnection, table: str, statement: str
) -> None:
    await _assert_refused(entries, statement.format(table=table))


@pytest.mark.parametrize("table", ["audit_logs", "audit_logs_default"])
async def test_the_log_cannot_be_emptied(entries: AsyncConnection, table: str) -> None:
    await _assert_refused(entries, f"TRUNCATE {table}")


async def test_a_whole_month_can_be_dropped(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute(MONTH)
    await connection.execute(ENTRIES)

    await connection.execute("ALTER TABLE audit_logs DETACH PARTITION audit_logs_2031_05")
    await connection.execute("DROP TABLE audit_logs_2031_05")

    assert await connection.fetchval("SELECT count(*) FROM audit_logs") == 1
    await connection.close()


async def _assert_refused(entries: AsyncConnection, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only") as refused:
        async with entries.begin_nested():
            await entries.execute(text(statement))

    assert refused.value.orig is not None
    assert getattr(refused.value.orig, "sqlstate", None) == "42501"
    assert await entries.scalar(text("SELECT count(*) FROM audit_logs")) == 2
