"""Reading accounts, and how an e-mail address is written. Rights to list are the caller's affair.

Addresses are kept stripped and in lower case. A hash is never read into a value.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, not_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal
from search_service.db.enums import Role
from search_service.db.tables import User
from search_service.errors import InvalidInputError, NotFoundError

PAGE_LIMIT = 200
EMAIL_CHARACTERS = 255
_LABEL = r"\w(?:[\w-]{0,61}\w)?"
# The part before the @ excludes what RFC 5322 would have quoted, controls and half characters.
_EMAIL = re.compile(
    rf'[^\s@<>(),;:\\"\[\]\x00-\x1f\x7f\ud800-\udfff]{{1,64}}@{_LABEL}(?:\.{_LABEL})*'
)


@dataclass(frozen=True, slots=True)
class Account:
    """A user; `role` is None when the column holds no known role."""

    id: int
    email: str
    full_name: str
    role: Role | None
    is_active: bool
    is_superuser: bool
    created_at: datetime | None
    updated_at: datetime | None

    def as_principal(self, scopes: frozenset[str] | None = None) -> Principal:
        """Give the person with all rights, or with those of a key."""
        return Principal(self.id, self.email, self.full_name, self.role, self.is_superuser, scopes)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFilter:
    """Which accounts to list, in the order of their ids; None means any."""

    after_id: int = 0
    is_active: bool | None = None
    role: Role | None = None
    limit: int = 50


async def get_user(connection: AsyncConnection, user_id: int) -> Account:
    """Give the account; raises NotFoundError."""
    row = (await connection.execute(select_accounts().where(User.id == user_id))).one_or_none()
    if row is None:
        raise NotFoundError(
            f"There is no account with the number {user_id}; list the accounts to see them."
        )
    return account_of(row)


async def find_user(connection: AsyncConnection, email: str) -> Account | None:
    """Give the account of an address, in any spelling, active or not; None without one."""
    if not is_email(email):
        return None
    statement = select_accounts().where(User.email == spelled(email))
    row = (await connection.execute(statement)).one_or_none()
    return None if row is None else account_of(row)


async def list_users(connection: AsyncConnection, wanted: UserFilter) -> tuple[Account, ...]:
    """Give one page; the next begins after the last id. Raises InvalidInputError on the limit."""
    if not 1 <= wanted.limit <= PAGE_LIMIT:
        raise InvalidInputError(
            f"A page of accounts holds 1 to {PAGE_LIMIT}; {wanted.limit} is outside.",
            field="limit",
        )
    statement = select_accounts().where(User.id > wanted.after_id)
    if wanted.is_active is not None:
        statement = statement.where(is_active() if wanted.is_active else not_(is_active()))
    if wanted.role is not None:
        statement = statement.where(User.role == wanted.role.value)
    rows = await connection.execute(statement.order_by(User.id).limit(wanted.limit))
    return tuple(account_of(row) for row in rows)


async def count_users(connection: AsyncConnection) -> int:
    """Count all accounts, active or not."""
    return (await connection.execute(select(func.count()).select_from(User))).scalar_one()


def normalise_email(text: str) -> str:
    """Give the address as it is stored; raises InvalidInputError when it is none."""
    if not is_email(text):
        raise InvalidInputError(
            "This is not an e-mail address that can be used; write it as name@example.com, in at "
            f"most {EMAIL_CHARACTERS} characters.",
            field="email",
        )
    return spelled(text)


def is_email(text: str) -> bool:
    address = spelled(text)
    return len(address) <= EMAIL_CHARACTERS and _EMAIL.fullmatch(address) is not None


def spelled(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip().lower())


def is_active() -> ColumnElement[bool]:
    """Give the condition of an active account; NULL counts as not active."""
    return User.is_active.is_(true())


def select_accounts() -> Select[*tuple[Any, ...]]:
    """Give the statement whose rows `account_of` reads; add conditions and joins."""
    return select(
        User.id,
        User.email,
        User.full_name,
        User.role,
        User.is_active,
        User.is_superuser,
        User.created_at,
        User.updated_at,
    )


def account_of(row: Row[*tuple[Any, ...]]) -> Account:
    """Read a row; what is NULL or unknown becomes the least that it can mean."""
    return Account(
        id=row.id,
        email=row.email,
        full_name=row.full_name,
        role=Role(row.role) if row.role in set(Role) else None,
        is_active=row.is_active is True,
        is_superuser=row.is_superuser is True,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
