"""Signing in, staying signed in and signing out: every way from a secret to a Principal.

Where a refusal must leave its trace (a counted failure, an ended family), the function takes the
Database and commits the trace before it raises; the others run in the caller's transaction.
Accounts are read afresh each time, so that a deactivation works at the next request.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import exists, update
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import families, lockout
from search_service.accounts.families import FamilyToken, Refusal
from search_service.accounts.passwords import HashedPassword, Passwords
from search_service.accounts.policy import Principal
from search_service.accounts.tokens import AccessClaims, Tokens, hash_of
from search_service.accounts.users import (
    Account,
    account_of,
    is_active,
    is_email,
    select_accounts,
    spelled,
)
from search_service.audit.entries import Actor, Entry, record
from search_service.db.engine import Database
from search_service.db.tables import RefreshToken, User
from search_service.errors import (
    InvalidCredentialsError,
    TokenReusedError,
    UnauthenticatedError,
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody typed, and where from."""

    email: str
    password: str = field(repr=False)
    address: str
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a client holds after signing in; the refresh token is good once."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in_s: int
    refresh_expires_at: datetime


async def authenticate_password(
    database: Database, passwords: Passwords, credentials: Credentials
) -> Principal:
    """Give whom the password belongs to; unknown, inactive and wrong look and last the same.

    Takes no connection while it hashes. Raises InvalidCredentialsError, TooManyRequestsError.
    """
    known = await _begin_attempt(database, credentials)
    stored = None if known is None else known.hashed_password
    compared = await passwords.compare(credentials.password, stored)
    if not compared.matches or known is None or not known.account.is_active:
        await _note_failure(database, credentials, known)
        raise InvalidCredentialsError(
            "The e-mail address or the password is wrong, or the account is not active; correct "
            "them, or ask an administrator."
        )
    await _note_success(database, credentials, known)
    if compared.replacement is not None:
        await _replace_hash(database, known, compared.replacement)
    return known.account.as_principal()


async def open_session(
    connection: AsyncConnection, tokens: Tokens, principal: Principal
) -> TokenPair:
    """Begin a sign-in of an API client; call it after `authenticate_password`."""
    return _pair(tokens, await _start(connection, tokens, principal, families.REFRESH_PREFIX))


async def open_web_session(
    connection: AsyncConnection, tokens: Tokens, principal: Principal
) -> FamilyToken:
    """Begin a browser's sign-in; its secret goes into an HttpOnly cookie and is not rotated."""
    return await _start(connection, tokens, principal, families.WEB_PREFIX)


async def refresh_session(
    database: Database, tokens: Tokens, refresh_token: str, actor: Actor
) -> TokenPair:
    """Exchange a refresh token for a new pair.

    A second use ends the whole sign-in, the newest tokens included, then raises
    TokenReusedError; UnauthenticatedError for any other that is not good.
    """
    async with database.transaction() as connection:
        rotation = await families.rotate(connection, refresh_token, tokens.refresh_s)
        if rotation.refusal == Refusal.REUSED:
            who = Actor(rotation.user_id, None, actor.address, actor.request_id)
            await record(connection, Entry(who, "session.token_reused", "user", rotation.user_id))
    if rotation.refusal == Refusal.REUSED:
        raise TokenReusedError(
            "This refresh token was used before, so every token of the same sign-in was ended; "
            "sign in again."
        )
    if rotation.issued is None:
        raise UnauthenticatedError(
            "This refresh token is unknown, expired or ended; sign in again."
        )
    return _pair(tokens, rotation.issued)


async def close_session(connection: AsyncConnection, secret: str, actor: Actor) -> None:
    """Sign out by any refresh token or web secret of the sign-in; an unknown one is no error."""
    user_id = await families.end_family(connection, secret)
    if user_id is not None:
        who = Actor(user_id, actor.email, actor.address, actor.request_id)
        await record(connection, Entry(who, "session.closed", "user", user_id))


