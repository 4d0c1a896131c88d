"""Months of tables that only grow: made ahead, dropped when they are old.

A row of a month without a partition goes into the default one. Once such a month is over, the
default becomes a partition of its own, as PostgreSQL makes no partition over rows that are there.
Names and bounds below are made here, from constants and dates; months are those of UTC.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

MONTHS_AHEAD = 2
# These statements lock the whole table for a moment; who writes to it must not queue behind them.
LOCK_TIMEOUT = text("SET LOCAL lock_timeout = '2s'")

_PARTITIONS = text("""
    SELECT c.relname AS name,
           CAST(substring(pg_get_expr(c.relpartbound, c.oid) FROM 'FROM \\(''([^'']+)''\\)')
                AS timestamp with time zone) AS first,
           CAST(substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \\(''([^'']+)''\\)')
                AS timestamp with time zone) AS ends
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = CAST(:parent AS regclass)
    ORDER BY ends
""")


@dataclass(frozen=True, slots=True)
class MonthlyTable:
    """A table partitioned by a moment; `on_truncate` is a trigger's function for each partition.

    Triggers of rows come with the parent, those of statements do not.
    """

    name: str
    column: str
    on_truncate: str | None = None

    @property
    def default(self) -> str:
        return f"{self.name}_default"


AUDIT_LOGS = MonthlyTable("audit_logs", "logged_at", "refuse_audit_change")
SEARCH_LOG = MonthlyTable("search_log", "logged_at")


@dataclass(frozen=True, slots=True)
class _Partition:
    """One of a table's partitions; the default one has no bounds."""

    name: str
    first: datetime | None
    ends: datetime | None

    def overlaps(self, first: datetime, ends: datetime) -> bool:
        return self.first is not None and self.first < ends and first < (self.ends or ends)


async def make_months(connection: AsyncConnection, table: MonthlyTable, now: datetime) -> int:
    """Make the partitions of the coming months, and one of what lies in the default; give how many.

    The present month of a new table stays in the default until it is over.
    """
    await connection.execute(LOCK_TIMEOUT)
    made = await _close_default(connection, table, now)
    known = {partition.first for partition in await _partitions(connection, table)}
    first = _month_of(now)
    for _ in range(MONTHS_AHEAD + 1):
        following = _next_month(first)
        if first not in known and not await _has_rows(connection, table, first, following):
            await _make(connection, table, first, following)
            made += 1
        first = following
    return made


async def drop_months(connection: AsyncConnection, table: MonthlyTable, before: datetime) -> int:
    """Drop the partitions that hold nothing from `before` on; give how many."""
    await connection.execute(LOCK_TIMEOUT)
    old = [
        partition.name
        for partition in await _partitions(connection, table)
        if partition.ends is not None and partition.ends <= before
    ]
    for name in old:
        await connection.execute(text(f'DROP TABLE "{name}"'))
    return len(old)


async def _close_default(connection: AsyncConnection, table: MonthlyTable, now: datetime) -> int:
    """Turn the default into a partition of its months where all of them are over."""
    bounds = text(f'SELECT min({table.column}), max({table.column}) FROM "{table.default}"')  # noqa: S608 - our own names
    oldest, newest = (await connection.execute(bounds)).one()
    if oldest is None or newest >= _month_of(now):
        return 0
    first, ends = _month_of(oldest), _next_month(_month_of(newest))
    if any(other.overlaps(first, ends) for other in await _partitions(connection, table)):
        return 0
    name = _name(table, first)
    for statement in (
        f'ALTER TABLE {table.name} DETACH PARTITION "{table.default}"',
        f'ALTER TABLE "{table.default}" RENAME TO "{name}"',
        f'ALTER TABLE {table.name} ATTACH PARTITION "{name}" {_values(first, ends)}',
        f'CREATE TABLE "{table.default}" PARTITION OF {table.name} DEFAULT',
    ):
        await connection.execute(text(statement))
    await _guard(connection, table, table.default)
    return 1


async def _partitions(connection: AsyncConnection, table: MonthlyTable) -> list[_Partition]:
    rows = await connection.execute(_PARTITIONS, {"parent": table.name})
    return [_Partition(row.name, row.first and row.first.astimezone(UTC), row.ends) for row in rows]


async def _has_rows(
    connection: AsyncConnection, table: MonthlyTable, first: datetime, ends: datetime
) -> bool:
    statement = text(
        f'SELECT EXISTS (SELECT FROM "{table.default}"'  # noqa: S608 - our own names
        f" WHERE {table.column} >= :first AND {table.column} < :ends)"
    )
    return bool(await connection.scalar(statement, {"first": first, "ends": ends}))


async def _make(
    connection: AsyncConnection, table: MonthlyTable, first: datetime, ends: datetime
) -> None:
    name = _name(table, first)
    await connection.execute(
        text(f'CREATE TABLE "{name}" PARTITION OF {table.name} {_values(first, ends)}')
    )
    await _guard(connection, table, name)


async def _guard(connection: AsyncConnection, table: MonthlyTable, partition: str) -> None:
    if table.on_truncate is not None:
        await connection.execute(
            text(
                f'CREATE TRIGGER {table.name}_no_truncate BEFORE TRUNCATE ON "{partition}"'
                f" FOR EACH STATEMENT EXECUTE FUNCTION {table.on_truncate}()"
            )
        )


def _name(table: MonthlyTable, first: datetime) -> str:
    return f"{table.name}_{first:%Y_%m}"


def _values(first: datetime, ends: datetime) -> str:
    return f"FOR VALUES FROM ('{first:%Y-%m-%d} 00:00:00+00') TO ('{ends:%Y-%m-%d} 00:00:00+00')"


def _month_of(moment: datetime) -> datetime:
    utc = moment.astimezone(UTC)
    return datetime(utc.year, utc.month, 1, tzinfo=UTC)


def _next_month(first: datetime) -> datetime:
    return _month_of(first + timedelta(days=31))
