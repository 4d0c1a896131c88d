"""What personas and segments have in common: named entries that materials are linked to.

Anybody may read them; how often one is used counts only materials that the reader may see.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, Select, and_, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import policy
from search_service.accounts.caller import Caller
from search_service.accounts.policy import Principal
from search_service.audit.entries import Entry, record
from search_service.catalog.materials import access
from search_service.catalog.metadata import Rule, checked
from search_service.catalog.refresh import schedule_statistics
from search_service.catalog.stamps import touch
from search_service.db.tables import Material, MaterialDetails
from search_service.errors import ConflictError, NotFoundError
from search_service.index import writer

_materials: Any = Material.__table__
_details: Any = MaterialDetails.__table__


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One kind of entry: its tables, and what each of its fields may be."""

    kind: str
    entries: Any
    links: Any
    key: str
    rules: Mapping[str, Rule]


@dataclass(frozen=True, slots=True)
class EntryKey:
    """Which entry of which kind."""

    vocabulary: Vocabulary
    entry_id: int


async def find(
    connection: AsyncConnection, principal: Principal, vocabulary: Vocabulary
) -> list[RowMapping]:
    """List all entries by name, with `used`."""
    names = vocabulary.entries.c
    statement = _with_use(principal, vocabulary).order_by(func.lower(names.name), names.id)
    return list((await connection.execute(statement)).mappings())


async def get(
    connection: AsyncConnection, principal: Principal, vocabulary: Vocabulary, entry_id: int
) -> RowMapping:
    """Give one entry with `used`. Raises NotFoundError."""
    statement = _with_use(principal, vocabulary).where(vocabulary.entries.c.id == entry_id)
    row: RowMapping | None = (await connection.execute(statement)).mappings().one_or_none()
    if row is None:
        raise NotFoundError(f"There is no such {vocabulary.kind}.")
    return row


async def create(
    connection: AsyncConnection, caller: Caller, vocabulary: Vocabulary, given: Mapping[str, Any]
) -> int:
    """Make an entry; give its id.

    Raises ForbiddenError, InvalidInputError, and ConflictError for a name that is taken.
    """
    policy.require_manage_vocabulary(caller.principal)
    values = checked(vocabulary.rules, {"name": None, **given})
    await _require_free_name(connection, vocabulary, values["name"], None)
    statement = insert(vocabulary.entries).values(values).returning(vocabulary.entries.c.id)
    entry_id = int((await connection.execute(statement)).scalar_one())
    await _note(connection, caller, vocabulary, _Deed("create", entry_id, None, values))
    return entry_id


async def change(
    connection: AsyncConnection, caller: Caller, place: EntryKey, given: Mapping[str, Any]
) -> None:
    """Change the named fields. Raises what `create` raises, and NotFoundError."""
    vocabulary, entry_id = place.vocabulary, place.entry_id
    policy.require_manage_vocabulary(caller.principal)
    before = await get(connection, caller.principal, vocabulary, entry_id)
    values = checked(vocabulary.rules, given)
    if "name" in values:
        await _require_free_name(connection, vocabulary, values["name"], entry_id)
    entries = vocabulary.entries
    await connection.execute(
        update(entries).where(entries.c.id == entry_id).values(updated_at=func.now(), **values)
    )
    old = {name: before[name] for name in values}
    await _note(connection, caller, vocabulary, _Deed("update", entry_id, old, values))


async def remove(
    connection: AsyncConnection, caller: Caller, vocabulary: Vocabulary, entry_id: int
) -> None:
    """Remove an entry; its materials lose it, at once in search too. Raises NotFoundError."""
    policy.require_manage_vocabulary(caller.principal)
    before = await get(connection, caller.principal, vocabulary, entry_id)
    links, entries = vocabulary.links, vocabulary.entries
    linked = select(links.c.material_id).where(links.c[vocabulary.key] == entry_id)
    material_ids = (await connection.execute(linked.order_by(links.c.material_id))).scalars().all()
    await connection.execute(entries.delete().where(entries.c.id == entry_id))
    for material_id in material_ids:
        await touch(connection, material_id, {})
        await writer.refresh_metadata(connection, material_id)
    await schedule_statistics(connection)
    old = {"name": before["name"], "materials": len(material_ids)}
    await _note(connection, caller, vocabulary, _Deed("delete", entry_id, old))


async def ids_by_name(connection: AsyncConnection, vocabulary: Vocabulary) -> dict[str, int]:
    """Give every entry's id by its name in lower case; of equal names the oldest."""
    names = vocabulary.entries.c
    rows = await connection.execute(select(names.name, names.id).order_by(names.id.desc()))
    return {row.name.casefold(): row.id for row in rows}


def _with_use(principal: Principal, vocabulary: Vocabulary) -> Select[Any]:
    links = vocabulary.links
    used = (
        select(links.c[vocabulary.key].label("entry_id"), func.count().label("used"))
        .join(_materials, _materials.c.id == links.c.material_id)
        .join(_details, _details.c.material_id == _materials.c.id)
        .where(and_(*access(principal)))
        .group_by(links.c[vocabulary.key])
        .subquery()
    )
    return select(*vocabulary.entries.c, func.coalesce(used.c.used, 0).label("used")).outerjoin(
        used, used.c.entry_id == vocabulary.entries.c.id
    )


async def _require_free_name(
    connection: AsyncConnection, vocabulary: Vocabulary, name: str, own_id: int | None
) -> None:
    # The design document has no unique index on names, so writers of one kind take turns.
    await connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtext(:kind))"), {"kind": vocabulary.kind}
    )
    taken = (await ids_by_name(connection, vocabulary)).get(name.casefold())
    if taken is not None and taken != own_id:
        raise ConflictError(
            f"There is a {vocabulary.kind} {name!r} already; choose another name.", id=taken
        )


@dataclass(frozen=True, slots=True)
class _Deed:
    """What the audit log says beside who did it."""

    verb: str
    entry_id: int
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


async def _note(
    connection: AsyncConnection, caller: Caller, vocabulary: Vocabulary, deed: _Deed
) -> None:
    action, kind = f"{vocabulary.kind}.{deed.verb}", vocabulary.kind
    entry = Entry(caller.actor, action, kind, deed.entry_id, deed.before, deed.after)
    await record(connection, entry)
