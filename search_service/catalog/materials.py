"""Materials as they are read: one record with everything, found by id or listed by filter.

Every read here is limited to what the principal may see; changes are in `catalog.editing`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, TextClause, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal, visible
from search_service.catalog import cursors, retired
from search_service.catalog.cursors import Listing, Sort
from search_service.db.enums import MaterialAudience, MaterialStatus, MaterialType, ReviewReason
from search_service.db.tables import (
    Material,
    MaterialDetails,
    MaterialPersona,
    MaterialSegment,
    MaterialSuccessor,
    MaterialVersion,
    Persona,
    ReviewState,
    Segment,
    User,
)
from search_service.errors import NotFoundError

_materials: Any = Material.__table__
_details: Any = MaterialDetails.__table__
_users: Any = User.__table__
_states: Any = ReviewState.__table__
_versions: Any = MaterialVersion.__table__
_successors: Any = MaterialSuccessor.__table__


@dataclass(frozen=True, slots=True)
class Named:
    """A persona or a segment of a material, or what replaces it."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class MaterialRecord:
    """A material with its details; lists are empty where the columns hold NULL."""

    id: int
    name: str
    description: str | None
    material_type: MaterialType
    audience: MaterialAudience
    product_name: str | None
    universe_name: str | None
    file_path: str | None
    file_name: str | None
    file_format: str | None
    file_size: int | None
    version: str | None
    status: MaterialStatus
    tags: tuple[str, ...]
    keywords: tuple[str, ...]
    use_cases: tuple[str, ...]
    pain_points: tuple[str, ...]
    health_score: int
    usage_count: int
    completeness_score: int
    last_updated: datetime | None
    owner_id: int | None
    owner_name: str | None
    created_at: datetime
    updated_at: datetime
    language: str
    current_version: int
    content_hash: str | None
    page_count: int | None
    edited_fields: tuple[str, ...]
    guessed_fields: tuple[str, ...]
    review_by: date | None
    expires_on: date | None
    published_at: datetime | None
    completeness_reasons: tuple[str, ...]
    health_reasons: tuple[str, ...]
    personas: tuple[Named, ...] = ()
    segments: tuple[Named, ...] = ()
    review_reasons: tuple[ReviewReason, ...] = ()
    archived_at: datetime | None = None
    successor: Named | None = None
    """What is named as its successor, as far as the reader may see that."""

    @property
    def etag(self) -> str:
        """Changes with every change of the material; with quotes, as HTTP writes it."""
        return etag_of(self.updated_at)


@dataclass(frozen=True, slots=True)
class MaterialFilter:
    """Which materials to list; each field narrows, its values widen."""

    statuses: tuple[MaterialStatus, ...] = ()
    material_types: tuple[MaterialType, ...] = ()
    audiences: tuple[MaterialAudience, ...] = ()
    universes: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    persona_ids: tuple[int, ...] = ()
    segment_ids: tuple[int, ...] = ()
    owner_ids: tuple[int, ...] = ()
    name_contains: str | None = None
    review_before: date | None = None
    guessed: bool | None = None
    """True: only those with a guessed field; False: only those without."""
    needs_review: bool | None = None
    """True: only those that somebody should look at; False: only the others."""
    review_reasons: tuple[ReviewReason, ...] = ()
    ready: bool | None = None
    """True: only those that were read, have nothing to look at and are not published yet."""


@dataclass(frozen=True, slots=True)
class Paging:
    """Where in a list: its order, how many, and behind which cursor."""

    sort: Sort = Sort.UPDATED
    limit: int = 20
    cursor: str | None = None


def etag_of(updated_at: datetime) -> str:
    return f'"{int(updated_at.timestamp() * 1_000_000):x}"'


async def get(
    connection: AsyncConnection, principal: Principal, material_id: int
) -> MaterialRecord:
    """Give one material. Raises NotFoundError also for one that the principal may not see.

    Of one out of use, which they saw while it was published, it raises RetiredError.
    """
    records = await get_many(connection, principal, [material_id])
    if not records:
        await retired.refuse(connection, principal, material_id)
        raise NotFoundError("There is no such material, or you may not see it.")
    return records[0]


