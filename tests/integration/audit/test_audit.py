"""The audit log on PostgreSQL: written, listed, never changed, free of secrets."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.audit.entries import REMOVED, Actor, Entry, record
from search_service.audit.listing import EntryFilter, EntryPage, list_entries
from search_service.db.enums import MaterialStatus
from search_service.db.tables import AuditLog
from search_service.errors import InvalidCursorError, InvalidInputError

pytestmark = pytest.mark.anyio

ADA = Actor(1, "ada@example.com", "192.0.2.7", "request-1")


async def all_entries(connection: AsyncConnection, **wanted: Any) -> EntryPage:
    return await list_entries(connection, EntryFilter(**wanted))


async def test_an_entry_says_who_did_what_to_what_from_where(connection: AsyncConnection) -> None:
    before, after = {"status": MaterialStatus.DRAFT}, {"status": MaterialStatus.REVIEW}

    await record(connection, Entry(ADA, "material.changed", "material", 7, before, after))

    (entry,) = (await all_entries(connection)).entries
    assert (entry.actor_id, entry.actor_email) == (1, "ada@example.com")
    assert (entry.address, entry.request_id) == ("192.0.2.7", "request-1")
    assert (entry.action, entry.object_type, entry.object_id) == (
        "material.changed",
        "material",
        "7",
    )
    assert (entry.before, entry.after) == ({"status": "DRAFT"}, {"status": "REVIEW"})


async def test_what_is_not_given_is_null_in_the_table(connection: AsyncConnection) -> None:
    await record(connection, Entry(Actor(), "index.rebuilt"))

    nulls = text("SELECT count(*) FROM audit_logs WHERE before IS NULL AND after IS NULL")
    assert (await connection.execute(nulls)).scalar_one() == 1


@pytest.mark.parametrize(
    "statement",
    [
        update(AuditLog).values(action="nothing.happened"),
        delete(AuditLog),
        text("UPDATE audit_logs_default SET action = 'nothing.happened'"),
        text("DELETE FROM audit_logs_default"),
    ],
    ids=["update", "delete", "update of the partition", "delete from the partition"],
)
async def test_entries_can_be_neither_changed_nor_deleted(
    connection: AsyncConnection, statement: Any
) -> None:
    await record(connection, Entry(ADA, "material.deleted", "material", 7))

    with pytest.raises(DBAPIError, match="append-only"):
        async with connection.begin_nested():
            await connection.execute(statement)

    (entry,) = (await all_entries(connection)).entries
    assert entry.action == "material.deleted"


async def test_an_entry_goes_with_the_transaction_of_its_deed(connection: AsyncConnection) -> None:
    savepoint = await connection.begin_nested()
    await record(connection, Entry(ADA, "material.deleted", "material", 7))
    await savepoint.rollback()

    assert (await all_entries(connection)).entries == ()


async def test_secrets_are_removed_by_name_and_by_form(connection: AsyncConnection) -> None:
    after = {
        "password": "hunter2hunter2",
        "hashed_password": "x",
        "newPassword": "x",
        "nested": [{"refresh_token": "x", "key_hash": "x"}],
        "note": "use ssk_ab12cd34_" + "s" * 43 + " please",
        "jwt": "eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl",
        "hash": "$2b$12$" + "a" * 53,
        "keywords": ["token ring"],
        "content_hash": "abc",
    }

    await record(connection, Entry(ADA, "user.changed", "user", 1, None, after))

    (entry,) = (await all_entries(connection)).entries
    assert entry.after == {
        "password": REMOVED,
        "hashed_password": REMOVED,
        "newPassword": REMOVED,
        "nested": [{"refresh_token": REMOVED, "key_hash": REMOVED}],
        "note": f"use {REMOVED} please",
        "jwt": REMOVED,
        "hash": REMOVED,
        "keywords": ["token ring"],
        "content_hash": "abc",
    }


async def test_whatever_a_value_is_it_can_be_stored(connection: AsyncConnection) -> None:
    moment = datetime(2030, 1, 31, tzinfo=UTC)
    values = {
        "nul\0": "a\0b",
        "half": "\ud800",
        "nan": float("nan"),
        "moment": moment,
        "day": date(2030, 1, 31),
        "set": {"b", "a"},
        "number": 2**70,
        "none": None,
        "true": True,
    }
    sender = Actor(1, "a" * 400 + "\0", "x" * 100, "\ud800" * 100)

    await record(connection, Entry(sender, "user.changed", "user", "y" * 200, values))

    (entry,) = (await all_entries(connection)).entries
    assert entry.before == {
        "nul": "ab",
        "half": "?",
        "nan": None,
        "moment": "2030-01-31T00:00:00+00:00",
        "day": "2030-01-31",
        "set": ["a", "b"],
        "number": 2**70,
        "none": None,
        "true": True,
    }
    assert entry.object_id == "y" * 100


async def test_pages_run_newest_first_and_miss_nothing(connection: AsyncConnection) -> None:
    # All in one transaction, so that most share their time.
    for number in range(5):
        await record(connection, Entry(ADA, "material.changed", "material", number))
    old = {"action": "material.created", "logged_at": datetime.now(UTC) - timedelta(days=400)}
    await connection.execute(insert(AuditLog), old)

    pages, cursor = [], None
    while True:
        page = await list_entries(connection, EntryFilter(limit=2), cursor)
        pages.append([entry.object_id for entry in page.entries])
        cursor = page.next_cursor
        if cursor is None:
            break

    assert pages == [["4", "3"], ["2", "1"], ["0", None]]


async def test_filters_are_combined(connection: AsyncConnection) -> None:
    bob = Actor(2, "bob@example.com")
    await record(connection, Entry(ADA, "material.changed", "material", 1))
    await record(connection, Entry(bob, "material.changed", "material", 2))
    await record(connection, Entry(bob, "user.changed", "user", 2))
    now = datetime.now(UTC)

    async def found(**wanted: Any) -> int:
        return len((await all_entries(connection, **wanted)).entries)

    assert await found(actor_id=2) == 2
    assert await found(actor_id=2, action="material.changed") == 1
    assert await found(object_type="material", object_id="1") == 1
    assert await found(object_id="a\0b") == 0
    assert await found(since=now - timedelta(hours=1), until=now + timedelta(hours=1)) == 3
    assert await found(until=now - timedelta(hours=1)) == 0


@pytest.mark.parametrize(
    "cursor", ["", "x", "é", "AAAA", "f39/f39/f39/f39/f39/fw==", "_" * 24, "A" * 4000]
)
async def test_a_foreign_cursor_is_refused(connection: AsyncConnection, cursor: str) -> None:
    with pytest.raises(InvalidCursorError, match="without a cursor"):
        await list_entries(connection, EntryFilter(), cursor)


@pytest.mark.parametrize("limit", [0, -1, 201])
async def test_a_page_is_bounded(connection: AsyncConnection, limit: int) -> None:
    with pytest.raises(InvalidInputError, match="1 to 200"):
        await list_entries(connection, EntryFilter(limit=limit))
