"""Reading the audit log: newest first, filtered, a page at a time."""

import base64
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.audit.entries import storable_text
from search_service.db.tables import AuditLog
from search_service.errors import InvalidCursorError, InvalidInputError

PAGE_LIMIT = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_POSITION = struct.Struct(">qq")  # microseconds of logged_at, id


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    """Which entries to list; None means any. `since` is included, `until` is not."""

    actor_id: int | None = None
    action: str | None = None
    object_type: str | None = None
    object_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """An entry as it was written."""

    id: int
    logged_at: datetime
    actor_id: int | None
    actor_email: str | None
    action: str
    object_type: str | None
    object_id: str | None
    address: str | None
    request_id: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Entries, newest first; `next_cursor` is None on the last page."""

    entries: tuple[LoggedEntry, ...]
    next_cursor: str | None


async def list_entries(
    connection: AsyncConnection, wanted: EntryFilter, cursor: str | None = None
) -> EntryPage:
    """Give one page; whether the caller may read it is decided before.

    Raises InvalidInputError on the limit, InvalidCursorError on the cursor.
    """
    if not 1 <= wanted.limit <= PAGE_LIMIT:
        raise InvalidInputError(
            f"A page of the audit log holds 1 to {PAGE_LIMIT} entries; {wanted.limit} is outside.",
            field="limit",
        )
    rows = (await connection.execute(_statement(wanted, cursor))).all()
    entries = tuple(_entry(row) for row in rows[: wanted.limit])
    more = len(rows) > wanted.limit
    return EntryPage(entries, _cursor_after(entries[-1]) if more else None)


def _statement(wanted: EntryFilter, cursor: str | None) -> Select[*tuple[Any, ...]]:
    statement = select(AuditLog.__table__).where(*_conditions(wanted))
    if cursor is not None:
        position = tuple_(AuditLog.logged_at, AuditLog.id)
        statement = statement.where(position < tuple_(*_read_cursor(cursor)))
    newest_first = (AuditLog.logged_at.desc(), AuditLog.id.desc())
    return statement.order_by(*newest_first).limit(wanted.limit + 1)


def _conditions(wanted: EntryFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.actor_id is not None:
        conditions.append(AuditLog.actor_id == wanted.actor_id)
    for name in ("action", "object_type", "object_id"):
        text = getattr(wanted, name)
        if text is not None:
            conditions.append(getattr(AuditLog, name) == storable_text(text))
    if wanted.since is not None:
        conditions.append(AuditLog.logged_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(AuditLog.logged_at < wanted.until)
    return conditions


def _entry(row: Row[*tuple[Any, ...]]) -> LoggedEntry:
    return LoggedEntry(**row._mapping)  # noqa: SLF001 - public by its documentation


def _cursor_after(entry: LoggedEntry) -> str:
    microseconds = (entry.logged_at - _EPOCH) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(_POSITION.pack(microseconds, entry.id)).decode()


def _read_cursor(cursor: str) -> tuple[datetime, int]:
    try:
        microseconds, entry_id = _POSITION.unpack(base64.urlsafe_b64decode(cursor))
        return _EPOCH + timedelta(microseconds=microseconds), entry_id
    except (ValueError, OverflowError, struct.error) as error:
        raise InvalidCursorError(
            "This cursor is not one that the audit log gave; start again without a cursor.",
            field="cursor",
        ) from error
