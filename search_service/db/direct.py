"""Sends statements straight to the driver, within the transaction of a connection.

For what each search sends: SQLAlchemy takes four times as long about a statement as the driver does
(evidence: ARCHITECTURE.md, "Straight to the driver"). Whoever listens to SQLAlchemy's cursor events
hears of these too.
"""

from collections import namedtuple
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeAlias

from sqlalchemy import Connection, Select, TextClause
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.failures import DRIVER_ERRORS

Statement: TypeAlias = TextClause | Select[*tuple[Any, ...]]

_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # SQLAlchemy types no dialect
_NONE: Mapping[str, object] = MappingProxyType({})


@asynccontextmanager
async def transaction(connection: AsyncConnection) -> AsyncIterator[None]:
    """Hold a read-only transaction of one snapshot on a connection that is in none.

    SQLAlchemy, which would take as long about it as the statements of a search, is told nothing:
    whatever it sends is within. Raises what the driver raises. A connection that was lost, or whose
    owner was cancelled, so that nobody knows in what state it is, is not used again.
    """
    held = _held(connection)
    adapted: Any = held.connection.dbapi_connection
    driver: Any = held.connection.driver_connection
    if not adapted.autocommit:  # behind a pooler
        await connection.execution_options(isolation_level="AUTOCOMMIT")
    ended = False
    try:
        # Not the driver's own block, which hides why a connection was lost.
        await driver.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        except Exception:
            ended = await _rolled_back(driver)
            raise
        await driver.execute("COMMIT")
        ended = True
    finally:
        if not ended:
            _give_up(connection)


async def _rolled_back(driver: Any) -> bool:
    try:
        await driver.execute("ROLLBACK")
    except (*DRIVER_ERRORS, OSError):
        return False
    return True


def _give_up(connection: AsyncConnection) -> None:
    """End a connection without asking the server; the pool makes another in its place."""
    pooled = _held(connection).connection
    driver: Any = pooled.driver_connection
    pooled.invalidate(soft=True)
    driver.terminate()


async def fetch(
    connection: AsyncConnection, statement: Statement, binds: Mapping[str, object] = _NONE
) -> Sequence[Any]:
    """Send a statement with the values of its parameters; give its rows, fields by name.

    Values are as the driver gives them: an enum's is text.

    Raises what the driver raises, which `failures.translated` knows.
    """
    held = _held(connection)
    adapted: Any = held.connection.dbapi_connection
    driver: Any = held.connection.driver_connection
    if not (driver.is_in_transaction() or adapted.autocommit):
        # SQLAlchemy begins its transaction with the first statement that it sends itself.
        result = await connection.execute(statement, binds)
        return result.all() if result.returns_rows else []
    sql, names, own = _compiled(statement)
    values = [binds[name] if name in binds else own[name] for name in names]
    heard = (held, None, sql, values, None, False)
    for tell in held.dispatch.before_cursor_execute:
        tell(*heard)
    records = await driver.fetch(sql, *values)
    for tell in held.dispatch.after_cursor_execute:
        tell(*heard)
    # Fields by attribute, as of SQLAlchemy's rows; a named tuple's are the fastest.
    return list(map(_row_of(tuple(records[0].keys())), records)) if records else []


def _held(connection: AsyncConnection) -> Connection:
    held = connection.sync_connection
    assert held is not None
    return held


@lru_cache(maxsize=512)
def _row_of(names: tuple[str, ...]) -> Callable[[Iterable[Any]], Any]:
    """What makes a row of a record with fields of these names."""
    row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # known only now
    make: Callable[[Iterable[Any]], Any] = row._make
    return make


@lru_cache(maxsize=512)
def _compiled(statement: Statement) -> tuple[str, tuple[str, ...], Mapping[str, object]]:
    """A statement as the driver takes it, the names of its parameters in order, and the values that
    it has itself.
    """
    compiled = statement.compile(dialect=_DIALECT)
    own = compiled.params if isinstance(statement, Select) else {}
    return compiled.string, tuple(compiled.positiontup or ()), own
