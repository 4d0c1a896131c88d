"""Puts jobs into pgqueuer's table inside the caller's transaction, and counts them.

A job's name and payload are the caller's business; who works it off stands in `jobs.worker`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any

from pgqueuer.adapters.persistence.qb import QueryQueueBuilder
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# Below 0: nobody waits for it, and that it is late says nothing of the service.
BACKGROUND = -1

_PRESENT = text(
    "SELECT dedupe_key FROM pgqueuer"
    " WHERE dedupe_key = ANY(CAST(:keys AS text[])) AND status IN ('queued', 'picked')"
)
_FORGET_LOG = text("DELETE FROM pgqueuer_log WHERE created < now() - CAST(:age AS interval)")
_FORGET_HELD = text(
    "DELETE FROM pgqueuer WHERE status = 'failed' AND updated < now() - CAST(:age AS interval)"
)


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to be done; of two waiting jobs with one `dedupe_key` only the first is kept."""

    name: str
    payload: dict[str, Any] = field(default_factory=dict)
    priority: int = 0
    """The higher, the sooner."""
    dedupe_key: str | None = None
    delay_s: float = 0


async def enqueue(connection: AsyncConnection, job: NewJob) -> int | None:
    """Put a job into the queue when the caller's transaction commits; give the queue's id.

    None: a job of this `dedupe_key` waits or runs already.
    """
    # pgqueuer's own statement, so that its next release brings its own. Not through its driver:
    # that would use the raw asyncpg connection, where SQLAlchemy, which begins a transaction with
    # its first statement, may not have begun one, and the job would be committed at once.
    result = await connection.exec_driver_sql(
        _enqueue_statement(),
        (
            [job.priority],
            [job.name],
            [json.dumps(job.payload).encode()],
            [timedelta(seconds=job.delay_s)],
            [job.dedupe_key],
            ["null"],
        ),
    )
    row = result.one_or_none()
    return None if row is None else int(row.id)


async def missing(connection: AsyncConnection, dedupe_keys: Sequence[str]) -> list[str]:
    """Give those keys of which no job waits or runs."""
    rows = await connection.execute(_PRESENT, {"keys": list(dedupe_keys)})
    present = set(rows.scalars())
    return [key for key in dedupe_keys if key not in present]


async def withdraw(connection: AsyncConnection, job: NewJob) -> None:
    """Take the job of this `dedupe_key` out of the queue, from its own handler too."""
    statement = text("DELETE FROM pgqueuer WHERE dedupe_key = :key AND status <> 'failed'")
    await connection.execute(statement, {"key": job.dedupe_key})


async def waiting(connection: AsyncConnection) -> int:
    """Count the jobs that wait for a worker."""
    statement = text("SELECT count(*) FROM pgqueuer WHERE status = 'queued'")
    return int(await connection.scalar(statement) or 0)


async def oldest_waiting_s(connection: AsyncConnection) -> float:
    """Give for how many seconds the job that somebody waits for longest has been due; else 0."""
    statement = text(
        "SELECT extract(epoch FROM now() - min(execute_after)) FROM pgqueuer"
        " WHERE status = 'queued' AND execute_after <= now() AND priority >= 0"
    )
    return float(await connection.scalar(statement) or 0)


async def forget(connection: AsyncConnection, older_than_days: int) -> int:
    """Remove jobs held after a failure, and the queue's log, older than that."""
    age = {"age": timedelta(days=older_than_days)}
    await connection.execute(_FORGET_LOG, age)
    held = await connection.execute(_FORGET_HELD, age)
    return int(held.rowcount)


@lru_cache(maxsize=1)
def _enqueue_statement() -> str:
    return QueryQueueBuilder().build_enqueue_query("skip")