async def get_many(
    connection: AsyncConnection, principal: Principal, material_ids: Sequence[int]
) -> list[MaterialRecord]:
    """Give those of the materials that the principal may see, in the order asked for."""
    statement = _visible(principal).where(_materials.c.id.in_(material_ids))
    found = {record.id: record for record in await _records(connection, principal, statement)}
    return [found[material_id] for material_id in material_ids if material_id in found]


async def find(
    connection: AsyncConnection, principal: Principal, wanted: MaterialFilter, paging: Paging
) -> Listing[MaterialRecord]:
    """List materials. Raises InvalidCursorError for a cursor that is not of this order."""
    keys = cursors.order_of(paging.sort, _materials)
    statement = _visible(principal).where(*_conditions(wanted))
    if paging.cursor is not None:
        statement = statement.where(keys.behind(paging.cursor))
    statement = statement.order_by(*keys.order_by()).limit(paging.limit + 1)
    records = await _records(connection, principal, statement)
    more = len(records) > paging.limit
    items = records[: paging.limit]
    return Listing(tuple(items), keys.cursor_of(items[-1]) if more else None)


async def count(connection: AsyncConnection, principal: Principal, wanted: MaterialFilter) -> int:
    """Count what `find` would list in all."""
    statement = (
        select(func.count())
        .select_from(_materials.join(_details, _details.c.material_id == _materials.c.id))
        .where(*access(principal), *_conditions(wanted))
    )
    return int(await connection.scalar(statement) or 0)


async def find_by_content(
    connection: AsyncConnection, principal: Principal, sha256: str
) -> MaterialRecord | None:
    """Give a visible material whose present file has these bytes, the newest of several."""
    statement = (
        _visible(principal)
        .where(_details.c.content_hash == sha256)
        .order_by(_materials.c.id.desc())
        .limit(1)
    )
    records = await _records(connection, principal, statement)
    return records[0] if records else None


def access(principal: Principal) -> tuple[TextClause | ColumnElement[bool], ...]:
    """Give the conditions on materials and material_details that every read includes."""
    return visible("materials", principal), _details.c.deleted_at.is_(None)


async def associations(
    connection: AsyncConnection, material_ids: Sequence[int]
) -> tuple[dict[int, list[Named]], dict[int, list[Named]]]:
    """Give personas and segments by material, each in the order of their names."""
    personas = await _named(connection, MaterialPersona, Persona, "persona_id", material_ids)
    segments = await _named(connection, MaterialSegment, Segment, "segment_id", material_ids)
    return personas, segments


async def _named(
    connection: AsyncConnection, link: Any, table: Any, key: str, material_ids: Sequence[int]
) -> dict[int, list[Named]]:
    links, names = link.__table__, table.__table__
    statement = (
        select(links.c.material_id, names.c.id, names.c.name)
        .join(names, names.c.id == links.c[key])
        .where(links.c.material_id.in_(material_ids))
        .order_by(names.c.name, names.c.id)
    )
    found: dict[int, list[Named]] = {}
    for material_id, named_id, name in await connection.execute(statement):
        found.setdefault(material_id, []).append(Named(named_id, name))
    return found


def _visible(principal: Principal) -> Select[Any]:
    columns = [column for column in _materials.c if column.name != "search_vector"]
    hidden = {"material_id", "deleted_at", "scores_due"}
    details = [column for column in _details.c if column.name not in hidden]
    return (
        select(
            *columns,
            *details,
            _users.c.full_name.label("owner_name"),
            _states.c.reasons.label("review_reasons"),
            _successors.c.successor_id,
        )
        .join(_details, _details.c.material_id == _materials.c.id)
        .outerjoin(_users, _users.c.id == _materials.c.owner_id)
        .outerjoin(_states, _states.c.material_id == _materials.c.id)
        .outerjoin(_successors, _successors.c.material_id == _materials.c.id)
        .where(*access(principal))
    )


