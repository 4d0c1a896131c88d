import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from search_service.db.enums import JobState, MaterialStatus
from search_service.ingest.handlers import handlers_of, requeue_open
from search_service.jobs.worker import WorkerOptions, run_worker
from tests.integration.ingest import files, worker_process
from tests.integration.ingest.conftest import Service

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(110)]


@asynccontextmanager
async def worker(service: Service, url: str, options: WorkerOptions) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(run_worker(url, handlers_of(service.workshop), stop, options))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 40)


async def ended(service: Service, job_id: int | None, timeout_s: float = 60) -> JobState:
    async with asyncio.timeout(timeout_s):
        while not (job := await service.job(job_id)).state.is_final:  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.1)
    return job.state


async def test_uploads_are_read_by_the_worker(service: Service, database_url: str) -> None:
    pmm = await service.person()
    on_connected = partial(requeue_open, service.database)
    async with worker(service, database_url, WorkerOptions(on_connected=on_connected)):
        deck = await service.accept(pmm, files.deck(), status=MaterialStatus.PUBLISHED)
        sheet = await service.accept(pmm, files.datasheet(), "sheet.pdf")
        broken = await service.accept(pmm, b"%PDF-1.7 broken", "broken.pdf")
        states = [await ended(service, each.job_id) for each in (deck, sheet, broken)]
    assert states == [JobState.DONE, JobState.DONE, JobState.REFUSED]
    assert len(await service.rows("material_pages")) == 7


async def test_a_worker_killed_on_the_way_loses_and_doubles_nothing(
    service: Service, database_url: str, tmp_path: Path
) -> None:
    pmm = await service.person()
    accepted = await service.accept(pmm, files.deck())
    marker = tmp_path / "read"
    victim = await asyncio.create_subprocess_exec(
        sys.executable, "-m", worker_process.__name__, database_url, service.store.root, marker
    )
    try:
        async with asyncio.timeout(60):
            while not marker.exists():
                assert victim.returncode is None
                await asyncio.sleep(0.1)
    finally:
        victim.send_signal(signal.SIGKILL)
        await victim.wait()
    assert (await service.job(accepted.job_id)).state is JobState.INDEXING
    assert await service.rows("material_pages") == []
    options = WorkerOptions(heartbeat_timeout=timedelta(seconds=3))
    async with worker(service, database_url, options):
        assert await ended(service, accepted.job_id, 45) is JobState.DONE
    assert len(await service.rows("material_pages")) == 3
    assert len(await service.rows("passages")) == 4
    assert (await service.job(accepted.job_id)).attempts == 2
