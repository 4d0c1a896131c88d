"""Making, changing and ending accounts: who may, what is audited, and who must remain."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import administration, policy
from search_service.accounts.administration import NewUser, UserChanges
from search_service.accounts.caller import Caller
from search_service.accounts.passwords import HashedPassword
from search_service.accounts.users import (
    UserFilter,
    count_users,
    find_user,
    get_user,
    list_users,
)
from search_service.audit.listing import EntryFilter, LoggedEntry, list_entries
from search_service.db.engine import Database
from search_service.db.enums import Role
from search_service.db.tables import User
from search_service.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from tests.integration.accounts.conftest import OPERATOR, add_person, session_of

pytestmark = pytest.mark.anyio
HASH = HashedPassword("$2b$04$" + "h" * 53)


def new_user(email: str = "Ada@Example.com", role: Role = Role.SALES) -> NewUser:
    return NewUser(email=email, full_name=" Ada Example ", hashed_password=HASH, role=role)


async def entries(connection: AsyncConnection) -> tuple[LoggedEntry, ...]:
    return (await list_entries(connection, EntryFilter())).entries


async def test_an_account_is_made_as_it_will_be_found(connection: AsyncConnection) -> None:
    made = await administration.create_user(connection, OPERATOR, new_user())

    assert (made.email, made.full_name, made.role) == (
        "ada@example.com",
        "Ada Example",
        Role.SALES,
    )
    assert made.is_active
    assert not made.is_superuser
    assert await find_user(connection, " ADA@example.com") == made
    assert await find_user(connection, "no address\0") is None
    assert await count_users(connection) == 1
    (entry,) = await entries(connection)
    assert (entry.action, entry.object_id) == ("user.created", str(made.id))
    assert entry.actor_email == "Local administrator"
    assert HASH not in repr(entry)
    assert HASH not in repr(new_user())


async def test_an_address_is_taken_in_any_spelling(connection: AsyncConnection) -> None:
    await administration.create_user(connection, OPERATOR, new_user())

    with pytest.raises(ConflictError, match="already"):
        await administration.create_user(connection, OPERATOR, new_user(" ADA@EXAMPLE.COM"))
    assert await count_users(connection) == 1  # and the transaction goes on


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "ada"}, "email"),
        ({"full_name": "  "}, "full_name"),
        ({"full_name": "a\0"}, "full_name"),
    ],
)
async def test_a_broken_account_is_refused(
    connection: AsyncConnection, changes: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        await administration.create_user(connection, OPERATOR, replace(new_user(), **changes))  # type: ignore[arg-type] # only its texts
    assert caught.value.details == {"field": field}


@pytest.mark.parametrize("role", [None, Role.SALES, Role.PMM])
async def test_only_administrators_make_and_change_accounts(
    connection: AsyncConnection, role: Role | None
) -> None:
    caller = session_of(await add_person(connection, role))
    other = await add_person(connection)

    with pytest.raises(ForbiddenError):
        await administration.create_user(connection, caller, new_user())
    for changes in (UserChanges(role=Role.ADMIN), UserChanges(full_name="X")):
        with pytest.raises(ForbiddenError):
            await administration.update_user(connection, caller, other.id, changes)
    with pytest.raises(ForbiddenError):
        await administration.change_password(connection, caller, other.id, HASH)
    with pytest.raises(ForbiddenError):
        await administration.deactivate_user(connection, caller, other.id)


async def test_people_change_their_own_name_and_password_and_nothing_else(
    connection: AsyncConnection,
) -> None:
    ada = await add_person(connection, Role.SALES)
    caller = session_of(ada)

    changed = await administration.update_user(
        connection, caller, ada.id, UserChanges(full_name="Ada Byron")
    )
    await administration.change_password(connection, caller, ada.id, HASH)

    assert changed.full_name == "Ada Byron"
    stored = await connection.execute(select(User.hashed_password).where(User.id == ada.id))
    assert stored.scalar_one() == HASH
    for changes in (
        UserChanges(role=Role.ADMIN),
        UserChanges(is_superuser=True),
        UserChanges(full_name="X", is_active=True),
    ):
        with pytest.raises(ForbiddenError):
            await administration.update_user(connection, caller, ada.id, changes)


async def test_a_key_changes_neither_name_nor_password(connection: AsyncConnection) -> None:
    ada = await add_person(connection, Role.PMM)
    caller = Caller(ada.as_principal(frozenset(policy.SCOPES)))

    with pytest.raises(ForbiddenError):
        await administration.change_password(connection, caller, ada.id, HASH)
    with pytest.raises(ForbiddenError):
        await administration.update_user(
            connection, caller, ada.id, UserChanges(full_name="Ada Byron")
        )


async def test_a_change_is_audited_with_what_differs(connection: AsyncConnection) -> None:
    boss = await add_person(connection, Role.ADMIN)
    ada = await add_person(connection, Role.SALES)
    changes = UserChanges(role=Role.PMM, full_name=ada.full_name)

    await administration.update_user(connection, session_of(boss), ada.id, changes)
    await administration.update_user(connection, session_of(boss), ada.id, changes)
    await administration.deactivate_user(connection, session_of(boss), ada.id)

    ended, changed = await entries(connection)  # the second time, nothing changed
    assert (changed.action, changed.before, changed.after) == (
        "user.changed",
        {"role": "sales"},
        {"role": "pmm"},
    )
    assert (ended.action, ended.after) == ("user.deactivated", {"is_active": False})
    assert (ended.actor_id, ended.address, ended.request_id) == (boss.id, "192.0.2.7", "request-1")


@pytest.mark.parametrize(
    "changes",
    [UserChanges(is_active=False), UserChanges(role=Role.SALES, is_superuser=False)],
    ids=["deactivated", "demoted"],
)
async def test_the_last_administrator_remains(
    connection: AsyncConnection, changes: UserChanges
) -> None:
    boss = await add_person(connection, Role.ADMIN)
    await add_person(connection, Role.ADMIN, is_active=False)

    with pytest.raises(ConflictError, match="only active administrator"):
        async with connection.begin_nested():
            await administration.update_user(connection, session_of(boss), boss.id, changes)

    deputy = await add_person(connection, Role.ADMIN)
    await administration.update_user(connection, session_of(deputy), boss.id, changes)


async def test_a_demoted_superuser_still_is_an_administrator(connection: AsyncConnection) -> None:
    boss = await add_person(connection, Role.ADMIN)
    await connection.execute(update(User).where(User.id == boss.id).values(is_superuser=True))

    changed = await administration.update_user(
        connection, OPERATOR, boss.id, UserChanges(role=Role.SALES)
    )

    assert policy.is_admin(changed.as_principal())


async def test_two_administrators_cannot_end_each_other(database: Database) -> None:
    async with database.transaction() as connection:
        people = [await add_person(connection, Role.ADMIN) for _ in range(2)]

    async def end(caller_index: int) -> None:
        async with database.transaction() as connection:
            caller = session_of(people[caller_index])
            await administration.deactivate_user(connection, caller, people[1 - caller_index].id)

    outcomes = await asyncio.gather(end(0), end(1), return_exceptions=True)

    assert sorted(str(type(outcome).__name__) for outcome in outcomes) == [
        "ConflictError",
        "NoneType",
    ]


async def test_an_unknown_account_is_not_found(connection: AsyncConnection) -> None:
    for attempt in (
        get_user(connection, 999),
        administration.deactivate_user(connection, OPERATOR, 999),
        administration.change_password(connection, OPERATOR, 999, HASH),
    ):
        with pytest.raises(NotFoundError, match="999"):
            await attempt


async def test_accounts_are_listed_by_page_and_filter(connection: AsyncConnection) -> None:
    people = [
        await add_person(connection, role, is_active=is_active)
        for role, is_active in ((Role.PMM, True), (Role.SALES, False), ("chief", None))
    ]
    ids = [person.id for person in people]

    async def found(wanted: UserFilter) -> list[int]:
        return [account.id for account in await list_users(connection, wanted)]

    assert await found(UserFilter()) == ids
    assert await found(UserFilter(limit=2)) == ids[:2]
    assert await found(UserFilter(after_id=ids[1])) == ids[2:]
    assert await found(UserFilter(is_active=True)) == ids[:1]
    assert await found(UserFilter(is_active=False)) == ids[1:]
    assert await found(UserFilter(role=Role.SALES)) == [ids[1]]
    assert people[2].role is None
    with pytest.raises(InvalidInputError, match="1 to 200"):
        await list_users(connection, UserFilter(limit=1000))
