"""Changing accounts: made, altered, given a new password, ended.

Each change is checked against the policy and written to the audit log here, so that no way of
delivering it can forget to. Deactivation ends every session and key in the same transaction.
"""

from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import func, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import families, policy
from search_service.accounts.api_keys import revoke_keys_of
from search_service.accounts.caller import Caller
from search_service.accounts.passwords import HashedPassword
from search_service.accounts.users import (
    Account,
    account_of,
    get_user,
    is_active,
    normalise_email,
    select_accounts,
)
from search_service.audit.entries import Entry, record
from search_service.db.enums import Role
from search_service.db.tables import User
from search_service.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError

NAME_CHARACTERS = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """An account to make; hash the password first, as that takes long (`Passwords.hash`)."""

    email: str
    full_name: str
    hashed_password: HashedPassword = field(repr=False)
    role: Role
    is_superuser: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChanges:
    """What to change of an account; None leaves it as it is."""

    full_name: str | None = None
    role: Role | None = None
    is_active: bool | None = None
    is_superuser: bool | None = None

    def given(self) -> dict[str, Any]:
        """Give the fields that are not None."""
        named = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: value for name, value in named.items() if value is not None}


async def create_user(connection: AsyncConnection, caller: Caller, new: NewUser) -> Account:
    """Make an account. Raises ForbiddenError, InvalidInputError, ConflictError (address taken)."""
    policy.require_manage_users(caller.principal)
    account = await add_account(connection, new)
    await record(
        connection, Entry(caller.actor, "user.created", "user", account.id, None, facts_of(account))
    )
    return account


async def update_user(
    connection: AsyncConnection, caller: Caller, user_id: int, changes: UserChanges
) -> Account:
    """Change an account; people may change their own name, administrators everything.

    Raises ForbiddenError, NotFoundError, InvalidInputError, and ConflictError where no active
    administrator would remain.
    """
    given = changes.given()
    if not (given.keys() <= {"full_name"} and _is_own_session(caller, user_id)):
        policy.require_manage_users(caller.principal)
    if "full_name" in given:
        given["full_name"] = _checked_name(given["full_name"])
    administrators = await _lock_administrators(connection)
    before = await _lock_user(connection, user_id)
    if given:
        statement = update(User).where(User.id == user_id).values(**given, updated_at=func.now())
        await connection.execute(statement)
    after = await get_user(connection, user_id)
    if not _is_administrator(after) and administrators == {user_id}:
        raise ConflictError(
            f"{after.email} is the only active administrator; make another one first."
        )
    if not after.is_active:
        await families.end_families_of(connection, user_id)
        await revoke_keys_of(connection, user_id)
    await _record_change(connection, caller, before, after)
    return after


async def deactivate_user(connection: AsyncConnection, caller: Caller, user_id: int) -> Account:
    """End an account with its sessions and keys, at once; `update_user` can wake it again."""
    return await update_user(connection, caller, user_id, UserChanges(is_active=False))


async def change_password(
    connection: AsyncConnection, caller: Caller, user_id: int, hashed_password: HashedPassword
) -> None:
    """Set a password and end every session of the user; keys stay.

    For oneself (by session, not by key) or by an administrator. Whoever offers it to the person
    asks for the old password first, with `sessions.authenticate_password`. Raises ForbiddenError,
    NotFoundError.
    """
    if not (_is_own_session(caller, user_id) or policy.may_manage_users(caller.principal)):
        raise ForbiddenError(
            "Only the person, signed in, or an administrator may set this password; ask one of "
            "them."
        )
    await _lock_user(connection, user_id)
    await connection.execute(
        update(User)
        .where(User.id == user_id)
        .values(hashed_password=hashed_password, updated_at=func.now())
    )
    await families.end_families_of(connection, user_id)
    await record(connection, Entry(caller.actor, "user.password_changed", "user", user_id))


async def add_account(connection: AsyncConnection, new: NewUser) -> Account:
    """Insert an account, unchecked and unaudited: for `create_user` and the first run."""
    statement = (
        insert(User)
        .values(
            email=normalise_email(new.email),
            full_name=_checked_name(new.full_name),
            hashed_password=new.hashed_password,
            role=new.role.value,
            is_superuser=new.is_superuser,
        )
        .on_conflict_do_nothing(index_elements=[User.email])
        .returning(User.id)
    )
    user_id = (await connection.execute(statement)).scalar_one_or_none()
    if user_id is None:
        raise ConflictError(
            f"There is an account with the address {normalise_email(new.email)} already; change "
            "that one, or take another address.",
            field="email",
        )
    return await get_user(connection, user_id)


def facts_of(account: Account) -> dict[str, Any]:
    """Give what the audit log keeps of an account."""
    return {
        "email": account.email,
        "full_name": account.full_name,
        "role": account.role,
        "is_active": account.is_active,
        "is_superuser": account.is_superuser,
    }


async def _lock_administrators(connection: AsyncConnection) -> set[int]:
    # Always before the account itself and in one order, so that two changes cannot deadlock, nor
    # two administrators end each other at once.
    statement = (
        select(User.id)
        .where(is_active(), or_(User.is_superuser.is_(true()), User.role == Role.ADMIN.value))
        .order_by(User.id)
        .with_for_update(key_share=True)
    )
    return set((await connection.execute(statement)).scalars())


async def _lock_user(connection: AsyncConnection, user_id: int) -> Account:
    statement = select_accounts().where(User.id == user_id).with_for_update(key_share=True)
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise NotFoundError(
            f"There is no account with the number {user_id}; list the accounts to see them."
        )
    return account_of(row)


async def _record_change(
    connection: AsyncConnection, caller: Caller, before: Account, after: Account
) -> None:
    old, new = facts_of(before), facts_of(after)
    changed = [name for name in old if old[name] != new[name]]
    if not changed:
        return
    ended = before.is_active and not after.is_active
    action = "user.deactivated" if ended else "user.changed"
    differences = ({name: facts[name] for name in changed} for facts in (old, new))
    await record(connection, Entry(caller.actor, action, "user", after.id, *differences))


def _is_own_session(caller: Caller, user_id: int) -> bool:
    return caller.principal.scopes is None and caller.principal.user_id == user_id


def _is_administrator(account: Account) -> bool:
    return account.is_active and policy.is_admin(account.as_principal())


def _checked_name(full_name: str) -> str:
    name = full_name.strip()
    if not 1 <= len(name) <= NAME_CHARACTERS or not name.isprintable():
        raise InvalidInputError(
            f"A name has 1 to {NAME_CHARACTERS} printable characters; correct it.",
            field="full_name",
        )
    return name