def _conditions(wanted: MaterialFilter) -> list[ColumnElement[bool]]:
    m, d = _materials.c, _details.c
    pairs: list[tuple[Any, ColumnElement[bool]]] = [
        (wanted.statuses, func.coalesce(m.status, MaterialStatus.DRAFT).in_(wanted.statuses)),
        (wanted.material_types, m.material_type.in_(wanted.material_types)),
        (wanted.audiences, m.audience.in_(wanted.audiences)),
        (wanted.universes, m.universe_name.in_(wanted.universes)),
        (wanted.products, m.product_name.in_(wanted.products)),
        (wanted.languages, d.language.in_(wanted.languages)),
        (wanted.tags, m.tags.overlap(list(wanted.tags))),
        (wanted.owner_ids, m.owner_id.in_(wanted.owner_ids)),
        (wanted.persona_ids, _linked(MaterialPersona, "persona_id", wanted.persona_ids)),
        (wanted.segment_ids, _linked(MaterialSegment, "segment_id", wanted.segment_ids)),
        (wanted.name_contains, m.name.icontains(wanted.name_contains or "", autoescape=True)),
    ]
    conditions = [condition for given, condition in pairs if given]
    if wanted.review_before is not None:
        conditions.append(d.review_by < wanted.review_before)
    if wanted.guessed is not None:
        has_guess = func.cardinality(d.guessed_fields) > 0
        conditions.append(has_guess if wanted.guessed else ~has_guess)
    if wanted.needs_review is not None:
        listed = m.id.in_(select(_states.c.material_id))
        conditions.append(listed if wanted.needs_review else ~listed)
    if wanted.review_reasons:
        told = _states.c.reasons.overlap(list(wanted.review_reasons))
        conditions.append(m.id.in_(select(_states.c.material_id).where(told)))
    if wanted.ready is not None:
        conditions.append(_is_ready() if wanted.ready else ~_is_ready())
    return conditions


def _is_ready() -> ColumnElement[bool]:
    m, d = _materials.c, _details.c
    unpublished = (MaterialStatus.DRAFT, MaterialStatus.REVIEW)
    read = select(_versions.c.material_id).where(
        _versions.c.material_id == m.id,
        _versions.c.ordinal == d.current_version,
        _versions.c.extraction_status.in_(["done", "partial"]),
    )
    return and_(
        func.coalesce(m.status, MaterialStatus.DRAFT).in_(unpublished),
        m.id.not_in(select(_states.c.material_id)),
        read.exists(),
    )


def _linked(link: Any, key: str, ids: tuple[int, ...]) -> ColumnElement[bool]:
    links = link.__table__
    linked = select(links.c.material_id).where(links.c[key].in_(ids))
    chosen: ColumnElement[bool] = _materials.c.id.in_(linked)
    return chosen


async def _records(
    connection: AsyncConnection, principal: Principal, statement: Select[Any]
) -> list[MaterialRecord]:
    rows = [dict(row) for row in (await connection.execute(statement)).mappings()]
    personas, segments = await associations(connection, [row["id"] for row in rows])
    named = {row["id"]: row.pop("successor_id") for row in rows}
    successors = await _visible_names(connection, principal, named.values())
    return [
        MaterialRecord(
            **_without_nulls(row),
            personas=tuple(personas.get(row["id"], ())),
            segments=tuple(segments.get(row["id"], ())),
            successor=successors.get(named[row["id"]]),
        )
        for row in rows
    ]


async def _visible_names(
    connection: AsyncConnection, principal: Principal, ids: Iterable[int | None]
) -> dict[int | None, Named]:
    """Those of the materials that the principal may see, by id."""
    wanted = {each for each in ids if each is not None}
    if not wanted:
        return {}
    statement = (
        select(_materials.c.id, _materials.c.name)
        .join(_details, _details.c.material_id == _materials.c.id)
        .where(_materials.c.id.in_(wanted), *access(principal))
    )
    return {row.id: Named(row.id, row.name) for row in await connection.execute(statement)}


_LISTS = (
    "tags", "keywords", "use_cases", "pain_points", "edited_fields", "guessed_fields",
    "completeness_reasons", "health_reasons",
)  # fmt: skip


def _without_nulls(row: dict[str, Any]) -> dict[str, Any]:
    lists: dict[str, Any] = {name: tuple(row[name] or ()) for name in _LISTS}
    counts = {
        name: row[name] or 0 for name in ("health_score", "usage_count", "completeness_score")
    }
    reasons = tuple(ReviewReason(reason) for reason in row["review_reasons"] or ())
    lists["review_reasons"] = reasons
    return row | lists | counts | {"status": row["status"] or MaterialStatus.DRAFT}
