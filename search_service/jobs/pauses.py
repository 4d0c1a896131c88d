"""Whose files are not read for now: the table queue_pauses.

A job that is being read goes on to its end. One that a worker takes up meanwhile leaves the queue
and stays open; `ingest.controlling` puts it back when the pause is over.
"""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.tables import QueuePause

EVERYBODY = 0
_pauses: Any = QueuePause.__table__


async def begin(connection: AsyncConnection, user_id: int, paused_by: int | None) -> bool:
    """Pause the jobs of a person, or of EVERYBODY; False where they were paused already."""
    statement = insert(_pauses).values(user_id=user_id, paused_by=paused_by)
    return bool((await connection.execute(statement.on_conflict_do_nothing())).rowcount)


async def end(connection: AsyncConnection, user_id: int) -> bool:
    """End a pause; False where there was none."""
    statement = delete(_pauses).where(_pauses.c.user_id == user_id)
    return bool((await connection.execute(statement)).rowcount)


async def end_all(connection: AsyncConnection) -> bool:
    """End every pause, of whomever; False where there was none."""
    return bool((await connection.execute(delete(_pauses))).rowcount)


async def paused(connection: AsyncConnection) -> frozenset[int]:
    """Give who is paused: people's ids, and EVERYBODY."""
    return frozenset((await connection.execute(select(_pauses.c.user_id))).scalars())


async def hold_back(connection: AsyncConnection, requested_by: int | None) -> bool:
    """Tell whether a job of this person may not begin; if so, no pause ends before the commit."""
    concerned = [EVERYBODY] if requested_by is None else [EVERYBODY, requested_by]
    statement = (
        select(_pauses.c.user_id)
        .where(_pauses.c.user_id.in_(concerned))
        .order_by(_pauses.c.user_id)
        .with_for_update(read=True)
    )
    return bool((await connection.execute(statement)).all())
