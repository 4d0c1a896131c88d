"""Asks for the search statistics to be counted anew after something was written."""

import time

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.jobs.queue import NewJob, enqueue

REFRESH_STATISTICS = "refresh_statistics"
PERIOD_S = 10


async def schedule_statistics(connection: AsyncConnection) -> None:
    """Put one job for each period of ten seconds, however many changes fall into it.

    It starts after its period, so that it sees every change that asked for it.
    """
    key = f"{REFRESH_STATISTICS}:{int(time.time()) // PERIOD_S}"
    job = NewJob(REFRESH_STATISTICS, priority=10, dedupe_key=key, delay_s=PERIOD_S)
    await enqueue(connection, job)
