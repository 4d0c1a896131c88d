"""The first run: one link, one administrator, whoever else tries at the same time."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import setup
from search_service.accounts.passwords import HashedPassword
from search_service.accounts.setup import FirstAdministrator
from search_service.accounts.tokens import hash_of
from search_service.accounts.users import Account, count_users
from search_service.audit.entries import Actor
from search_service.audit.listing import EntryFilter, list_entries
from search_service.db.engine import Database
from search_service.db.enums import Role
from search_service.db.tables import SetupLink
from search_service.errors import ConflictError, InvalidCredentialsError, InvalidInputError
from tests.integration.accounts.conftest import add_person

pytestmark = pytest.mark.anyio
ACTOR = Actor(address="192.0.2.7", request_id="request-1")


def first(email: str = "Boss@example.com") -> FirstAdministrator:
    return FirstAdministrator(
        email=email, full_name="The Boss", hashed_password=HashedPassword("$2b$hash")
    )


async def test_the_link_makes_the_first_administrator(connection: AsyncConnection) -> None:
    assert await setup.is_first_run(connection)
    secret = await setup.create_setup_link(connection)
    assert await setup.is_setup_link(connection, secret)

    boss = await setup.complete_setup(connection, secret, first(), ACTOR)

    assert (boss.email, boss.role, boss.is_superuser) == ("boss@example.com", Role.ADMIN, True)
    assert not await setup.is_first_run(connection)
    (entry,) = (await list_entries(connection, EntryFilter())).entries
    assert (entry.action, entry.actor_id, entry.address) == (
        "setup.completed",
        boss.id,
        "192.0.2.7",
    )
    assert "$2b$hash" not in repr((entry, first()))


async def test_only_the_links_hash_is_stored(connection: AsyncConnection) -> None:
    secret = await setup.create_setup_link(connection)

    stored = (await connection.execute(select(SetupLink.token_hash))).scalars().all()

    assert stored == [hash_of(secret)]


async def test_every_link_is_burnt_by_the_first_use(connection: AsyncConnection) -> None:
    one, two = [await setup.create_setup_link(connection) for _ in range(2)]
    await setup.complete_setup(connection, one, first(), ACTOR)

    for secret in (one, two):
        with pytest.raises(InvalidCredentialsError, match="was used"):
            await setup.complete_setup(connection, secret, first("x@example.com"), ACTOR)
    assert (await connection.execute(select(func.count()).select_from(SetupLink))).scalar() == 0


async def test_a_link_lives_for_a_day(connection: AsyncConnection) -> None:
    secret = await setup.create_setup_link(connection)
    expires_at = (await connection.execute(select(SetupLink.expires_at))).scalar_one()
    created_at = (await connection.execute(select(SetupLink.created_at))).scalar_one()
    assert expires_at - created_at == timedelta(hours=24)

    await connection.execute(update(SetupLink).values(expires_at=func.now()))

    with pytest.raises(InvalidCredentialsError):
        await setup.complete_setup(connection, secret, first(), ACTOR)


@pytest.mark.parametrize("secret", ["", "sssetup_wrong", "\ud800"])
async def test_a_wrong_link_makes_nobody(connection: AsyncConnection, secret: str) -> None:
    await setup.create_setup_link(connection)

    with pytest.raises(InvalidCredentialsError):
        await setup.complete_setup(connection, secret, first(), ACTOR)
    assert await count_users(connection) == 0


async def test_a_mistake_in_the_form_does_not_burn_the_link(database: Database) -> None:
    async with database.transaction() as connection:
        secret = await setup.create_setup_link(connection)

    with pytest.raises(InvalidInputError):
        async with database.transaction() as connection:
            await setup.complete_setup(connection, secret, first("no address"), ACTOR)

    async with database.transaction() as connection:
        await setup.complete_setup(connection, secret, first(), ACTOR)


async def test_with_accounts_there_is_no_link(connection: AsyncConnection) -> None:
    secret = await setup.create_setup_link(connection)
    await add_person(connection, is_active=False)

    assert not await setup.is_setup_link(connection, secret)
    with pytest.raises(ConflictError):
        await setup.create_setup_link(connection)
    with pytest.raises(InvalidCredentialsError):
        await setup.complete_setup(connection, secret, first(), ACTOR)


async def test_of_many_at_once_one_becomes_the_administrator(database: Database) -> None:
    async with database.transaction() as connection:
        secrets = [await setup.create_setup_link(connection) for _ in range(2)]

    async def complete(number: int) -> Account:
        async with database.transaction() as connection:
            who = first(f"boss{number}@example.com")
            return await setup.complete_setup(connection, secrets[number % 2], who, ACTOR)

    outcomes = await asyncio.gather(*(complete(n) for n in range(8)), return_exceptions=True)

    assert sum(isinstance(outcome, Account) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, InvalidCredentialsError) for outcome in outcomes) == 7
    async with database.reading() as connection:
        assert await count_users(connection) == 1
