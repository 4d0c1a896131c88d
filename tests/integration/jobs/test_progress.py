import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.enums import JobState
from search_service.errors import ConflictError, NotFoundError
from search_service.jobs import progress
from search_service.jobs.progress import JobFilter, Outcome

pytestmark = pytest.mark.anyio


async def test_a_job_goes_from_queued_to_done(connection: AsyncConnection) -> None:
    job_id = await progress.create(connection, 1, 1, requested_by=5)
    assert (await progress.get(connection, job_id)).state is JobState.QUEUED
    started = await progress.start(connection, job_id)
    assert started is not None
    assert (started.state, started.attempts) == (JobState.EXTRACTING, 1)
    assert started.started_at is not None
    assert await progress.set_pages(connection, job_id, 3, 10)
    assert await progress.set_indexing(connection, job_id, 10, 10)
    assert await progress.finish(connection, job_id, Outcome(JobState.DONE))
    done = await progress.get(connection, job_id)
    assert (done.state, done.pages_done, done.pages_total) == (JobState.DONE, 10, 10)
    assert done.finished_at is not None


async def test_what_has_ended_is_neither_started_nor_changed(connection: AsyncConnection) -> None:
    job_id = await progress.create(connection, 1, 1, None)
    await progress.finish(connection, job_id, Outcome(JobState.REFUSED, "damaged", "Broken."))
    assert await progress.start(connection, job_id) is None
    assert not await progress.set_pages(connection, job_id, 1, 1)
    assert not await progress.finish(connection, job_id, Outcome(JobState.DONE))
    job = await progress.get(connection, job_id)
    assert (job.state, job.code, job.message) == (JobState.REFUSED, "damaged", "Broken.")


async def test_a_cancelled_job_has_ended(connection: AsyncConnection) -> None:
    job_id = await progress.create(connection, 1, 1, None)
    await progress.start(connection, job_id)
    assert (await progress.cancel(connection, job_id)).state is JobState.CANCELLED
    assert not await progress.set_pages(connection, job_id, 1, 1)
    with pytest.raises(ConflictError):
        await progress.cancel(connection, job_id)


async def test_an_unknown_job_is_not_found(connection: AsyncConnection) -> None:
    with pytest.raises(NotFoundError):
        await progress.get(connection, 4711)
    with pytest.raises(NotFoundError):
        await progress.cancel(connection, 4711)
    assert await progress.start(connection, 4711) is None


async def test_jobs_are_listed_newest_first_by_filter(connection: AsyncConnection) -> None:
    a = await progress.create(connection, 1, 1, requested_by=5)
    b = await progress.create(connection, 2, 1, requested_by=6)
    c = await progress.create(connection, 1, 2, requested_by=5)
    await progress.finish(connection, a, Outcome(JobState.DONE))

    async def ids(wanted: JobFilter) -> list[int]:
        return [job.id for job in await progress.find(connection, wanted)]

    assert await ids(JobFilter()) == [c, b, a]
    assert await ids(JobFilter(material_id=1)) == [c, a]
    assert await ids(JobFilter(requested_by=6)) == [b]
    assert await ids(JobFilter(states=(JobState.QUEUED,))) == [c, b]
    assert await ids(JobFilter(before_id=c, limit=1)) == [b]
    assert await progress.count_open(connection) == 2
    assert [job.id for job in await progress.open_jobs(connection)] == [b, c]


async def test_each_material_has_its_newest_job_however_many_others_had(
    connection: AsyncConnection,
) -> None:
    seldom = await progress.create(connection, 2, 1, None)
    often = [await progress.create(connection, 1, 1, None) for _ in range(250)]
    newest = await progress.latest_of(connection, (1, 2, 3))
    assert {key: job.id for key, job in newest.items()} == {1: often[-1], 2: seldom}
    assert await progress.latest_of(connection, ()) == {}


async def test_a_materials_open_jobs_end_together(connection: AsyncConnection) -> None:
    mine = await progress.create(connection, 1, 1, None)
    other = await progress.create(connection, 2, 1, None)
    assert await progress.cancel_open(connection, 1) == 1
    assert (await progress.get(connection, mine)).state is JobState.CANCELLED
    assert (await progress.get(connection, other)).state is JobState.QUEUED
