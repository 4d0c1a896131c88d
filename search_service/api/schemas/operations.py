"""Audit log, library table and health as the interface shows and takes them."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from search_service.api.schemas.limits import Cursor, Id, PageLimit

Word = Annotated[str, Meta(max_length=100)]


class AuditQuery(Struct, frozen=True):
    """Which entries; `since` is included, `until` is not."""

    actor_id: Id | None = None
    action: Word | None = None
    object_type: Word | None = None
    object_id: Word | None = None
    since: Annotated[datetime, Meta(tz=True)] | None = None
    until: Annotated[datetime, Meta(tz=True)] | None = None
    limit: PageLimit = 50
    cursor: Cursor | None = None


class AuditEntry(Struct, frozen=True):
    """Who did what to what, from where."""

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


class AuditEntries(Struct, frozen=True):
    items: tuple[AuditEntry, ...]
    next_cursor: str | None


class TableResult(Struct, frozen=True):
    """What became of an uploaded table: the rows that were taken over."""

    rows: int


class Live(Struct, frozen=True):
    status: str
    version: str


class ReadinessCheck(Struct, frozen=True):
    name: str
    ok: bool
    detail: str


class Ready(Struct, frozen=True):
    status: str
    checks: tuple[ReadinessCheck, ...]
