"""Sign-ins as rows: each is a family of refresh tokens of which one is live at a time.

RFC 9700, section 4.14.2: a refresh token is good for one use, and a second use means that it
leaked, so that the family ends. A web session is a family of one token that is not rotated, as a
browser sends several requests at once. Whoever adds to or ends a family holds the lock on the
user's row, so that no token is born into a family that is just being ended.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.tokens import hash_of, new_secret
from search_service.db.tables import RefreshToken, User

REFRESH_PREFIX = "ssr_"
WEB_PREFIX = "sss_"


@dataclass(frozen=True, slots=True)
class FamilyToken:
    """A secret of a sign-in, known only now."""

    user_id: int
    family: UUID
    secret: str = field(repr=False)
    expires_at: datetime


class Refusal(Enum):
    """Why a refresh token was not exchanged."""

    INVALID = "invalid"
    REUSED = "reused"


@dataclass(frozen=True, slots=True)
class Rotation:
    """What came of an exchange; `user_id` is known unless the token is."""

    issued: FamilyToken | None = None
    refusal: Refusal | None = None
    user_id: int | None = None


async def start_family(
    connection: AsyncConnection, user_id: int, prefix: str, life_s: int
) -> FamilyToken | None:
    """Begin a sign-in; None when the user is gone or not active."""
    if not await _lock_active_user(connection, user_id):
        return None
    return await _issue(connection, _Request(user_id, uuid4(), prefix, life_s))


async def rotate(connection: AsyncConnection, secret: str, life_s: int) -> Rotation:
    """Exchange a refresh token for the next of its family, or end the family on a second use.

    The answer is a value, not an error, so that the caller commits the family's end.
    """
    if not secret.startswith(REFRESH_PREFIX):
        return Rotation(refusal=Refusal.INVALID)
    known = await _find(connection, secret)
    if known is None:
        return Rotation(refusal=Refusal.INVALID)
    is_active = await _lock_active_user(connection, known.user_id)
    # Read again: whoever held the lock before us may have used or revoked it.
    token = await _find(connection, secret)
    if token is None:
        return Rotation(refusal=Refusal.INVALID)
    if token.used_at is not None:
        await _revoke(connection, RefreshToken.family == token.family)
        return Rotation(refusal=Refusal.REUSED, user_id=token.user_id)
    if not is_active or not token.is_live:
        return Rotation(refusal=Refusal.INVALID, user_id=token.user_id)
    await connection.execute(
        update(RefreshToken).where(RefreshToken.id == token.id).values(used_at=func.now())
    )
    request = _Request(token.user_id, token.family, REFRESH_PREFIX, life_s)
    return Rotation(await _issue(connection, request), user_id=token.user_id)


async def end_family(connection: AsyncConnection, secret: str) -> int | None:
    """End the sign-in that any of its tokens, even a used one, belongs to; give the user's id."""
    token = await _find(connection, secret)
    if token is None:
        return None
    user_id = int(token.user_id)
    await _lock_active_user(connection, user_id)
    await _revoke(connection, RefreshToken.family == token.family)
    return user_id


async def end_families_of(connection: AsyncConnection, user_id: int) -> None:
    """End every sign-in of a user."""
    await _lock_active_user(connection, user_id)
    await _revoke(connection, RefreshToken.user_id == user_id)


def is_live() -> ColumnElement[bool]:
    """Give the condition of a token that is neither used, revoked nor expired."""
    return and_(
        RefreshToken.used_at.is_(None),
        RefreshToken.revoked_at.is_(None),
        RefreshToken.expires_at > func.now(),
    )


async def purge_families(connection: AsyncConnection) -> int:
    """Delete expired tokens; give their number."""
    expired = delete(RefreshToken).where(RefreshToken.expires_at < func.now())
    return (await connection.execute(expired)).rowcount


@dataclass(frozen=True, slots=True)
class _Request:
    user_id: int
    family: UUID
    prefix: str
    life_s: int


async def _issue(connection: AsyncConnection, request: _Request) -> FamilyToken:
    secret = new_secret(request.prefix)
    statement = (
        insert(RefreshToken)
        .values(
            user_id=request.user_id,
            family=request.family,
            token_hash=hash_of(secret),
            expires_at=func.now() + timedelta(seconds=request.life_s),
        )
        .returning(RefreshToken.expires_at)
    )
    expires_at = (await connection.execute(statement)).scalar_one()
    return FamilyToken(request.user_id, request.family, secret, expires_at)


async def _find(connection: AsyncConnection, secret: str) -> Row[*tuple[Any, ...]] | None:
    columns = (RefreshToken.id, RefreshToken.user_id, RefreshToken.family, RefreshToken.used_at)
    statement = select(*columns, is_live().label("is_live"))
    found = await connection.execute(statement.where(RefreshToken.token_hash == hash_of(secret)))
    return found.one_or_none()


async def _lock_active_user(connection: AsyncConnection, user_id: int) -> bool:
    statement = select(User.is_active).where(User.id == user_id).with_for_update(key_share=True)
    return (await connection.execute(statement)).scalar_one_or_none() is True


async def _revoke(connection: AsyncConnection, condition: ColumnElement[bool]) -> None:
    await connection.execute(
        update(RefreshToken)
        .where(condition, RefreshToken.revoked_at.is_(None))
        .values(revoked_at=func.now())
    )
