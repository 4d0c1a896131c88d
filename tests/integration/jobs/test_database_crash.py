"""The server killed under a working worker; the test has a server of its own."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from search_service.config import Settings
from search_service.db import embedded, migrate
from search_service.db.engine import Database, open_database
from search_service.jobs.queue import NewJob, enqueue
from search_service.jobs.worker import RunningJob, WorkerOptions, run_worker

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(110)]
JOBS = 12


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    embedded.release(tmp_path, os.environ.get("TEST_POSTGRES_BIN", ""))


def start(folder: Path) -> str:
    return embedded.start(folder, os.environ.get("TEST_POSTGRES_BIN", ""))


async def kill_server(database: Database) -> None:
    async with database.reading() as connection:
        data = Path(str(await connection.scalar(text("SHOW data_directory"))))
    numbers = await asyncio.to_thread((data / "postmaster.pid").read_text)
    os.kill(int(numbers.split("\n", 1)[0]), signal.SIGKILL)


async def test_every_job_is_done_though_the_server_dies_under_the_worker(folder: Path) -> None:
    url = await asyncio.to_thread(start, folder)
    await migrate.upgrade(url)
    database = open_database(Settings(), url)
    done: set[int] = set()
    some, every = asyncio.Event(), asyncio.Event()

    async def handle(job: RunningJob) -> None:
        async with database.transaction() as connection:
            await connection.execute(text("SELECT pg_sleep(0.2)"))
        done.add(job.payload["n"])
        some.set()
        if len(done) == JOBS:
            every.set()

    async with database.transaction() as connection:
        for number in range(JOBS):
            await enqueue(connection, NewJob("a", {"n": number}))
    stop = asyncio.Event()
    options = WorkerOptions(first_retry_s=0.2, grace_s=1)
    worker = asyncio.create_task(run_worker(url, {"a": handle}, stop, options))
    await asyncio.wait_for(some.wait(), 20)
    await kill_server(database)
    await asyncio.sleep(1)
    assert await asyncio.to_thread(start, folder) == url
    await asyncio.wait_for(every.wait(), 60)
    stop.set()
    await asyncio.wait_for(worker, 30)
    async with database.reading() as connection:
        left = await connection.execute(text("SELECT status::text FROM pgqueuer"))
        # What was done as the server died may be done once more; nothing is given up.
        assert set(left.scalars()) <= {"picked", "queued"}
    await database.close()
