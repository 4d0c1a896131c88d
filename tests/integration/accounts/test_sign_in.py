"""Signing in with a password: what is let in, what is counted, and for how long one waits."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import select, update

from search_service.accounts import lockout
from search_service.accounts.lockout import purge_failures
from search_service.accounts.passwords import Passwords
from search_service.accounts.policy import Principal
from search_service.accounts.sessions import Credentials, authenticate_password
from search_service.accounts.users import Account
from search_service.audit.listing import EntryFilter, list_entries
from search_service.db.engine import Database
from search_service.db.enums import Role
from search_service.db.tables import LoginFailure, User
from search_service.errors import InvalidCredentialsError, TooManyRequestsError
from tests.integration.accounts.conftest import PASSWORD, add_person

pytestmark = pytest.mark.anyio
ADDRESS = "192.0.2.7"


async def person(database: Database, hashed_password: str, **traits: Any) -> Account:
    async with database.transaction() as connection:
        return await add_person(connection, hashed_password=hashed_password, **traits)


async def sign_in(
    database: Database,
    passwords: Passwords,
    email: str,
    password: str = PASSWORD,
    address: str = ADDRESS,
) -> Principal:
    return await authenticate_password(
        database, passwords, Credentials(email, password, address, "request-1")
    )


async def fail(
    database: Database, passwords: Passwords, email: str, address: str = ADDRESS
) -> None:
    with pytest.raises(InvalidCredentialsError):
        await sign_in(database, passwords, email, "wrong password", address)


async def failures(database: Database) -> dict[str, int]:
    async with database.reading() as connection:
        rows = await connection.execute(select(LoginFailure.subject, LoginFailure.failures))
        return {row.subject: row.failures for row in rows}


async def let_pass(database: Database, wait: timedelta) -> None:
    """Move every failure into the past."""
    async with database.transaction() as connection:
        await connection.execute(
            update(LoginFailure).values(
                last_failed_at=LoginFailure.last_failed_at - wait,
                blocked_until=LoginFailure.blocked_until - wait,
            )
        )


async def wait_of(database: Database, passwords: Passwords, email: str, address: str) -> int:
    with pytest.raises(TooManyRequestsError) as caught:
        await sign_in(database, passwords, email, PASSWORD, address)
    return caught.value.retry_after_s


async def test_the_right_password_gives_the_person(
    database: Database, passwords: Passwords, password_hash: str
) -> None:
    ada = await person(database, password_hash)

    principal = await sign_in(database, passwords, f"  {ada.email.upper()} ")

    assert principal == ada.as_principal()
    assert principal.role == Role.PMM
    assert principal.scopes is None


@pytest.mark.parametrize("role", ["PMM", "root", None])
async def test_an_unknown_role_lets_in_without_rights(
    database: Database, passwords: Passwords, password_hash: str, role: str | None
) -> None:
    ada = await person(database, password_hash, role=role)

    assert (await sign_in(database, passwords, ada.email)).role is None


async def test_wrong_unknown_and_inactive_are_answered_alike(
    database: Database, passwords: Passwords, password_hash: str
) -> None:
    ada = await person(database, password_hash)
    gone = await person(database, password_hash, is_active=False)
    unset = await person(database, password_hash, is_active=None)
    messages = set()

    for email, password in (
        (ada.email, "wrong password"),
        ("nobody@example.com", PASSWORD),
        ("no address\0", PASSWORD),
        (gone.email, PASSWORD),
        (unset.email, PASSWORD),
        (ada.email, "x" * 100_000),
    ):
        with pytest.raises(InvalidCredentialsError) as caught:
            await sign_in(database, passwords, email, password)
        messages.add(caught.value.message)

    assert len(messages) == 1


async def test_failures_stay_although_the_error_is_raised(
    database: Database, passwords: Passwords, password_hash: str
) -> None:
    ada = await person(database, password_hash)

    await fail(database, passwords, ada.email)
    await fail(database, passwords, "nobody@example.com")

    assert await failures(database) == {
        f"account:{ada.email}": 1,
        "account:nobody@example.com": 1,
        f"address:{ADDRESS}": 2,
    }


async def test_the_fifth_failure_locks_the_account_everywhere(
    database: Database, passwords: Passwords, password_hash: str
) -> None:
    ada = await person(database, password_hash)
    for number in range(5):
        await fail(database, passwords, ada.email, f"192.0.2.{number}")

    wait_s = await wait_of(database, passwords, ada.email, "198.51.100.1")

    assert 30 <= wait_s <= 32
    assert (await failures(database))[f"account:{ada.email}"] == 5


async def test_an_unknown_account_locks_as_a_known_one_does(
    database: Database, passwords: Passwords
) -> None:
    for _ in range(5):
        await fail(database, passwords, "nobody@example.com")

    assert 30 <= await wait_of(database, passwords, "Nobody@example.com", ADDRESS) <= 32


async def test_each_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(
    database: Database, passwords: Passwords, password_hash: str
) -> None:
    ada = await person(database, password_hash)
    waits = []
    for number in range(12):
        await fail(database, passwords, ada.email, f"192.0.2.{number}")
        if number >= 4:
            waits.append(await wait_of(database, passwords, ada.email, "198.51.100.1"))
            await let_pass(database, timedelta(seconds=waits[-1]))

    expected = [32, 64, 128, 256, 512, 900, 900, 900]
    assert all(want - 3 <= wait <= want for wait, want in zip(waits, expected, strict=True)), waits


async def test_an_attempt_during_the_wait_does_not_lengthen_it(
    database: Database, passwords: Passwords, password_hash: str
) -> None:
    ada = await person(database, password_hash)
    for _ in range(5):
        await fail(database, passwords, ada.email)

    for _ in range(3):
        assert await wait_of(database, passwords, ada.email, ADDRESS) <= 32
    assert await failures(database) == {f"account:{ada.email}": 5, f"address:{ADDRESS}": 5}


async def test_after_the_wait_the_right_password_clears_the_account(
    database: Database, passwords: Passwords, password_hash: str
) -> None:
    ada = await person(database, password_hash)
    for _ in range(5):
        await fail(database, passwords, ada.email)
    await let_pass(database, timedelta(seconds=33))

    await sign_in(database, passwords, ada.email)

    assert await failures(database) == {f"address:{ADDRESS}": 5}


async def test_an_address_that_guesses_at_many_accounts_is_locked(
    database: Database, passwords: Passwords, password_hash: str
) -> None:
    ada = await person(database, password_hash)
    for number in range(20):
        await fail(database, passwords, f"guess{number}@example.com")

    assert 25 <= await wait_of(database, passwords, ada.email, ADDRESS) <= 32
    await sign_in(database, passwords, ada.email, address="198.51.100.1")


async def test_an_own_account_does_not_excuse_an_address(
    database: Database, passwords: Passwords, password_hash: str
) -> None:
    ada = await person(database, password_hash)
    for number in range(4):
        await fail(database, passwords, f"guess{number}@example.com")
        await sign_in(database, passwords, ada.email)

    assert (await failures(database))[f"address:{ADDRESS}"] == 4


async def test_old_failures_are_forgotten(
    database: Database, passwords: Passwords, password_hash: str
) -> None:
    ada = await person(database, password_hash)
    for _ in range(4):
        await fail(database, passwords, ada.email)
    await let_pass(database, lockout.FORGOTTEN_AFTER + timedelta(seconds=1))

    await fail(database, passwords, ada.email)

    assert set((await failures(database)).values()) == {1}
    await let_pass(database, lockout.FORGOTTEN_AFTER + timedelta(seconds=1))
    async with database.transaction() as connection:
        assert await purge_failures(connection) == 2


async def test_guesses_at_once_do_not_outrun_the_count(
    database: Database, passwords: Passwords, password_hash: str
) -> None:
    ada = await person(database, password_hash)

    outcomes = await asyncio.gather(
        *(sign_in(database, passwords, ada.email, "wrong password") for _ in range(15)),
        return_exceptions=True,
    )

    kinds = [type(outcome) for outcome in outcomes]
    assert kinds.count(InvalidCredentialsError) == 5
    assert kinds.count(TooManyRequestsError) == 10


async def test_an_argon2_hash_is_replaced_at_sign_in(
    database: Database, passwords: Passwords
) -> None:
    argon2 = Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    ada = await person(database, argon2)

    await sign_in(database, passwords, ada.email)

    async with database.reading() as connection:
        stored = (await connection.execute(select(User.hashed_password))).scalar_one()
    assert stored.startswith("$2b$")
    await sign_in(database, passwords, ada.email)


async def test_a_better_hash_does_not_undo_a_password_set_meanwhile(
    database: Database, passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    argon2 = Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    ada = await person(database, argon2)
    compare = passwords.compare

    async def overtaken(password: str, stored: str | None) -> Any:
        async with database.transaction() as connection:
            await connection.execute(update(User).values(hashed_password="newer"))
        return await compare(password, stored)

    monkeypatch.setattr(passwords, "compare", overtaken)
    await sign_in(database, passwords, ada.email)

    async with database.reading() as connection:
        stored = (await connection.execute(select(User.hashed_password))).scalar_one()
    assert stored == "newer"


async def test_sign_ins_are_audited_without_what_was_typed(
    database: Database, passwords: Passwords, password_hash: str
) -> None:
    ada = await person(database, password_hash)
    await fail(database, passwords, ada.email)
    await fail(database, passwords, "MySecretPassword@typed-into.wrong-field")
    await sign_in(database, passwords, ada.email)

    async with database.reading() as connection:
        entries = (await list_entries(connection, EntryFilter())).entries
    assert [entry.action for entry in entries] == ["session.opened", "session.refused"]
    assert {(entry.actor_id, entry.address, entry.request_id) for entry in entries} == {
        (ada.id, ADDRESS, "request-1")
    }
    assert "wrong-field" not in repr(entries)


async def test_no_password_shows_in_credentials(database: Database) -> None:
    assert PASSWORD not in repr(Credentials("a@example.com", PASSWORD, ADDRESS))


async def test_no_connection_is_held_while_hashing(
    database: Database, passwords: Passwords, password_hash: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await person(database, password_hash)
    held: list[int] = []
    compare = passwords.compare

    async def watched(password: str, stored: str | None) -> Any:
        held.append(database.write.pool.checkedout())  # type: ignore[attr-defined] # a queue pool
        return await compare(password, stored)

    monkeypatch.setattr(passwords, "compare", watched)
    await sign_in(database, passwords, ada.email)

    assert held == [0]
