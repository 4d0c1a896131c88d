"""What the tests of accounts share: cheap hashing, tokens, and people in the database."""

from uuid import uuid4

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.caller import Caller
from search_service.accounts.passwords import HashedPassword, Passwords
from search_service.accounts.policy import LOCAL_ADMINISTRATOR
from search_service.accounts.signing import SigningKey, SigningKeys
from search_service.accounts.tokens import Tokens
from search_service.accounts.users import Account, get_user
from search_service.db.enums import Role
from search_service.db.tables import User

PASSWORD = "correct horse battery"
OPERATOR = Caller(LOCAL_ADMINISTRATOR)


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(rounds=4)


@pytest.fixture
def tokens() -> Tokens:
    keys = SigningKeys((SigningKey("first", b"s" * 32),))
    return Tokens(keys, "https://search.example.com", access_s=900, refresh_s=86400)


@pytest.fixture
async def password_hash(passwords: Passwords) -> HashedPassword:
    """The hash of PASSWORD."""
    return await passwords.hash(PASSWORD)


async def add_person(
    connection: AsyncConnection,
    role: Role | str | None = Role.PMM,
    *,
    hashed_password: str = "none",
    is_active: bool | None = True,
) -> Account:
    """Insert a user past every check, with an address of its own."""
    statement = (
        insert(User)
        .values(
            email=f"{uuid4().hex}@example.com",
            full_name="Ada Example",
            hashed_password=hashed_password,
            role=role,
            is_active=is_active,
        )
        .returning(User.id)
    )
    return await get_user(connection, (await connection.execute(statement)).scalar_one())


def session_of(account: Account) -> Caller:
    """The person, signed in."""
    return Caller(account.as_principal(), "192.0.2.7", "request-1")
