"""Naming what replaces a material, and taking that back.

A material goes out of use as soon as its successor is published: at once where that is the case
already, else by the job that the publication asks for (`catalog.retiring`).
"""

from typing import Any

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.caller import Caller
from search_service.audit.entries import Entry, record
from search_service.catalog import editing, materials, scores
from search_service.catalog.editing import Target
from search_service.catalog.materials import MaterialRecord
from search_service.catalog.retired import LONGEST_CHAIN, SUCCESSORS
from search_service.catalog.stamps import touch
from search_service.db.enums import MaterialStatus
from search_service.db.tables import MaterialSuccessor
from search_service.errors import InvalidInputError, SuccessorCircleError

_successors: Any = MaterialSuccessor.__table__
_LOCK = 0x5CCE550A


async def name(
    connection: AsyncConnection, caller: Caller, target: Target, successor_id: int
) -> MaterialRecord:
    """Say what replaces a material. Raises what `editing.lock` raises, InvalidInputError for a
    successor that the caller may not see or that is archived, SuccessorCircleError.
    """
    before = await editing.lock(connection, caller, target)
    successor = await _checked(connection, caller, before, successor_id)
    statement = upsert(_successors).values(
        material_id=before.id, successor_id=successor.id, named_by=caller.principal.user_id
    )
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["material_id"],
            set_={
                "successor_id": statement.excluded.successor_id,
                "named_by": statement.excluded.named_by,
                "named_at": func.now(),
            },
        )
    )
    await _changed(connection, caller, before, successor.id)
    in_use = MaterialStatus.PUBLISHED
    if before.status is in_use and successor.status is in_use:
        cause = {"cause": "replaced", "successor_id": successor.id}
        await editing.retire(connection, caller, Target(before.id), cause)
    return await materials.get(connection, caller.principal, before.id)


async def forget(connection: AsyncConnection, caller: Caller, target: Target) -> MaterialRecord:
    """Say that nothing replaces a material; its status stays. Raises what `editing.lock` raises."""
    before = await editing.lock(connection, caller, target)
    gone = await connection.execute(
        delete(_successors).where(_successors.c.material_id == before.id)
    )
    if gone.rowcount:
        await _changed(connection, caller, before, None)
    return await materials.get(connection, caller.principal, before.id)


async def _checked(
    connection: AsyncConnection, caller: Caller, before: MaterialRecord, successor_id: int
) -> MaterialRecord:
    if successor_id == before.id:
        raise InvalidInputError("A material cannot replace itself; name another one.", field=_FIELD)
    found = await materials.get_many(connection, caller.principal, [successor_id])
    if not found:
        raise InvalidInputError(
            f"There is no material {successor_id}, or you may not see it; name another one.",
            field=_FIELD,
        )
    if found[0].status is MaterialStatus.ARCHIVED:
        raise InvalidInputError(
            f"“{found[0].name}” is archived itself; name one that is in use, or is about to be.",
            field=_FIELD,
        )
    await connection.execute(SUCCESSORS["lock"], {"key": _LOCK})
    chain = {"material_id": successor_id, "other_id": before.id, "most": LONGEST_CHAIN}
    if await connection.scalar(SUCCESSORS["leads_to"], chain):
        raise SuccessorCircleError(
            f"“{found[0].name}” is itself replaced by this material, directly or over others; "
            "take that back first.",
            field=_FIELD,
        )
    return found[0]


_FIELD = "material_id"


async def _changed(
    connection: AsyncConnection, caller: Caller, before: MaterialRecord, successor_id: int | None
) -> None:
    await touch(connection, before.id, {})
    await scores.refresh(connection, before.id)
    old = before.successor.id if before.successor else None
    facts = ({"successor_id": old}, {"successor_id": successor_id})
    await record(
        connection, Entry(caller.actor, "material.name_successor", "material", before.id, *facts)
    )
