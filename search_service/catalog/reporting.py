"""Reports that something is outdated: made by whoever reads it, answered by whoever keeps it.

Bounded for each person and each material, so that nobody's queue can be flooded.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import policy
from search_service.accounts.caller import Caller
from search_service.accounts.policy import Principal
from search_service.audit.entries import Entry, record
from search_service.catalog import editing, materials, metadata, scores
from search_service.catalog.editing import Target
from search_service.db.tables import Material, OutdatedReport, User
from search_service.errors import ConflictError, NotFoundError, TooManyRequestsError

MAX_REASON = 1_000
MAX_A_DAY = 30
MAX_OPEN = 100
"""Of one material; whoever looks after it knows by then."""
MAX_LISTED = 200
WHOLE = 0
_DAY_S = 24 * 3600

_reports: Any = OutdatedReport.__table__
_materials: Any = Material.__table__
_users: Any = User.__table__
_RULES = {"reason": lambda value: _filled(metadata.prose(value, MAX_REASON))}
_ANSWER_RULES = {"answer": lambda value: metadata.prose(value, MAX_REASON)}


@dataclass(frozen=True, slots=True)
class NewReport:
    """What somebody says of a material, or of one page of it (0: of all of it)."""

    material_id: int
    reason: str
    page_number: int = WHOLE


@dataclass(frozen=True, slots=True)
class Report:
    """A report; open until `resolved_at`. Names are None where an account is gone."""

    id: int
    material_id: int
    page_number: int
    reason: str
    reporter_name: str | None
    reported_at: datetime
    answer: str | None
    resolver_name: str | None
    resolved_at: datetime | None


async def report(connection: AsyncConnection, caller: Caller, new: NewReport) -> Report:
    """Report a material that the caller may see.

    Raises ForbiddenError for whom nobody could ask back, NotFoundError without such a material or
    page, InvalidInputError, ConflictError for what the caller has reported already, and
    TooManyRequestsError over a limit.
    """
    policy.require_report(caller.principal)
    reason = metadata.checked(_RULES, {"reason": new.reason})["reason"]
    material = await materials.get(connection, caller.principal, new.material_id)
    if not 0 <= new.page_number <= (material.page_count or 0):
        raise NotFoundError("There is no such page.")
    await _require_room(connection, caller.principal, material.id)
    statement = insert(_reports).values(
        material_id=material.id,
        page_number=new.page_number,
        reason=reason,
        reported_by=caller.principal.user_id,
    )
    made = await connection.scalar(statement.on_conflict_do_nothing().returning(_reports.c.id))
    if made is None:
        raise ConflictError("You have reported this already; its owner has it on the list.")
    await scores.refresh(connection, material.id)
    after = {"report_id": made, "page_number": new.page_number, "reason": reason}
    await record(
        connection, Entry(caller.actor, "material.report", "material", material.id, None, after)
    )
    return await _get(connection, material.id, made)


async def find(connection: AsyncConnection, principal: Principal, material_id: int) -> list[Report]:
    """List the reports of a material, open ones first, each the newest first; at most MAX_LISTED.

    Raises NotFoundError, and ForbiddenError but for editors.
    """
    material = await materials.get(connection, principal, material_id)
    policy.require_edit(principal, material.owner_id)
    statement = (
        _selected()
        .where(_reports.c.material_id == material_id)
        .order_by(_is_open().desc(), _reports.c.reported_at.desc(), _reports.c.id.desc())
        .limit(MAX_LISTED)
    )
    return [Report(**row) for row in (await connection.execute(statement)).mappings()]


async def resolve(
    connection: AsyncConnection, caller: Caller, target: Target, report_id: int, answer: str | None
) -> Report:
    """Close a report, with what was done about it.

    Raises what `editing.lock` raises, NotFoundError, and ConflictError for a closed one.
    """
    said = metadata.checked(_ANSWER_RULES, {"answer": answer})["answer"]
    material = await editing.lock(connection, caller, target)
    present = await _get(connection, material.id, report_id)
    if present.resolved_at is not None:
        raise ConflictError("This report was resolved already; nothing is left to do.")
    await connection.execute(
        update(_reports)
        .where(_reports.c.material_id == material.id, _reports.c.id == report_id)
        .values(answer=said, resolved_by=caller.principal.user_id, resolved_at=func.now())
    )
    await scores.refresh(connection, material.id)
    after = {"report_id": report_id, "answer": said}
    await record(
        connection,
        Entry(caller.actor, "material.resolve_report", "material", material.id, None, after),
    )
    return await _get(connection, material.id, report_id)


async def _require_room(
    connection: AsyncConnection, principal: Principal, material_id: int
) -> None:
    """Let one person's reports, and those of one material, follow one another, and count them."""
    people = select(_users.c.id).where(_users.c.id == principal.user_id)
    await connection.execute(people.with_for_update(key_share=True))
    rows = select(_materials.c.id).where(_materials.c.id == material_id)
    await connection.execute(rows.with_for_update())
    counted = select(func.count()).select_from(_reports)
    today = _reports.c.reported_at > datetime.now(UTC) - timedelta(seconds=_DAY_S)
    mine = counted.where(_reports.c.reported_by == principal.user_id, today)
    if int(await connection.scalar(mine) or 0) >= MAX_A_DAY:
        raise TooManyRequestsError(
            f"You have reported {MAX_A_DAY} things within a day; talk to the owners, or go on "
            "tomorrow.",
            _DAY_S,
        )
    theirs = counted.where(_reports.c.material_id == material_id, _is_open())
    if int(await connection.scalar(theirs) or 0) >= MAX_OPEN:
        raise TooManyRequestsError(
            "This material has been reported very often already; its owner knows.", _DAY_S
        )


async def _get(connection: AsyncConnection, material_id: int, report_id: int) -> Report:
    statement = _selected().where(_reports.c.material_id == material_id, _reports.c.id == report_id)
    row = (await connection.execute(statement)).mappings().one_or_none()
    if row is None:
        raise NotFoundError("There is no such report; list the material's reports.")
    return Report(**row)


def _selected() -> Any:
    reporters, resolvers = _users.alias("reporters"), _users.alias("resolvers")
    return select(
        _reports.c.id,
        _reports.c.material_id,
        _reports.c.page_number,
        _reports.c.reason,
        reporters.c.full_name.label("reporter_name"),
        _reports.c.reported_at,
        _reports.c.answer,
        resolvers.c.full_name.label("resolver_name"),
        _reports.c.resolved_at,
    ).select_from(
        _reports.outerjoin(reporters, reporters.c.id == _reports.c.reported_by).outerjoin(
            resolvers, resolvers.c.id == _reports.c.resolved_by
        )
    )


def _is_open() -> ColumnElement[bool]:
    unresolved: ColumnElement[bool] = _reports.c.resolved_at.is_(None)
    return unresolved


def _filled(text: str | None) -> str:
    if text is None:
        raise ValueError("must not be empty; say what is outdated.")
    return text