async def principal_from_access_token(
    connection: AsyncConnection, tokens: Tokens, token: str
) -> Principal:
    """Give whose token it is; raises UnauthenticatedError, also after sign-out or deactivation."""
    claims = tokens.read(token)
    family = exists().where(
        RefreshToken.family == claims.family,
        RefreshToken.user_id == User.id,
        families.is_live(),
    )
    statement = select_accounts().where(User.id == claims.user_id, is_active(), family)
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise UnauthenticatedError(
            "This session has ended, or the account is not active; sign in again."
        )
    return account_of(row).as_principal()


async def principal_from_web_session(connection: AsyncConnection, secret: str) -> Principal:
    """Give whose browser session it is; raises UnauthenticatedError."""
    statement = (
        select_accounts()
        .join(RefreshToken, RefreshToken.user_id == User.id)
        .where(RefreshToken.token_hash == hash_of(secret), families.is_live(), is_active())
    )
    row = (await connection.execute(statement)).one_or_none()
    if row is None or not secret.startswith(families.WEB_PREFIX):
        raise UnauthenticatedError("Your session has ended; sign in again.")
    return account_of(row).as_principal()


@dataclass(frozen=True, slots=True)
class _Known:
    account: Account
    hashed_password: str = field(repr=False)


async def _begin_attempt(database: Database, credentials: Credentials) -> _Known | None:
    async with database.transaction() as connection:
        for subject in _subjects(credentials):
            await lockout.count_attempt(connection, subject)
        if not is_email(credentials.email):
            return None
        statement = select_accounts().add_columns(User.hashed_password)
        found = await connection.execute(statement.where(User.email == spelled(credentials.email)))
        row = found.one_or_none()
    return None if row is None else _Known(account_of(row), row.hashed_password)


async def _note_failure(database: Database, credentials: Credentials, known: _Known | None) -> None:
    # An unknown address is not kept: people type their password into the wrong field.
    if known is None:
        return
    async with database.transaction() as connection:
        actor = _actor(credentials, known.account)
        await record(connection, Entry(actor, "session.refused", "user", known.account.id))


async def _note_success(database: Database, credentials: Credentials, known: _Known) -> None:
    account = known.account
    async with database.transaction() as connection:
        await lockout.forgive_account(connection, lockout.account_subject(account.email))
        await lockout.forgive_address(connection, lockout.address_subject(credentials.address))
        actor = _actor(credentials, account)
        await record(connection, Entry(actor, "session.opened", "user", account.id))


async def _replace_hash(database: Database, known: _Known, replacement: HashedPassword) -> None:
    # Only while the old hash stands: a password set meanwhile must not give way to the old one.
    unchanged = User.hashed_password == known.hashed_password
    async with database.transaction() as connection:
        await connection.execute(
            update(User)
            .where(User.id == known.account.id, unchanged)
            .values(hashed_password=replacement)
        )


def _subjects(credentials: Credentials) -> list[lockout.Subject]:
    address = lockout.address_subject(credentials.address)
    if not is_email(credentials.email):
        return [address]
    return [lockout.account_subject(spelled(credentials.email)), address]


def _actor(credentials: Credentials, account: Account) -> Actor:
    return Actor(account.id, account.email, credentials.address, credentials.request_id)


async def _start(
    connection: AsyncConnection, tokens: Tokens, principal: Principal, prefix: str
) -> FamilyToken:
    user_id = principal.user_id
    if user_id is not None:
        issued = await families.start_family(connection, user_id, prefix, tokens.refresh_s)
        if issued is not None:
            return issued
    raise InvalidCredentialsError(
        "No session can begin: the account is gone or not active; ask an administrator."
    )


def _pair(tokens: Tokens, issued: FamilyToken) -> TokenPair:
    access = tokens.sign(AccessClaims(issued.user_id, issued.family))
    return TokenPair(access, issued.secret, tokens.access_s, issued.expires_at)
