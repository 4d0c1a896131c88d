"""When a file's turn to be read comes: whoever has few files waiting is served first."""

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.jobs import progress
from search_service.jobs.queue import NewJob, enqueue

EXTRACT = "extract"
# Of files; the first few of a person go before the next few, those before the hundreds behind.
STEP = 10
FIRST = 9


async def start(
    connection: AsyncConnection, requested_by: int | None, material_id: int, ordinal: int
) -> int:
    """Note a new ingest and put it into the queue; give its id.

    A person's hundreds of files keep nobody waiting who brings a single one.
    """
    ahead = await progress.count_open(connection, requested_by) if requested_by else None
    job_id = await progress.create(connection, material_id, ordinal, requested_by)
    await enqueue(connection, extraction_of(job_id, priority_behind(ahead)))
    return job_id


def extraction_of(job_id: int, priority: int = 0) -> NewJob:
    """Give the queue's job for an ingest job; putting it in twice leaves one."""
    return NewJob(EXTRACT, {"job_id": job_id}, priority, dedupe_key=f"{EXTRACT}:{job_id}")


def priority_behind(ahead: int | None) -> int:
    """Give the priority of somebody's next file, `ahead` of whose are open: FIRST down to 0.

    None: nobody in particular asks, as on the command line, and nobody waits at a screen.
    """
    return 0 if ahead is None else max(0, FIRST - ahead // STEP)
