"""Refresh tokens, access tokens and web sessions: single use, and ended at once when they must."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import administration, families, sessions
from search_service.accounts.administration import UserChanges
from search_service.accounts.passwords import HashedPassword
from search_service.accounts.sessions import TokenPair
from search_service.accounts.tokens import AccessClaims, Tokens, hash_of
from search_service.accounts.users import Account
from search_service.audit.entries import Actor
from search_service.audit.listing import EntryFilter, list_entries
from search_service.db.engine import Database
from search_service.db.enums import Role
from search_service.db.tables import RefreshToken, User
from search_service.errors import InvalidCredentialsError, TokenReusedError, UnauthenticatedError
from tests.database import QueryCounter
from tests.integration.accounts.conftest import OPERATOR, add_person, session_of

pytestmark = pytest.mark.anyio
ACTOR = Actor(address="192.0.2.7", request_id="request-1")


async def signed_in(database: Database, tokens: Tokens) -> tuple[Account, TokenPair]:
    async with database.transaction() as connection:
        ada = await add_person(connection)
        return ada, await sessions.open_session(connection, tokens, ada.as_principal())


async def is_let_in(database: Database, tokens: Tokens, pair: TokenPair) -> bool:
    async with database.reading() as connection:
        try:
            await sessions.principal_from_access_token(connection, tokens, pair.access_token)
        except UnauthenticatedError:
            return False
        return True


async def test_an_access_token_gives_the_person_as_it_is_now(
    database: Database, tokens: Tokens
) -> None:
    ada, pair = await signed_in(database, tokens)
    async with database.transaction() as connection:
        await connection.execute(update(User).values(role="sales"))

    async with database.reading() as connection:
        principal = await sessions.principal_from_access_token(
            connection, tokens, pair.access_token
        )

    assert principal == replace(ada.as_principal(), role=Role.SALES)
    assert pair.expires_in_s == tokens.access_s
    lasts = pair.refresh_expires_at - datetime.now(UTC)
    assert abs(lasts - timedelta(seconds=tokens.refresh_s)) < timedelta(minutes=1)


async def test_one_statement_lets_a_request_in(
    database: Database, tokens: Tokens, query_counter: QueryCounter
) -> None:
    _, pair = await signed_in(database, tokens)
    async with database.reading() as connection:
        query_counter.reset()
        await sessions.principal_from_access_token(connection, tokens, pair.access_token)
        assert query_counter.count == 1


async def test_only_hashes_are_stored(database: Database, tokens: Tokens) -> None:
    _, pair = await signed_in(database, tokens)

    async with database.reading() as connection:
        (row,) = (await connection.execute(select(RefreshToken.__table__))).all()

    assert row.token_hash == hash_of(pair.refresh_token)
    assert pair.refresh_token not in repr(row)
    assert pair.refresh_token not in repr(pair)
    assert pair.access_token not in repr(pair)


async def test_a_refresh_token_is_exchanged_within_its_family(
    database: Database, tokens: Tokens
) -> None:
    _, first = await signed_in(database, tokens)

    second = await sessions.refresh_session(database, tokens, first.refresh_token, ACTOR)
    third = await sessions.refresh_session(database, tokens, second.refresh_token, ACTOR)

    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert tokens.read(first.access_token) == tokens.read(third.access_token)
    assert await is_let_in(database, tokens, first)


async def test_a_second_use_ends_the_whole_family(database: Database, tokens: Tokens) -> None:
    ada, first = await signed_in(database, tokens)
    second = await sessions.refresh_session(database, tokens, first.refresh_token, ACTOR)

    with pytest.raises(TokenReusedError):
        await sessions.refresh_session(database, tokens, first.refresh_token, ACTOR)

    assert not await is_let_in(database, tokens, second)
    with pytest.raises(UnauthenticatedError):
        await sessions.refresh_session(database, tokens, second.refresh_token, ACTOR)
    async with database.reading() as connection:
        (entry,) = (await list_entries(connection, EntryFilter())).entries
    assert (entry.action, entry.actor_id) == ("session.token_reused", ada.id)


async def test_a_second_use_leaves_other_sign_ins_alone(database: Database, tokens: Tokens) -> None:
    ada, first = await signed_in(database, tokens)
    async with database.transaction() as connection:
        other = await sessions.open_session(connection, tokens, ada.as_principal())
    await sessions.refresh_session(database, tokens, first.refresh_token, ACTOR)
    with pytest.raises(TokenReusedError):
        await sessions.refresh_session(database, tokens, first.refresh_token, ACTOR)

    assert await is_let_in(database, tokens, other)


async def test_of_two_uses_at_once_one_wins_and_the_family_ends(
    database: Database, tokens: Tokens
) -> None:
    _, pair = await signed_in(database, tokens)

    outcomes = await asyncio.gather(
        *(sessions.refresh_session(database, tokens, pair.refresh_token, ACTOR) for _ in range(6)),
        return_exceptions=True,
    )

    winners = [outcome for outcome in outcomes if isinstance(outcome, TokenPair)]
    assert len(winners) == 1
    assert sum(isinstance(outcome, TokenReusedError) for outcome in outcomes) == 5
    assert not await is_let_in(database, tokens, winners[0])


async def test_reuse_against_the_next_exchange_leaves_no_live_token(
    database: Database, tokens: Tokens
) -> None:
    for _ in range(5):
        _, first = await signed_in(database, tokens)
        second = await sessions.refresh_session(database, tokens, first.refresh_token, ACTOR)

        await asyncio.gather(
            sessions.refresh_session(database, tokens, second.refresh_token, ACTOR),
            sessions.refresh_session(database, tokens, first.refresh_token, ACTOR),
            return_exceptions=True,
        )

    async with database.reading() as connection:
        live = select(func.count()).select_from(RefreshToken).where(families.is_live())
        assert (await connection.execute(live)).scalar_one() == 0


@pytest.mark.parametrize("secret", ["", "ssr_unknown", "sss_unknown", "\ud800", "x" * 10_000])
async def test_an_unknown_refresh_token_is_refused(
    database: Database, tokens: Tokens, secret: str
) -> None:
    with pytest.raises(UnauthenticatedError, match="unknown"):
        await sessions.refresh_session(database, tokens, secret, ACTOR)


async def test_an_expired_refresh_token_is_refused_and_purged(
    database: Database, tokens: Tokens
) -> None:
    _, pair = await signed_in(database, tokens)
    async with database.transaction() as connection:
        await connection.execute(
            update(RefreshToken).values(expires_at=func.now() - timedelta(seconds=1))
        )

    with pytest.raises(UnauthenticatedError, match="expired"):
        await sessions.refresh_session(database, tokens, pair.refresh_token, ACTOR)
    assert not await is_let_in(database, tokens, pair)
    async with database.transaction() as connection:
        assert await families.purge_families(connection) == 1


async def test_signing_out_ends_access_at_once(database: Database, tokens: Tokens) -> None:
    _, first = await signed_in(database, tokens)
    second = await sessions.refresh_session(database, tokens, first.refresh_token, ACTOR)

    async with database.transaction() as connection:
        await sessions.close_session(connection, first.refresh_token, ACTOR)
        await sessions.close_session(connection, "ssr_unknown", ACTOR)

    assert not await is_let_in(database, tokens, second)
    with pytest.raises(UnauthenticatedError):
        await sessions.refresh_session(database, tokens, second.refresh_token, ACTOR)


async def deactivate(connection: AsyncConnection, ada: Account) -> None:
    await administration.deactivate_user(connection, OPERATOR, ada.id)


async def deactivate_by_hand(connection: AsyncConnection, ada: Account) -> None:
    await connection.execute(update(User).where(User.id == ada.id).values(is_active=False))


async def forget_activity(connection: AsyncConnection, ada: Account) -> None:
    await connection.execute(update(User).where(User.id == ada.id).values(is_active=None))


async def new_password(connection: AsyncConnection, ada: Account) -> None:
    await administration.change_password(connection, session_of(ada), ada.id, HashedPassword("new"))


@pytest.mark.parametrize("change", [deactivate, deactivate_by_hand, forget_activity, new_password])
async def test_the_next_request_is_refused_after(
    database: Database,
    tokens: Tokens,
    change: Callable[[AsyncConnection, Account], Awaitable[None]],
) -> None:
    ada, pair = await signed_in(database, tokens)
    async with database.transaction() as connection:
        web = await sessions.open_web_session(connection, tokens, ada.as_principal())
    async with database.transaction() as connection:
        await change(connection, ada)

    assert not await is_let_in(database, tokens, pair)
    with pytest.raises(UnauthenticatedError):
        await sessions.refresh_session(database, tokens, pair.refresh_token, ACTOR)
    async with database.reading() as connection:
        with pytest.raises(UnauthenticatedError):
            await sessions.principal_from_web_session(connection, web.secret)


async def test_waking_an_account_does_not_wake_its_sessions(
    database: Database, tokens: Tokens
) -> None:
    ada, pair = await signed_in(database, tokens)
    for is_active in (False, True):
        async with database.transaction() as connection:
            changes = UserChanges(is_active=is_active)
            await administration.update_user(connection, OPERATOR, ada.id, changes)

    assert not await is_let_in(database, tokens, pair)


async def test_no_session_begins_for_an_account_that_ended(
    connection: AsyncConnection, tokens: Tokens
) -> None:
    ada = await add_person(connection, is_active=False)

    for principal in (ada.as_principal(), replace(ada.as_principal(), user_id=None)):
        with pytest.raises(InvalidCredentialsError):
            await sessions.open_session(connection, tokens, principal)


async def test_another_persons_token_cannot_lean_on_a_live_family(
    database: Database, tokens: Tokens
) -> None:
    _, pair = await signed_in(database, tokens)
    bob, _ = await signed_in(database, tokens)
    mixed = tokens.sign(AccessClaims(bob.id, tokens.read(pair.access_token).family))

    assert not await is_let_in(database, tokens, replace(pair, access_token=mixed))


async def test_a_web_session_serves_many_requests_and_cannot_be_refreshed(
    database: Database, tokens: Tokens
) -> None:
    ada, pair = await signed_in(database, tokens)
    async with database.transaction() as connection:
        web = await sessions.open_web_session(connection, tokens, ada.as_principal())

    async with database.reading() as connection:
        for _ in range(2):
            found = await sessions.principal_from_web_session(connection, web.secret)
            assert found == ada.as_principal()
        with pytest.raises(UnauthenticatedError):
            await sessions.principal_from_web_session(connection, pair.refresh_token)
    with pytest.raises(UnauthenticatedError):
        await sessions.refresh_session(database, tokens, web.secret, ACTOR)
    assert web.secret not in repr(web)


async def test_a_web_session_ends_at_sign_out(connection: AsyncConnection, tokens: Tokens) -> None:
    ada = await add_person(connection)
    web = await sessions.open_web_session(connection, tokens, ada.as_principal())

    await sessions.close_session(connection, web.secret, ACTOR)

    with pytest.raises(UnauthenticatedError, match="sign in again"):
        await sessions.principal_from_web_session(connection, web.secret)
