"""Turns what the driver raises into the service's own errors; the only reader of SQLSTATEs.

A mistake of our own (bad SQL, a missing value, a broken check) stays what it is: it is a bug.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
from sqlalchemy import exc

from search_service.errors import (
    ConfigurationError,
    ConflictError,
    DatabaseUnavailableError,
    QueryTimeoutError,
    ServiceError,
)

RETRY_AFTER_S = 2
RETRY_AFTER_OVERLOAD_S = 5
# https://www.postgresql.org/docs/15/errcodes-appendix.html
TRANSIENT_CONFLICTS = frozenset({"40001", "40P01"})  # serialization failure, deadlock
UNAVAILABLE = {
    "25006": "The database takes no changes: it is a standby, or this is a read-only transaction.",
    "53100": "The disk of the database is full; make room on it.",
    "53200": "The database server is out of memory; try again, or lower the load.",
    "57P01": "The database server is shutting down; try again in a moment.",
    "57P02": "The database server is recovering from a crash; try again in a moment.",
    "57P03": "The database server is starting up; try again in a moment.",
}
TIMEOUTS = {
    "55P03": "The database waited too long for another transaction; try again.",
    "57014": "The search took longer than it may; ask with fewer or rarer words, or try again.",
}
MISCONFIGURED = {
    "28000": "The database refuses this user; correct the user in DATABASE_URL.",
    "28P01": "The database refuses this password; correct it in DATABASE_URL.",
    "3D000": "There is no such database on the server; create it or correct DATABASE_URL.",
}
DRIVER_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
# What the driver says of a connection that the server left between two statements: it has noticed,
# or is just hearing of it (state 2 is that of an error that came unasked).
_LEFT = ("connection is closed", "another operation (2) is in progress")
UNIQUE_VIOLATIONS = frozenset({"23505", "23P01"})
FOREIGN_KEY_VIOLATION = "23503"


@contextmanager
def translated() -> Iterator[None]:
    """Raise ServiceErrors for what the driver raises while a connection is used."""
    try:
        yield
    except (exc.SQLAlchemyError, *DRIVER_ERRORS) as error:
        meaning = translate(error)
        if meaning is None:
            raise
        raise meaning from error


@contextmanager
def connecting() -> Iterator[None]:
    """Raise ServiceErrors while a connection is made; there, an OSError is the network's."""
    try:
        with translated():
            yield
    except (OSError, asyncpg.TargetServerAttributeNotMatched) as error:  # TimeoutError is one
        reason = getattr(error, "strerror", None) or str(error) or "no answer"
        raise DatabaseUnavailableError(
            f"The database cannot be reached ({reason}); see that it runs and that DATABASE_URL "
            "names it.",
            RETRY_AFTER_S,
        ) from error


def translate(error: BaseException) -> ServiceError | None:
    """Give the service's error for a driver's; None where it is a bug of ours."""
    if isinstance(error, exc.TimeoutError):
        return DatabaseUnavailableError(
            "Every database connection of this process is busy; try again in a moment, or raise "
            "SEARCH_SERVICE_POOL_SIZE.",
            RETRY_AFTER_OVERLOAD_S,
        )
    driver = driver_error(error)
    sqlstate = str(getattr(driver, "sqlstate", None) or "")
    return (
        _unavailable(sqlstate)
        or _conflict(sqlstate, driver)
        or _misconfigured(sqlstate, driver)
        or _lost(error, driver, sqlstate)
    )


def is_transient(error: ServiceError) -> bool:
    """Tell whether the same transaction may well succeed when an idempotent request repeats it."""
    return (
        isinstance(error, DatabaseUnavailableError)
        or error.details.get("sqlstate") in TRANSIENT_CONFLICTS
    )


def driver_error(error: BaseException) -> BaseException:
    """Give the asyncpg error below SQLAlchemy's wrapping, or `error` itself."""
    # SQLAlchemy's adapter raises its own class from asyncpg's; only the latter has the fields.
    original = getattr(error, "orig", None)
    if original is None:
        return error
    cause = original.__cause__
    return cause if isinstance(cause, Exception) else original


def _unavailable(sqlstate: str) -> ServiceError | None:
    if sqlstate in TIMEOUTS:
        return QueryTimeoutError(TIMEOUTS[sqlstate], RETRY_AFTER_S, sqlstate=sqlstate)
    if sqlstate == "53300":
        return DatabaseUnavailableError(
            "The database has no connection left; try again in a moment, or raise its "
            "max_connections.",
            RETRY_AFTER_OVERLOAD_S,
            sqlstate=sqlstate,
        )
    if sqlstate in UNAVAILABLE:
        return DatabaseUnavailableError(UNAVAILABLE[sqlstate], RETRY_AFTER_S, sqlstate=sqlstate)
    return None


def _conflict(sqlstate: str, driver: BaseException) -> ServiceError | None:
    if sqlstate in TRANSIENT_CONFLICTS:
        return ConflictError(
            "Another change to the same data came first; try again.", sqlstate=sqlstate
        )
    facts = _facts(driver) | {"sqlstate": sqlstate}
    table, columns = facts.get("table", "the table"), " and ".join(facts.get("columns", ()))
    if sqlstate in UNIQUE_VIOLATIONS:
        return ConflictError(
            f"Another row of {table} has this {columns or 'value'} already; choose another.",
            **facts,
        )
    if sqlstate == FOREIGN_KEY_VIOLATION:
        return ConflictError(
            f"A row of {table} refers to something that is not there, or is still referred to "
            f"({columns or 'see the constraint'}); read it again and correct the reference.",
            **facts,
        )
    return None


def _misconfigured(sqlstate: str, driver: BaseException) -> ServiceError | None:
    if sqlstate in MISCONFIGURED:
        return ConfigurationError(MISCONFIGURED[sqlstate], sqlstate=sqlstate)
    if isinstance(driver, asyncpg.ClientConfigurationError):
        return ConfigurationError(f"The driver cannot use DATABASE_URL: {driver}; correct it.")
    return None


def _lost(error: BaseException, driver: BaseException, sqlstate: str) -> ServiceError | None:
    closed = (asyncpg.ConnectionDoesNotExistError, asyncpg.PostgresConnectionError)
    if (
        sqlstate.startswith("08")
        or isinstance(driver, (*closed, OSError))
        or getattr(error, "connection_invalidated", False)
        or (isinstance(driver, DRIVER_ERRORS) and any(each in str(driver) for each in _LEFT))
    ):
        return DatabaseUnavailableError(
            "The connection to the database was lost; try again in a moment.",
            RETRY_AFTER_S,
            sqlstate=sqlstate,
        )
    return None


def _facts(driver: BaseException) -> dict[str, Any]:
    # Names only: the values in `detail` may be somebody else's.
    named = {
        "table": getattr(driver, "table_name", None),
        "constraint": getattr(driver, "constraint_name", None),
    }
    facts: dict[str, Any] = {name: text for name, text in named.items() if text}
    key = re.match(r"Key \((.+?)\)=", getattr(driver, "detail", None) or "")
    if key:
        facts["columns"] = key[1].split(", ")
    return facts
