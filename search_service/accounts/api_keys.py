"""API keys: `ssk_PREFIX_SECRET`, shown once, kept as a hash; a key acts as its user, never more.

The prefix tells keys apart in lists and logs. A deactivated user's keys are refused by the join,
not only by their revocation.
"""

import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import policy
from search_service.accounts.caller import Caller
from search_service.accounts.policy import Principal
from search_service.accounts.tokens import hash_of, new_secret
from search_service.accounts.users import account_of, get_user, is_active, select_accounts
from search_service.audit.entries import Entry, record
from search_service.db.direct import fetch
from search_service.db.tables import ApiKey, User
from search_service.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    UnauthenticatedError,
)

PREFIX = "ssk_"
NAME_CHARACTERS = 100
KEYS_PER_USER = 50
LAST_USE_PRECISION = timedelta(minutes=1)
STANDARD_RATE = "standard"
_RATE_CLASS = re.compile(r"[a-z][a-z0-9_]{0,19}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key to make, for the user `user_id`; without `expires_at` it lasts until revoked."""

    user_id: int
    name: str
    scopes: frozenset[str]
    expires_at: datetime | None = None
    rate_class: str = STANDARD_RATE


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What may be shown of a key at any time."""

    id: int
    user_id: int
    name: str
    prefix: str
    scopes: tuple[str, ...]
    rate_class: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class CreatedKey:
    """A key just made; `secret` is known only now."""

    facts: KeyFacts
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Whom a key lets in, and the key's own traits."""

    principal: Principal
    key_id: int
    rate_class: str


async def create_key(connection: AsyncConnection, caller: Caller, new: NewKey) -> CreatedKey:
    """Make a key for oneself, signed in, or for anybody as an administrator.

    Raises ForbiddenError (also for scopes that the user's role cannot use: they would come alive
    with a later promotion), InvalidInputError, NotFoundError, ConflictError (too many keys).
    """
    policy.require_manage_keys(caller.principal, new.user_id)
    _check(caller.principal, new)
    owner = await get_user(connection, new.user_id)
    _check_scopes(policy.grantable_scopes(caller.principal, owner.as_principal()), new.scopes)
    await _check_number(connection, new.user_id)
    prefix = secrets.token_hex(4)
    secret = new_secret(f"{PREFIX}{prefix}_")
    statement = (
        insert(ApiKey)
        .values(
            user_id=new.user_id,
            name=new.name.strip(),
            prefix=prefix,
            key_hash=hash_of(secret),
            scopes=sorted(new.scopes),
            rate_class=new.rate_class,
            expires_at=new.expires_at,
        )
        .returning(*_FACTS)
    )
    facts = _facts_of((await connection.execute(statement)).one())
    after = {"name": facts.name, "prefix": prefix, "scopes": facts.scopes, "user_id": facts.user_id}
    await record(
        connection, Entry(caller.actor, "api_key.created", "api_key", facts.id, None, after)
    )
    return CreatedKey(facts, secret)


async def list_keys(connection: AsyncConnection, user_id: int) -> tuple[KeyFacts, ...]:
    """Give a user's keys, newest first, revoked ones included. Rights are the caller's affair."""
    statement = select(*_FACTS).where(ApiKey.user_id == user_id).order_by(ApiKey.id.desc())
    return tuple(_facts_of(row) for row in await connection.execute(statement))


async def revoke_key(connection: AsyncConnection, caller: Caller, key_id: int) -> None:
    """End a key at once; ending it again changes nothing. Raises NotFoundError, ForbiddenError."""
    statement = select(ApiKey.user_id, ApiKey.prefix).where(ApiKey.id == key_id)
    key = (await connection.execute(statement)).one_or_none()
    if key is None or not policy.may_manage_keys(caller.principal, key.user_id):
        raise NotFoundError(
            f"You have no API key with the number {key_id}; list the keys to see them."
        )
    if await _revoke(connection, ApiKey.id == key_id):
        entry = Entry(caller.actor, "api_key.revoked", "api_key", key_id, {"prefix": key.prefix})
        await record(connection, entry)


async def revoke_keys_of(connection: AsyncConnection, user_id: int) -> None:
    """End all keys of a user; for deactivation, which is audited as one."""
    await _revoke(connection, ApiKey.user_id == user_id)


async def key_holder(connection: AsyncConnection, key: str) -> KeyHolder:
    """Read key and user afresh, and note the use, at most once a minute.

    Needs a connection that may write and commits soon: the use would block others. Raises
    UnauthenticatedError for a key that is unknown, revoked, expired or of an inactive user.
    """
    rows = await fetch(connection, _holder_statement(), {"key_hash": hash_of(key)})
    if not rows or not key.startswith(PREFIX):
        raise UnauthenticatedError(
            "This API key is unknown, revoked, expired or of an account that is not active; make "
            "a new one, or ask an administrator."
        )
    [row] = rows
    if row.use_is_due:
        await _note_use(connection, row.key_id)
    scopes = frozenset(row.scopes) & frozenset(policy.SCOPES)
    return KeyHolder(account_of(row).as_principal(scopes), row.key_id, row.rate_class)


_FACTS = (
    ApiKey.id,
    ApiKey.user_id,
    ApiKey.name,
    ApiKey.prefix,
    ApiKey.scopes,
    ApiKey.rate_class,
    ApiKey.created_at,
    ApiKey.expires_at,
    ApiKey.last_used_at,
    ApiKey.revoked_at,
)


@cache
def _holder_statement() -> Select[*tuple[Any, ...]]:
    """Made once, as it is sent with each request of a key. Parameter: key_hash."""
    return (
        select_accounts()
        .add_columns(
            ApiKey.id.label("key_id"),
            ApiKey.scopes,
            ApiKey.rate_class,
            _use_is_due().label("use_is_due"),
        )
        .join(ApiKey, ApiKey.user_id == User.id)
        .where(ApiKey.key_hash == bindparam("key_hash"), _is_live(), is_active())
    )


def _is_live() -> ColumnElement[bool]:
    unexpired = or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > func.now())
    return and_(ApiKey.revoked_at.is_(None), unexpired)


