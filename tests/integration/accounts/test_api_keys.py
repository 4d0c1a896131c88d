"""API keys: shown once, never more than their user, gone at once when they must be."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import administration, api_keys
from search_service.accounts.api_keys import CreatedKey, NewKey
from search_service.accounts.caller import Caller
from search_service.accounts.policy import SCOPES
from search_service.accounts.tokens import hash_of
from search_service.accounts.users import Account
from search_service.audit.listing import EntryFilter, list_entries
from search_service.db.engine import Database
from search_service.db.enums import Role
from search_service.db.tables import ApiKey, User
from search_service.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    UnauthenticatedError,
)
from tests.database import QueryCounter
from tests.integration.accounts.conftest import OPERATOR, add_person, session_of

pytestmark = pytest.mark.anyio


async def make_key(
    connection: AsyncConnection, owner: Account, *scopes: str, **traits: Any
) -> CreatedKey:
    wanted = {"name": "crm", "scopes": frozenset(scopes or {"search"}), **traits}
    return await api_keys.create_key(
        connection, session_of(owner), NewKey(user_id=owner.id, **wanted)
    )


async def test_a_key_acts_as_its_user_within_its_scopes(connection: AsyncConnection) -> None:
    ada = await add_person(connection, Role.PMM)
    key = await make_key(connection, ada, "search", "materials:read")

    holder = await api_keys.key_holder(connection, key.secret)

    assert holder.principal == ada.as_principal(frozenset({"search", "materials:read"}))
    assert (holder.key_id, holder.rate_class) == (key.facts.id, "standard")


async def test_the_secret_is_shown_once_and_stored_as_a_hash(connection: AsyncConnection) -> None:
    ada = await add_person(connection)
    key = await make_key(connection, ada)

    (row,) = (await connection.execute(select(ApiKey.__table__))).all()
    (listed,) = await api_keys.list_keys(connection, ada.id)
    (entry,) = (await list_entries(connection, EntryFilter())).entries

    assert key.secret.startswith(f"ssk_{listed.prefix}_")
    assert row.key_hash == hash_of(key.secret)
    assert listed == key.facts
    assert (entry.action, entry.actor_id) == ("api_key.created", ada.id)
    for shown in (row, listed, entry, key):
        assert key.secret not in repr(shown)


@pytest.mark.parametrize("key", ["", "ssk_", "ssk_ab12cd34_wrong", "\ud800", "x" * 10_000])
async def test_an_unknown_key_is_refused(connection: AsyncConnection, key: str) -> None:
    with pytest.raises(UnauthenticatedError, match="unknown"):
        await api_keys.key_holder(connection, key)


async def test_a_revoked_key_is_refused_at_once(connection: AsyncConnection) -> None:
    ada = await add_person(connection)
    key = await make_key(connection, ada)

    await api_keys.revoke_key(connection, session_of(ada), key.facts.id)
    await api_keys.revoke_key(connection, session_of(ada), key.facts.id)

    with pytest.raises(UnauthenticatedError):
        await api_keys.key_holder(connection, key.secret)
    (listed,) = await api_keys.list_keys(connection, ada.id)
    assert listed.revoked_at is not None
    actions = [entry.action for entry in (await list_entries(connection, EntryFilter())).entries]
    assert actions == ["api_key.revoked", "api_key.created"]


async def test_an_expired_key_is_refused(connection: AsyncConnection) -> None:
    ada = await add_person(connection)
    key = await make_key(connection, ada, expires_at=datetime.now(UTC) + timedelta(hours=1))
    await api_keys.key_holder(connection, key.secret)

    await connection.execute(update(ApiKey).values(expires_at=func.now() - timedelta(seconds=1)))

    with pytest.raises(UnauthenticatedError):
        await api_keys.key_holder(connection, key.secret)


async def test_deactivation_ends_keys_for_good(connection: AsyncConnection) -> None:
    ada = await add_person(connection)
    key = await make_key(connection, ada)

    await administration.deactivate_user(connection, OPERATOR, ada.id)
    with pytest.raises(UnauthenticatedError):
        await api_keys.key_holder(connection, key.secret)

    await administration.update_user(
        connection, OPERATOR, ada.id, administration.UserChanges(is_active=True)
    )
    with pytest.raises(UnauthenticatedError):
        await api_keys.key_holder(connection, key.secret)


@pytest.mark.parametrize("is_active", [False, None])
async def test_an_inactive_users_live_key_is_refused(
    connection: AsyncConnection, is_active: bool | None
) -> None:
    ada = await add_person(connection)
    key = await make_key(connection, ada)

    await connection.execute(update(User).values(is_active=is_active))

    with pytest.raises(UnauthenticatedError):
        await api_keys.key_holder(connection, key.secret)


async def test_the_users_present_role_counts(connection: AsyncConnection) -> None:
    boss = await add_person(connection, Role.ADMIN)
    key = await make_key(connection, boss, *SCOPES)

    await connection.execute(update(User).values(role="sales"))

    assert (await api_keys.key_holder(connection, key.secret)).principal.role == Role.SALES


async def test_a_scope_that_no_key_can_have_is_dropped(connection: AsyncConnection) -> None:
    ada = await add_person(connection, None)
    boss = await add_person(connection, Role.ADMIN)
    key = await make_key(connection, boss)
    tampered = update(ApiKey).values(scopes=["search", "guest", "everything"], user_id=ada.id)
    await connection.execute(tampered)

    holder = await api_keys.key_holder(connection, key.secret)

    assert holder.principal.scopes == frozenset({"search"})


async def test_the_last_use_is_noted_once_a_minute(
    connection: AsyncConnection, query_counter: QueryCounter
) -> None:
    ada = await add_person(connection)
    key = await make_key(connection, ada)

    async def uses() -> int:
        query_counter.reset()
        await api_keys.key_holder(connection, key.secret)
        return query_counter.count

    assert await uses() == 2  # read, note
    assert await uses() == 1
    (listed,) = await api_keys.list_keys(connection, ada.id)
    assert listed.last_used_at is not None
    await connection.execute(update(ApiKey).values(last_used_at=func.now() - timedelta(seconds=61)))
    assert await uses() == 2


async def test_requests_with_one_key_do_not_wait_for_each_other(database: Database) -> None:
    async with database.transaction() as connection:
        key = await make_key(connection, await add_person(connection))

    async with database.transaction() as first:
        await api_keys.key_holder(first, key.secret)  # holds the row until its end
        async with asyncio.timeout(10), database.transaction() as second:
            await api_keys.key_holder(second, key.secret)


@pytest.mark.parametrize(
    ("traits", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\0"}, "name"),
        ({"scopes": frozenset()}, "scopes"),
        ({"scopes": frozenset({"search", "root"})}, "scopes"),
        ({"scopes": frozenset({"guest"})}, "scopes"),
        ({"expires_at": datetime(2020, 1, 1, tzinfo=UTC)}, "expires_at"),
        ({"expires_at": datetime(2999, 1, 1)}, "expires_at"),  # noqa: DTZ001 - the case
        ({"rate_class": "Quite Fast"}, "rate_class"),
    ],
)
async def test_a_broken_key_is_refused(
    connection: AsyncConnection, traits: dict[str, Any], field: str
) -> None:
    ada = await add_person(connection)

    with pytest.raises(InvalidInputError) as caught:
        await make_key(connection, ada, **traits)
    assert caught.value.details == {"field": field}


async def test_a_key_gets_no_scope_beyond_its_users_role(connection: AsyncConnection) -> None:
    sales = await add_person(connection, Role.SALES)

    for caller in (session_of(sales), OPERATOR):
        with pytest.raises(ForbiddenError, match="admin"):
            await api_keys.create_key(
                connection,
                caller,
                NewKey(user_id=sales.id, name="x", scopes=frozenset({"search", "admin"})),
            )


async def test_a_key_cannot_make_keys_unless_it_administers(connection: AsyncConnection) -> None:
    boss = await add_person(connection, Role.ADMIN)
    reader = Caller(boss.as_principal(frozenset({"search", "materials:read"})))
    keeper = Caller(boss.as_principal(frozenset({"admin"})))
    search = NewKey(user_id=boss.id, name="x", scopes=frozenset({"search"}))

    with pytest.raises(ForbiddenError, match="administrator"):
        await api_keys.create_key(connection, reader, search)
    with pytest.raises(ForbiddenError, match="search"):
        await api_keys.create_key(connection, keeper, search)  # beyond its own scopes
    admin = NewKey(user_id=boss.id, name="x", scopes=frozenset({"admin"}))
    await api_keys.create_key(connection, keeper, admin)


async def test_nobody_elses_keys_are_made_or_ended(connection: AsyncConnection) -> None:
    ada, bob = await add_person(connection), await add_person(connection)
    key = await make_key(connection, ada)

    with pytest.raises(NotFoundError):
        await api_keys.revoke_key(connection, session_of(bob), key.facts.id)
    with pytest.raises(NotFoundError):
        await api_keys.revoke_key(connection, session_of(ada), 999_999)
    with pytest.raises(ForbiddenError):
        await api_keys.create_key(
            connection,
            session_of(bob),
            NewKey(user_id=ada.id, name="x", scopes=frozenset({"search"})),
        )
    await api_keys.revoke_key(connection, OPERATOR, key.facts.id)


async def test_only_administrators_give_another_rate_class(connection: AsyncConnection) -> None:
    ada = await add_person(connection)

    with pytest.raises(ForbiddenError, match="standard"):
        await make_key(connection, ada, rate_class="bulk")
    made = await api_keys.create_key(
        connection,
        OPERATOR,
        NewKey(user_id=ada.id, name="x", scopes=frozenset({"search"}), rate_class="bulk"),
    )
    assert made.facts.rate_class == "bulk"


async def test_keys_in_use_are_bounded(
    connection: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_keys, "KEYS_PER_USER", 2)
    ada = await add_person(connection)
    first = await make_key(connection, ada)
    await make_key(connection, ada)

    with pytest.raises(ConflictError, match="revoke"):
        await make_key(connection, ada)
    await api_keys.revoke_key(connection, session_of(ada), first.facts.id)
    await make_key(connection, ada)
