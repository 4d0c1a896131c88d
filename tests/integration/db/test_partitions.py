"""Months are made ahead of their time and dropped after it; the default loses nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.partitions import (
    AUDIT_LOGS,
    SEARCH_LOG,
    MonthlyTable,
    drop_months,
    make_months,
)

pytestmark = pytest.mark.anyio

IN_MAY = datetime(2031, 5, 20, 12, tzinfo=UTC)
IN_DECEMBER = datetime(2031, 12, 31, 23, 59, tzinfo=UTC)


async def partitions(connection: AsyncConnection, table: MonthlyTable) -> list[str]:
    rows = await connection.execute(
        text(
            "SELECT inhrelid::regclass::text FROM pg_inherits"
            " WHERE inhparent = CAST(:name AS regclass) ORDER BY 1"
        ),
        {"name": table.name},
    )
    return list(rows.scalars())


async def enter(connection: AsyncConnection, *moments: datetime) -> None:
    for moment in moments:
        await connection.execute(
            text("INSERT INTO audit_logs (action, logged_at) VALUES ('thing.done', :at)"),
            {"at": moment},
        )


async def places(connection: AsyncConnection) -> list[str]:
    rows = await connection.execute(
        text("SELECT tableoid::regclass::text FROM audit_logs ORDER BY logged_at")
    )
    return list(rows.scalars())


@pytest.mark.parametrize("table", [AUDIT_LOGS, SEARCH_LOG], ids=lambda table: str(table.name))
async def test_the_coming_months_are_made_once(
    connection: AsyncConnection, table: MonthlyTable
) -> None:
    assert await make_months(connection, table, IN_DECEMBER) == 3
    assert await partitions(connection, table) == [
        f"{table.name}_2031_12",
        f"{table.name}_2032_01",
        f"{table.name}_2032_02",
        f"{table.name}_default",
    ]
    assert await make_months(connection, table, IN_DECEMBER) == 0
    assert await make_months(connection, table, IN_DECEMBER + timedelta(minutes=1)) == 1


async def test_months_are_those_of_utc_whatever_the_sessions_zone(
    connection: AsyncConnection,
) -> None:
    await connection.execute(text("SET LOCAL TimeZone = 'America/New_York'"))
    await make_months(connection, AUDIT_LOGS, IN_DECEMBER)
    assert await make_months(connection, AUDIT_LOGS, IN_DECEMBER) == 0
    midnight = datetime(2032, 1, 1, tzinfo=UTC)
    await enter(connection, midnight - timedelta(seconds=1), midnight)
    assert await places(connection) == ["audit_logs_2031_12", "audit_logs_2032_01"]
    assert await drop_months(connection, AUDIT_LOGS, midnight) == 1


async def test_a_month_that_began_in_the_default_stays_there_until_it_is_over(
    connection: AsyncConnection,
) -> None:
    await enter(connection, IN_MAY - timedelta(days=40), IN_MAY)
    assert await make_months(connection, AUDIT_LOGS, IN_MAY) == 2
    assert await places(connection) == ["audit_logs_default"] * 2
    # In June all that the default holds is over: April and May become one partition.
    in_june = IN_MAY + timedelta(days=20)
    assert await make_months(connection, AUDIT_LOGS, in_june) == 2
    await enter(connection, in_june, in_june + timedelta(days=300))
    assert await places(connection) == [
        "audit_logs_2031_04", "audit_logs_2031_04", "audit_logs_2031_06", "audit_logs_default",
    ]  # fmt: skip


async def test_default_rows_around_another_partition_are_left_where_they_are(
    connection: AsyncConnection,
) -> None:
    await enter(connection, IN_MAY - timedelta(days=60))
    await make_months(connection, AUDIT_LOGS, datetime(2031, 2, 1, tzinfo=UTC))
    await enter(connection, IN_MAY)
    before = await places(connection)
    assert await make_months(connection, AUDIT_LOGS, IN_MAY + timedelta(days=20)) > 0
    assert await places(connection) == before


@pytest.mark.parametrize(
    "statement",
    ["UPDATE {0} SET action = 'nothing.happened'", "DELETE FROM {0}", "TRUNCATE {0}"],
)
@pytest.mark.parametrize(
    "place", ["audit_logs_2031_05", "audit_logs_2031_06", "audit_logs_default"]
)
async def test_every_partition_of_the_audit_log_stays_append_only(
    connection: AsyncConnection, place: str, statement: str
) -> None:
    in_june = IN_MAY + timedelta(days=20)
    await enter(connection, IN_MAY)
    await make_months(connection, AUDIT_LOGS, in_june)
    await enter(connection, in_june, in_june + timedelta(days=300))
    with pytest.raises(DBAPIError, match="append-only"):
        async with connection.begin_nested():
            await connection.execute(text(statement.format(place)))


async def test_only_months_that_are_wholly_older_are_dropped(connection: AsyncConnection) -> None:
    await enter(connection, IN_MAY)
    in_june = IN_MAY + timedelta(days=20)
    await make_months(connection, AUDIT_LOGS, in_june)
    await enter(connection, in_june)
    assert await drop_months(connection, AUDIT_LOGS, datetime(2031, 5, 31, tzinfo=UTC)) == 0
    assert await drop_months(connection, AUDIT_LOGS, datetime(2031, 6, 1, tzinfo=UTC)) == 1
    assert await places(connection) == ["audit_logs_2031_06"]
