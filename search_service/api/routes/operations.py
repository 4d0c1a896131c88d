"""For whoever runs the service: is it alive, can it work, who did what."""

from datetime import UTC, datetime
from typing import Any

from litestar import Request, Response, Router, get
from msgspec import convert

from search_service import __version__
from search_service.accounts import policy
from search_service.api.schemas.operations import (
    AuditEntries,
    AuditEntry,
    AuditQuery,
    Live,
    ReadinessCheck,
    Ready,
)
from search_service.api.validation import query_opt, read_query
from search_service.audit import listing
from search_service.audit.listing import EntryFilter
from search_service.errors import InvalidInputError
from search_service.serving.authentication import PUBLIC
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.readiness import checks


@get("/health/live", opt=PUBLIC, security=[], sync_to_thread=False)
def get_live() -> Live:
    """Say that the process answers; asks nothing else."""
    return Live("ok", __version__)


@get("/health/ready", opt=PUBLIC, security=[])
async def get_ready(services: TheServices) -> Response[Ready]:
    """Say whether the service can do its work: database, schema, queue, file store."""
    found = await checks(services)
    ok = all(check.ok for check in found)
    ready = Ready(
        "ready" if ok else "not ready",
        tuple(ReadinessCheck(check.name, check.ok, check.detail) for check in found),
    )
    headers = {} if ok else {"Retry-After": "5"}
    return Response(ready, status_code=200 if ok else 503, headers=headers)


@get("/audit-log", opt=query_opt(AuditQuery))
async def list_audit(
    request: Request[Any, Any, Any], services: TheServices, caller: TheCaller
) -> AuditEntries:
    """List the audit log, newest first."""
    policy.require_see_audit(caller.principal)
    query = read_query(request, AuditQuery)
    wanted = EntryFilter(
        actor_id=query.actor_id,
        action=query.action,
        object_type=query.object_type,
        object_id=query.object_id,
        since=_instant(query.since, "since"),
        until=_instant(query.until, "until"),
        limit=query.limit,
    )
    async with services.database.reading() as connection:
        page = await listing.list_entries(connection, wanted, query.cursor)
    return AuditEntries(
        tuple(convert(entry, AuditEntry, from_attributes=True) for entry in page.entries),
        page.next_cursor,
    )


def _instant(moment: datetime | None, field: str) -> datetime | None:
    """The same in UTC, in which the database counts."""
    try:
        return moment and moment.astimezone(UTC)
    except OverflowError as error:
        raise InvalidInputError("This time is beyond the year 9999 or 1.", field=field) from error


ROUTER = Router("/", route_handlers=[get_live, get_ready, list_audit], tags=["Operations"])
