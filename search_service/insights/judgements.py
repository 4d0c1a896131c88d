"""Judgements: how well a material, or one page of it, answers a query. Search is measured by them.

Whoever may not see a material sees no judgement of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import policy
from search_service.accounts.caller import Caller
from search_service.accounts.policy import Principal
from search_service.audit.entries import Entry, record
from search_service.catalog import materials
from search_service.catalog.metadata import Rule, checked, filled_line
from search_service.db.tables import Judgement, Material, MaterialDetails, User
from search_service.errors import ConflictError, NotFoundError
from search_service.insights import measuring
from search_service.insights.measuring import QueryScore
from search_service.insights.pages import require_page
from search_service.search.column_cache import Version
from search_service.search.query import parse
from search_service.text.normalise import folded

KIND = "judgement"
MAX_QUERY = 500
MAX_GRADE = 3
# Each is searched twice when search is tuned.
MAX_QUERIES = 500

_judgements: Any = Judgement.__table__
_materials: Any = Material.__table__
_details: Any = MaterialDetails.__table__
_users: Any = User.__table__


@dataclass(frozen=True, slots=True)
class JudgementRecord:
    """A grade from 0 to 3; without a page it is the material's as a whole."""

    id: int
    query_text: str
    material_id: int
    material_name: str
    page_number: int | None
    grade: int
    judged_by: int | None
    judge_name: str | None
    judged_at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """nDCG@10 of each judged query in the present state, and their mean; None of none."""

    queries: tuple[QueryScore, ...]
    mean: float | None


async def find(
    connection: AsyncConnection, principal: Principal, limit: int, after_id: int | None = None
) -> list[JudgementRecord]:
    """List the judgements of visible materials, the oldest first. Raises ForbiddenError."""
    policy.require_see_tuning(principal)
    ids = _judgements.c.id
    statement = _visible(principal).where(ids > (after_id or 0)).order_by(ids).limit(limit)
    return [JudgementRecord(**row) for row in (await connection.execute(statement)).mappings()]


async def get(
    connection: AsyncConnection, principal: Principal, judgement_id: int
) -> JudgementRecord:
    """Give one judgement. Raises ForbiddenError, and NotFoundError also for a hidden material's."""
    policy.require_see_tuning(principal)
    statement = _visible(principal).where(_judgements.c.id == judgement_id)
    row = (await connection.execute(statement)).mappings().one_or_none()
    if row is None:
        raise NotFoundError("There is no such judgement, or you may not see its material.")
    return JudgementRecord(**row)


async def create(
    connection: AsyncConnection, caller: Caller, given: Mapping[str, Any]
) -> JudgementRecord:
    """Judge a material from `query`, `material_id`, `page_number` and `grade`.

    Raises ForbiddenError, InvalidInputError, NotFoundError for a material that the caller may not
    see, ConflictError where it is judged already or MAX_QUERIES queries are.
    """
    policy.require_tune_search(caller.principal)
    values = checked(_RULES, given)
    material = await materials.get(connection, caller.principal, values["material_id"])
    require_page(material, values.get("page_number"))
    query = values.pop("query")
    await _require_room(connection, folded(query))
    statement = insert(_judgements).values(
        query_text=query,
        query_key=folded(query),
        judged_by=caller.principal.user_id,
        **values,
    )
    made_id = (await connection.execute(statement.returning(_judgements.c.id))).scalar_one()
    made = await get(connection, caller.principal, made_id)
    await record(connection, _entry(caller, "create", made_id, after=_shown(made)))
    return made


async def change(
    connection: AsyncConnection, caller: Caller, judgement_id: int, grade: int
) -> JudgementRecord:
    """Give another grade; whoever does has judged. Raises what `create` raises."""
    policy.require_tune_search(caller.principal)
    before = await get(connection, caller.principal, judgement_id)
    values = checked(_RULES, {"grade": grade})
    await connection.execute(
        update(_judgements)
        .where(_judgements.c.id == judgement_id)
        .values(judged_by=caller.principal.user_id, judged_at=func.now(), **values)
    )
    after = await get(connection, caller.principal, judgement_id)
    await record(connection, _entry(caller, "update", judgement_id, _shown(before), _shown(after)))
    return after


async def remove(connection: AsyncConnection, caller: Caller, judgement_id: int) -> None:
    """Remove a judgement. Raises ForbiddenError and NotFoundError."""
    policy.require_tune_search(caller.principal)
    before = await get(connection, caller.principal, judgement_id)
    await connection.execute(delete(_judgements).where(_judgements.c.id == judgement_id))
    await record(connection, _entry(caller, "delete", judgement_id, before=_shown(before)))


async def report(
    connection: AsyncConnection, principal: Principal, known: Version | None = None
) -> Report:
    """Measure search on every judged query; `known` as in `measuring.measure`.

    Raises ForbiddenError and what measuring raises.
    """
    policy.require_see_tuning(principal)
    await measuring.require_turn(connection)
    queries = await measuring.judged_queries(connection)
    scores = await measuring.measure(connection, queries, known)
    return Report(scores, measuring.mean(scores))


def _visible(principal: Principal) -> Select[Any]:
    columns = [column for column in _judgements.c if column.name != "query_key"]
    names = _materials.c.name.label("material_name"), _users.c.full_name.label("judge_name")
    return (
        select(*columns, *names)
        .join(_materials, _materials.c.id == _judgements.c.material_id)
        .join(_details, _details.c.material_id == _judgements.c.material_id)
        .outerjoin(_users, _users.c.id == _judgements.c.judged_by)
        .where(*materials.access(principal))
    )


async def _require_room(connection: AsyncConnection, key: str) -> None:
    keys = _judgements.c.query_key
    others = await connection.scalar(select(func.count(keys.distinct())).where(keys != key))
    if (others or 0) >= MAX_QUERIES:
        raise ConflictError(
            f"{MAX_QUERIES} queries are judged already; remove one before judging another."
        )


def _shown(judgement: JudgementRecord) -> dict[str, Any]:
    return {
        "query": judgement.query_text,
        "material_id": judgement.material_id,
        "page_number": judgement.page_number,
        "grade": judgement.grade,
    }


def _entry(
    caller: Caller,
    verb: str,
    judgement_id: int,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> Entry:
    return Entry(caller.actor, f"{KIND}.{verb}", KIND, judgement_id, before, after)


def _query(value: Any) -> str:
    text = filled_line(value, MAX_QUERY)
    if len(folded(text)) > MAX_QUERY:
        raise ValueError(f"is longer than {MAX_QUERY} characters without its accents.")
    if not parse(text).concepts:
        raise ValueError("holds no word to search for, so that nothing could be judged by it.")
    return text


def _grade(value: Any) -> int:
    grade = int(value)
    if not 0 <= grade <= MAX_GRADE:
        raise ValueError(f"must be from 0 to {MAX_GRADE}.")
    return grade


_RULES: Mapping[str, Rule] = {
    "query": _query,
    "material_id": int,
    "page_number": lambda value: None if value is None else int(value),
    "grade": _grade,
}
