"""Handing materials to somebody else: some of one's own, or all of somebody who left.

A receiver is an active product marketing manager or administrator, as nobody else could look after
a material. What is deleted goes along, so that it can still be brought back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import policy, users
from search_service.accounts.caller import Caller
from search_service.accounts.policy import Principal
from search_service.accounts.users import Account
from search_service.audit.entries import Entry, record
from search_service.catalog import materials, scores
from search_service.catalog.stamps import touch
from search_service.db.enums import Role
from search_service.db.tables import Material, MaterialDetails, User
from search_service.errors import InvalidInputError, NotFoundError
from search_service.index import writer

AT_ONCE = 500

_materials: Any = Material.__table__
_details: Any = MaterialDetails.__table__


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may look after materials, or does."""

    email: str
    full_name: str
    materials: int
    """How many they own, deleted ones too."""


async def transfer(
    connection: AsyncConnection, caller: Caller, material_ids: Sequence[int], to: str
) -> int:
    """Hand materials that the caller may change to the account of an address; give how many.

    Raises NotFoundError, ForbiddenError, and InvalidInputError for a receiver who may not have
    them, or more than AT_ONCE of them. All of them go, or none.
    """
    wanted = sorted(set(material_ids))
    if not 0 < len(wanted) <= AT_ONCE:
        raise InvalidInputError(
            f"Name 1 to {AT_ONCE} materials, not {len(wanted)}.", field="material_ids"
        )
    receiver = await _receiver(connection, to)
    rows = await _lock(connection, _materials.c.id.in_(wanted), *materials.access(caller.principal))
    missing = sorted(set(wanted) - {row.id for row in rows})
    if missing:
        named = ", ".join(map(str, missing[:10]))
        raise NotFoundError(f"There is no such material, or you may not see it: {named}.")
    for row in rows:
        policy.require_edit(caller.principal, row.owner_id)
    return await _hand_over(connection, caller, rows, receiver)


async def transfer_all(
    connection: AsyncConnection, caller: Caller, owner_id: int, to: str
) -> tuple[int, int]:
    """Hand over what an account owns, at most AT_ONCE; give how many went, and how many are left.

    Raises ForbiddenError but for administrators, NotFoundError, InvalidInputError as above.
    """
    policy.require_manage_users(caller.principal)
    await users.get_user(connection, owner_id)
    receiver = await _receiver(connection, to)
    if receiver.id == owner_id:
        raise InvalidInputError("They own these materials already; name another one.", field="to")
    owned = _materials.c.owner_id == owner_id
    rows = await _lock(connection, owned)
    done = await _hand_over(connection, caller, rows, receiver)
    left = await connection.scalar(select(func.count()).select_from(_materials).where(owned))
    return done, int(left or 0)


async def receivers(connection: AsyncConnection, principal: Principal) -> list[Person]:
    """List who could be handed a material, by name. Raises ForbiddenError for who has none."""
    policy.require_upload(principal)
    able = or_(User.is_superuser.is_(True), User.role.in_([Role.PMM.value, Role.ADMIN.value]))
    return await _people(connection, users.is_active(), able)


async def owners(connection: AsyncConnection, principal: Principal) -> list[Person]:
    """List who owns a material, active or not, by name. Raises ForbiddenError but for admins."""
    policy.require_manage_users(principal)
    owned = select(_materials.c.id).where(_materials.c.owner_id == User.id).exists()
    return await _people(connection, owned)


async def _people(connection: AsyncConnection, *conditions: ColumnElement[bool]) -> list[Person]:
    owned = (
        select(func.count())
        .select_from(_materials)
        .where(_materials.c.owner_id == User.id)
        .scalar_subquery()
    )
    statement = (
        select(User.email, User.full_name, owned.label("materials"))
        .where(*conditions)
        .order_by(User.full_name, User.email)
    )
    rows = await connection.execute(statement)
    return [Person(row.email, row.full_name, row.materials) for row in rows]


async def _receiver(connection: AsyncConnection, email: str) -> Account:
    account = await users.find_user(connection, email)
    if account is None or not account.is_active or not policy.may_upload(account.as_principal()):
        raise InvalidInputError(
            f"There is no active product marketing manager or administrator {email[:255]}; name "
            "one who can look after materials.",
            field="to",
        )
    return account


async def _lock(connection: AsyncConnection, *conditions: Any) -> Sequence[Any]:
    """The rows in one order, so that two transfers never wait in a circle."""
    statement = (
        select(_materials.c.id, _materials.c.owner_id, _details.c.deleted_at)
        .join(_details, _details.c.material_id == _materials.c.id)
        .where(*conditions)
        .order_by(_materials.c.id)
        .limit(AT_ONCE)
        .with_for_update(of=_materials)
    )
    return (await connection.execute(statement)).all()


async def _hand_over(
    connection: AsyncConnection, caller: Caller, rows: Sequence[Any], receiver: Account
) -> int:
    moved = [row for row in rows if row.owner_id != receiver.id]
    for row in moved:
        await touch(connection, row.id, {"owner_id": receiver.id})
        if row.deleted_at is None:
            await writer.refresh_metadata(connection, row.id)
            if row.owner_id is None:
                await scores.refresh(connection, row.id)
        facts = ({"owner_id": row.owner_id}, {"owner_id": receiver.id})
        await record(
            connection, Entry(caller.actor, "material.transfer", "material", row.id, *facts)
        )
    return len(moved)
