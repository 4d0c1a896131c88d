import json

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.engine import Database
from search_service.jobs import queue
from search_service.jobs.queue import NewJob, enqueue

pytestmark = pytest.mark.anyio


class GivenUpError(Exception):
    pass


async def test_a_job_is_there_once_the_transaction_commits(database: Database) -> None:
    async with database.transaction() as connection:
        await enqueue(connection, NewJob("read", {"id": 7}, priority=3))
        async with database.reading() as other:
            assert await queue.waiting(other) == 0
    async with database.reading() as connection:
        rows = (await connection.execute(text("SELECT * FROM pgqueuer"))).mappings().all()
    (row,) = rows
    assert (row["entrypoint"], row["priority"], str(row["status"])) == ("read", 3, "queued")
    assert json.loads(row["payload"]) == {"id": 7}


async def test_a_job_goes_with_the_transaction_that_rolls_back(database: Database) -> None:
    async def give_up() -> None:
        async with database.transaction() as connection:
            await enqueue(connection, NewJob("read"))
            raise GivenUpError

    with pytest.raises(GivenUpError):
        await give_up()
    async with database.reading() as connection:
        assert await queue.waiting(connection) == 0


async def test_of_two_jobs_with_one_key_the_first_stays(connection: AsyncConnection) -> None:
    first = await enqueue(connection, NewJob("read", {"n": 1}, dedupe_key="a"))
    assert first is not None
    assert await enqueue(connection, NewJob("read", {"n": 2}, dedupe_key="a")) is None
    assert await enqueue(connection, NewJob("read", {"n": 3}, dedupe_key="b")) is not None
    assert await queue.waiting(connection) == 2


async def test_a_delayed_job_is_not_yet_due(connection: AsyncConnection) -> None:
    await enqueue(connection, NewJob("read", delay_s=60))
    assert await queue.waiting(connection) == 1
    assert await queue.oldest_waiting_s(connection) == 0


async def test_a_job_that_nobody_waits_for_is_never_late(connection: AsyncConnection) -> None:
    late = "UPDATE pgqueuer SET execute_after = now() - interval '1 hour'"
    await enqueue(connection, NewJob("tidy up", priority=queue.BACKGROUND))
    await connection.exec_driver_sql(late)
    assert await queue.oldest_waiting_s(connection) == 0
    await enqueue(connection, NewJob("read"))
    await connection.exec_driver_sql(late)
    assert await queue.oldest_waiting_s(connection) == 3600


async def test_held_jobs_are_forgotten_after_their_time(connection: AsyncConnection) -> None:
    for age in ("1 day", "40 days"):
        await enqueue(connection, NewJob("read"))
        await connection.exec_driver_sql(
            f"UPDATE pgqueuer SET status = 'failed', updated = now() - interval '{age}'"
            " WHERE status = 'queued'"
        )
    assert await queue.forget(connection, older_than_days=30) == 1
