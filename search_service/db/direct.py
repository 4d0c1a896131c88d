"""Sends named statements straight to the driver, within the transaction of a connection.

For the statements of a search, of which a request has about nine: SQLAlchemy takes four times as
long about each as the driver does (evidence: ARCHITECTURE.md, "Straight to the driver"). Whoever
listens to SQLAlchemy's cursor events hears of these too.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import TextClause
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # SQLAlchemy types no dialect
_NONE: Mapping[str, object] = MappingProxyType({})


async def fetch(
    connection: AsyncConnection, statement: TextClause, binds: Mapping[str, object] = _NONE
) -> Sequence[Any]:
    """Send a statement with the values of its parameters; give its rows, fields by name.

    Raises what the driver raises, which `failures.translated` knows.
    """
    held = connection.sync_connection
    assert held is not None
    adapted: Any = held.connection.dbapi_connection
    driver: Any = held.connection.driver_connection
    if not (driver.is_in_transaction() or adapted.autocommit):
        # SQLAlchemy begins its transaction with the first statement that it sends itself.
        result = await connection.execute(statement, binds)
        return result.all() if result.returns_rows else []
    sql, names = _compiled(statement)
    values = [binds[name] for name in names]
    heard = (held, None, sql, values, None, False)
    for tell in held.dispatch.before_cursor_execute:
        tell(*heard)
    records = await driver.fetch(sql, *values)
    for tell in held.dispatch.after_cursor_execute:
        tell(*heard)
    # Fields by attribute, as of SQLAlchemy's rows; a named tuple's are the fastest.
    return list(map(_row_of(tuple(records[0].keys())), records)) if records else []


@lru_cache(maxsize=512)
def _row_of(names: tuple[str, ...]) -> Callable[[Iterable[Any]], Any]:
    """What makes a row of a record with fields of these names."""
    row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # known only now
    make: Callable[[Iterable[Any]], Any] = row._make
    return make


@lru_cache(maxsize=512)
def _compiled(statement: TextClause) -> tuple[str, tuple[str, ...]]:
    """A statement as the driver takes it, and the names of its parameters in order."""
    compiled = statement.compile(dialect=_DIALECT)
    return compiled.string, tuple(compiled.positiontup or ())