def _use_is_due() -> ColumnElement[bool]:
    return func.coalesce(ApiKey.last_used_at < func.now() - LAST_USE_PRECISION, True)


async def _note_use(connection: AsyncConnection, key_id: int) -> None:
    # Skipping a locked row: requests with one key must not wait for each other over this.
    due = select(ApiKey.id).where(ApiKey.id == key_id, _use_is_due())
    await connection.execute(
        update(ApiKey)
        .where(ApiKey.id.in_(due.with_for_update(skip_locked=True)))
        .values(last_used_at=func.now())
    )


async def _revoke(connection: AsyncConnection, condition: ColumnElement[bool]) -> int:
    statement = update(ApiKey).where(condition, ApiKey.revoked_at.is_(None))
    return (await connection.execute(statement.values(revoked_at=func.now()))).rowcount


def _facts_of(row: Row[*tuple[Any, ...]]) -> KeyFacts:
    values = row._asdict()
    return KeyFacts(**{**values, "scopes": tuple(values["scopes"])})


def _check(principal: Principal, new: NewKey) -> None:
    if not 1 <= len(new.name.strip()) <= NAME_CHARACTERS or not new.name.strip().isprintable():
        raise InvalidInputError(
            f"The name of a key has 1 to {NAME_CHARACTERS} printable characters; correct it.",
            field="name",
        )
    if new.expires_at is not None and not _is_ahead(new.expires_at):
        raise InvalidInputError(
            "A key must expire in the future, at a time with a zone, such as "
            "2030-01-31T00:00:00Z; correct it or leave it out.",
            field="expires_at",
        )
    if not _RATE_CLASS.fullmatch(new.rate_class):
        raise InvalidInputError(
            "A rate class is one word of at most 20 small letters; use `standard`.",
            field="rate_class",
        )
    if new.rate_class != STANDARD_RATE and not policy.may_manage_users(principal):
        raise ForbiddenError(
            "Only administrators may give a key another rate class than `standard`; ask one."
        )


def _is_ahead(moment: datetime) -> bool:
    try:
        return moment.tzinfo is not None and moment.astimezone(UTC) > datetime.now(UTC)
    except OverflowError:  # the last hours of the year 9999, seen from the west
        return False


def _check_scopes(grantable: frozenset[str], scopes: frozenset[str]) -> None:
    unknown = sorted(scopes - set(policy.SCOPES))
    if unknown or not scopes:
        raise InvalidInputError(
            f"A key has one or more of the scopes {', '.join(policy.SCOPES)}; "
            f"{'unknown: ' + ', '.join(unknown) if unknown else 'none was given'}.",
            field="scopes",
        )
    beyond = sorted(scopes - grantable)
    if beyond:
        raise ForbiddenError(
            f"This key may not have the scope {', '.join(beyond)}, as its user could not use it; "
            "leave it out, or ask an administrator for another role.",
            scopes=beyond,
        )


async def _check_number(connection: AsyncConnection, user_id: int) -> None:
    statement = select(func.count()).where(ApiKey.user_id == user_id, _is_live())
    if (await connection.execute(statement)).scalar_one() >= KEYS_PER_USER:
        raise ConflictError(
            f"This account has {KEYS_PER_USER} keys in use, which is the most; revoke one first."
        )
