"""Stopping the queue, ending what runs, and reading once more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from search_service.accounts.caller import Caller
from search_service.audit.listing import EntryFilter, list_entries
from search_service.db.enums import JobState, MaterialStatus, Role
from search_service.errors import ConflictError, ForbiddenError
from search_service.ingest import controlling, handlers
from search_service.ingest.upload import Upload
from search_service.jobs import progress
from search_service.jobs.worker import WorkerOptions, run_worker
from tests.integration.extractors.conftest import TEDIOUS
from tests.integration.extractors.pdfs import shown, write_streams
from tests.integration.extractors.processes import readers
from tests.integration.ingest import files
from tests.integration.ingest.conftest import Service
from tests.integration.ingest.test_worker import ended

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(90)]


@asynccontextmanager
async def working(service: Service, url: str) -> AsyncIterator[None]:
    stop = asyncio.Event()
    given = handlers.handlers_of(service.workshop)
    worker = asyncio.create_task(run_worker(url, given, stop, WorkerOptions(grace_s=1)))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(worker, 30)


async def pause(service: Service, caller: Caller, *, everybody: bool = False) -> None:
    async with service.database.transaction() as connection:
        await controlling.pause(connection, caller, everybody=everybody)


async def resume(service: Service, caller: Caller, *, everybody: bool = False) -> None:
    async with service.database.transaction() as connection:
        await controlling.resume(connection, caller, everybody=everybody)


async def in_queue(service: Service) -> int:
    async with service.database.reading() as connection:
        return int(await connection.scalar(text("SELECT count(*) FROM pgqueuer")) or 0)


async def actions(service: Service) -> list[str]:
    async with service.database.reading() as connection:
        found = await connection.execute(
            text("SELECT action FROM audit_logs WHERE object_type = 'queue' ORDER BY id")
        )
        return list(found.scalars())


async def test_a_cancelled_job_lets_go_of_its_reader_at_once(
    service: Service, tmp_path: Path
) -> None:
    pmm = await service.person()
    slow = write_streams(tmp_path / "slow.pdf", shown("first"), *[TEDIOUS] * 3).read_bytes()
    accepted = await service.accept(pmm, slow, "slow.pdf")
    assert accepted.job_id is not None
    work = asyncio.create_task(service.work(accepted.job_id))
    async with asyncio.timeout(20):
        while (await service.job(accepted.job_id)).pages_done < 1:  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.05)
    assert readers()
    async with service.database.transaction() as connection:
        await progress.cancel(connection, accepted.job_id)
    await asyncio.wait_for(work, 2)
    assert not readers()
    assert (await service.job(accepted.job_id)).state is JobState.CANCELLED
    assert await service.rows("material_pages") == []


async def test_who_cancelled_what_is_in_the_audit_log(service: Service) -> None:
    pmm = await service.person()
    accepted = await service.accept(pmm, files.deck())
    job = await service.job(accepted.job_id)
    async with service.database.transaction() as connection:
        await controlling.cancel(connection, pmm, job)
    wanted = EntryFilter(action="material.cancel_extraction")
    async with service.database.reading() as connection:
        (entry,) = (await list_entries(connection, wanted)).entries
    assert (entry.actor_id, entry.object_id) == (pmm.principal.user_id, str(job.material_id))
    assert entry.after == {"version": 1, "job": job.id}


async def test_a_pause_holds_back_ones_own_files_until_it_ends(
    service: Service, database_url: str
) -> None:
    pmm, colleague = await service.person(), await service.person()
    await pause(service, pmm)
    await pause(service, pmm)
    mine = await service.accept(pmm, files.deck())
    theirs = await service.accept(colleague, files.datasheet(), "sheet.pdf")
    async with working(service, database_url):
        assert await ended(service, theirs.job_id) is JobState.DONE
        async with asyncio.timeout(20):
            while await in_queue(service) > 1:  # noqa: ASYNC110 - the count of statistics waits
                await asyncio.sleep(0.05)
        assert (await service.job(mine.job_id)).state is JobState.QUEUED
        await resume(service, pmm)
        assert await ended(service, mine.job_id) is JobState.DONE
    assert (await service.job(mine.job_id)).attempts == 1
    assert await actions(service) == ["queue.pause", "queue.resume"]


async def test_an_administrator_pauses_everybody(service: Service) -> None:
    pmm, admin = await service.person(), await service.person(Role.ADMIN)
    sales = await service.person(Role.SALES)
    with pytest.raises(ForbiddenError):
        await pause(service, pmm, everybody=True)
    with pytest.raises(ForbiddenError):
        await pause(service, sales)
    await pause(service, admin, everybody=True)
    await pause(service, pmm)
    accepted = await service.accept(pmm, files.deck())
    for ending in (pmm, admin):
        await service.work(accepted.job_id)
        assert (await service.job(accepted.job_id)).state is JobState.QUEUED
        assert await in_queue(service) == 0
        # A worker that starts puts it back, and takes it out again.
        await handlers.requeue_open(service.database)
        await service.work(accepted.job_id)
        await resume(service, ending, everybody=ending is admin)
    assert await in_queue(service) == 1
    await service.work(accepted.job_id)
    assert (await service.job(accepted.job_id)).state is JobState.DONE


async def test_an_administrator_lets_go_on_what_somebody_paused_who_left(service: Service) -> None:
    gone, admin = await service.person(), await service.person(Role.ADMIN)
    await pause(service, gone)
    accepted = await service.accept(gone, files.deck())
    await service.work(accepted.job_id)
    assert await in_queue(service) == 0
    async with service.database.reading() as connection:
        assert (await controlling.look(connection, admin.principal)).paused_people == 1
    await resume(service, admin, everybody=True)
    assert await in_queue(service) == 1
    await service.work(accepted.job_id)
    assert (await service.job(accepted.job_id)).state is JobState.DONE
    assert await actions(service) == ["queue.pause", "queue.resume"]


async def test_the_state_of_the_queue_counts_what_has_not_ended(service: Service) -> None:
    pmm, colleague = await service.person(), await service.person()
    await service.accept(pmm, files.deck())
    await service.accept(colleague, files.datasheet(), "sheet.pdf")
    await pause(service, pmm)
    async with service.database.reading() as connection:
        state = await controlling.look(connection, pmm.principal)
        theirs = await controlling.look(connection, colleague.principal)
    assert (state.paused_for_all, state.paused_for_me) == (False, True)
    assert (dict(state.open_jobs), state.own_jobs) == ({JobState.QUEUED: 2}, 1)
    assert not theirs.paused_for_me


async def test_a_refused_version_is_read_once_more(service: Service) -> None:
    pmm = await service.person()
    accepted = await service.accept(pmm, b"%PDF-1.7 broken", "broken.pdf")
    await service.work(accepted.job_id)
    again = await retry(service, pmm, accepted.job_id)
    assert again != accepted.job_id
    # Asked once more while that is open, it is the same.
    assert await retry(service, pmm, accepted.job_id) == again
    with pytest.raises(ConflictError, match="not over"):
        await retry(service, pmm, again)
    await service.work(again)
    assert (await service.job(again)).state is JobState.REFUSED


async def test_a_version_that_was_superseded_is_not_read_again(service: Service) -> None:
    pmm, colleague = await service.person(), await service.person()
    first = await service.accept(pmm, files.deck(), status=MaterialStatus.PUBLISHED)
    await service.work(first.job_id)
    second = await service.accept_version(pmm, first.material_id, files.datasheet())
    await service.work(second.job_id)
    with pytest.raises(ConflictError, match="restore"):
        await retry(service, pmm, first.job_id)
    with pytest.raises(ForbiddenError):
        await retry(service, colleague, second.job_id)


async def retry(service: Service, caller: Caller, job_id: int | None) -> int:
    job = await service.job(job_id)
    async with service.database.transaction() as connection:
        return await controlling.retry(connection, caller, job)


async def test_whoever_brings_few_files_is_served_before_the_many(service: Service) -> None:
    pmm, colleague = await service.person(), await service.person()
    async with service.database.transaction() as connection:
        for _ in range(25):
            await progress.create(connection, 1, 1, pmm.principal.user_id)
    intake = replace(service.intake, queue_limit=100)
    many = await intake.accept(pmm, Upload("a.pptx", files.stream(files.deck())))
    few = await intake.accept(colleague, Upload("b.pdf", files.stream(files.datasheet())))
    async with service.database.reading() as connection:
        found = await connection.execute(
            text("SELECT dedupe_key FROM pgqueuer ORDER BY priority DESC, id")
        )
        order = [key for key in found.scalars() if key]
    assert order.index(f"extract:{few.job_id}") < order.index(f"extract:{many.job_id}")
