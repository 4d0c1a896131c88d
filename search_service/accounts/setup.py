"""The first run: a one-time link by which the first administrator is made. No default password."""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, exists, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.administration import NewUser, add_account, facts_of
from search_service.accounts.passwords import HashedPassword
from search_service.accounts.tokens import hash_of, new_secret
from search_service.accounts.users import Account
from search_service.audit.entries import Actor, Entry, record
from search_service.db.enums import Role
from search_service.db.tables import SetupLink, User
from search_service.errors import ConflictError, InvalidCredentialsError

PREFIX = "sssetup_"
LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAdministrator:
    """Who is to be the first; hash the password first, as that takes long (`Passwords.hash`)."""

    email: str
    full_name: str
    hashed_password: HashedPassword = field(repr=False)


async def is_first_run(connection: AsyncConnection) -> bool:
    """Tell whether there is no account at all."""
    return not (await connection.execute(select(exists(select(User.id))))).scalar_one()


async def create_setup_link(connection: AsyncConnection) -> str:
    """Give the secret of a new link, good for 24 hours; earlier ones stay good, as several servers
    may start at once. Raises ConflictError once there is an account.
    """
    if not await is_first_run(connection):
        raise ConflictError("There are accounts already; sign in, or ask an administrator.")
    await connection.execute(delete(SetupLink).where(SetupLink.expires_at <= func.now()))
    secret = new_secret(PREFIX)
    await connection.execute(
        insert(SetupLink).values(token_hash=hash_of(secret), expires_at=func.now() + LIFE)
    )
    return secret


async def is_setup_link(connection: AsyncConnection, secret: str) -> bool:
    """Tell whether the link would be taken now: to show its page, not to rely on."""
    valid = exists().where(
        SetupLink.token_hash == hash_of(secret), SetupLink.expires_at > func.now()
    )
    return (await connection.execute(select(valid))).scalar_one() and await is_first_run(connection)


async def complete_setup(
    connection: AsyncConnection, secret: str, first: FirstAdministrator, actor: Actor
) -> Account:
    """Make the first administrator and burn every link; of several at once, one succeeds.

    Of `actor` only address and request are kept. Raises InvalidCredentialsError for the link,
    InvalidInputError for address or name.
    """
    # Conflicts with itself and with the insert of a new link, not with reading.
    await connection.execute(text("LOCK TABLE setup_links IN SHARE ROW EXCLUSIVE MODE"))
    if not await is_setup_link(connection, secret):
        raise InvalidCredentialsError(
            "This setup link is not valid: it was used, is older than 24 hours, or there is an "
            "account already. Sign in, or start the service again for a new link."
        )
    account = await add_account(
        connection,
        NewUser(
            email=first.email,
            full_name=first.full_name,
            hashed_password=first.hashed_password,
            role=Role.ADMIN,
            is_superuser=True,
        ),
    )
    await connection.execute(delete(SetupLink))
    who = Actor(account.id, account.email, actor.address, actor.request_id)
    await record(
        connection, Entry(who, "setup.completed", "user", account.id, None, facts_of(account))
    )
    return account
