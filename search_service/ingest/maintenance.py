"""Tidies up: what has expired, what was deleted long ago, and the months of tables that only grow.

A worker does it every hour, `search-service maintain` at once. Each part has a transaction of its
own (each material one), and a part that fails keeps none of the others from being done.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Self, TypeAlias

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from extractors import scratch
from search_service.accounts.families import purge_families
from search_service.accounts.lockout import purge_failures
from search_service.catalog import block_writing, deleted, purging, retiring, scores
from search_service.config import Settings
from search_service.db.engine import Database
from search_service.db.partitions import AUDIT_LOGS, SEARCH_LOG, drop_months, make_months
from search_service.db.tables import LoggedSearch, SearchClick
from search_service.files import copies
from search_service.files.store import FileStore
from search_service.index.statistics import refresh_if_due
from search_service.index.suggestions import refresh_queries
from search_service.jobs.queue import BACKGROUND, NewJob, enqueue, forget
from search_service.log import get_logger

MAINTAIN = "maintain"
HOUR_S = 3600
DAY_S = 24 * HOUR_S
# After a worker's start, so that a command that works for a moment does without.
FIRST_AFTER_S = 60
QUEUE_DAYS = 30
COPY_DAYS = 30  # after the last time that somebody asked for it
# A click may come before its search is written; one that is still alone then belongs to none.
CLICK_ALONE = timedelta(days=1)
MAX_MATERIALS = 500  # in one run; the next one goes on
MAX_DUE = 5_000  # likewise; a date may come for much of a library at once
MAX_ORPHANS = 5_000  # likewise
_searches: Any = LoggedSearch.__table__
_clicks: Any = SearchClick.__table__

_log = get_logger(__name__)
Part: TypeAlias = Callable[[AsyncConnection], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days what is kept; `audit_days` of 0 is for ever."""

    search_log_days: int = 90
    audit_days: int = 0

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(settings.search_log_days, settings.audit_days)


DEFAULT_RETENTION = Retention()


@dataclass(frozen=True, slots=True)
class Done:
    """What one part did: a number of rows, partitions or materials, or why it failed."""

    part: str
    count: int = 0
    error: str | None = None


async def schedule(connection: AsyncConnection, delay_s: int) -> None:
    """Put the job into the queue, due in so many seconds; one for each hour, whoever asks."""
    due = int(time.time()) + delay_s
    key = f"{MAINTAIN}:{due // HOUR_S}"
    await enqueue(
        connection, NewJob(MAINTAIN, priority=BACKGROUND, dedupe_key=key, delay_s=delay_s)
    )


async def maintain(database: Database, store: FileStore, retention: Retention) -> list[Done]:
    """Do every part once; what each did or why it failed is returned and logged."""
    now = datetime.now(UTC)
    done = [
        await _attempt(name, partial(_in_transaction, database, part))
        for name, part in _parts(retention, now).items()
    ]
    unused = partial(copies.remove_unused, store, COPY_DAYS * DAY_S)
    done.append(await _attempt("unused_copies", unused))
    interrupted = partial(asyncio.to_thread, scratch.remove_leftovers, DAY_S)
    done.append(await _attempt("interrupted_readings", interrupted))
    done.append(await retire_due(database, now.date()))
    done.append(await _refresh_scores(database, now.date()))
    done.append(await _purge_materials(database, store, now - deleted.KEPT))
    # After the materials, of whose changes nothing is left.
    changes = partial(_in_transaction, database, purging.purge_index_changes)
    done.append(await _attempt("index_changes", changes))
    return done


def _parts(retention: Retention, now: datetime) -> Mapping[str, Part]:
    parts: dict[str, Part] = {
        "sign_ins": purge_families,
        "sign_in_failures": purge_failures,
        "queue": partial(forget, older_than_days=QUEUE_DAYS),
        "orphan_blocks": partial(block_writing.forget_orphans, most=MAX_ORPHANS),
        "search_statistics": refresh_if_due,
        "audit_months": partial(make_months, table=AUDIT_LOGS, now=now),
        "search_months": partial(make_months, table=SEARCH_LOG, now=now),
        "old_searches": partial(
            _forget_searches, before=now - timedelta(days=retention.search_log_days)
        ),
        # After the searches, of which nothing is left.
        "past_queries": refresh_queries,
    }
    if retention.audit_days:
        before = now - timedelta(days=retention.audit_days)
        parts["old_audit_months"] = partial(drop_months, table=AUDIT_LOGS, before=before)
    return parts


async def _attempt(name: str, work: Callable[[], Awaitable[int]]) -> Done:
    try:
        count = await work()
    except Exception as error:  # noqa: BLE001 - the job's boundary: the other parts are still done
        _log.error("maintenance failed", part=name, exc_info=error)
        return Done(name, error=str(error))
    _log.info("maintained", part=name, count=count)
    return Done(name, count)


async def _in_transaction(database: Database, part: Part) -> int:
    async with database.transaction() as connection:
        return await part(connection)


async def _forget_searches(connection: AsyncConnection, before: datetime) -> int:
    """Drop whole months, and delete what else is older; give the number of both, and of clicks."""
    dropped = await drop_months(connection, SEARCH_LOG, before)
    searches = await connection.execute(delete(_searches).where(_searches.c.logged_at < before))
    asked = select(_searches.c.search_id).where(_searches.c.search_id == _clicks.c.search_id)
    old = or_(
        _clicks.c.clicked_at < before,
        and_(_clicks.c.clicked_at < datetime.now(UTC) - CLICK_ALONE, ~asked.exists()),
    )
    clicks = await connection.execute(delete(_clicks).where(old))
    return dropped + searches.rowcount + clicks.rowcount


async def retire_due(database: Database, today: date) -> Done:
    """Archive every published material that has expired by this day."""

    async def find(connection: AsyncConnection) -> list[int]:
        return await retiring.find_due(connection, today, MAX_DUE)

    async def act(connection: AsyncConnection, material_id: int) -> int:
        return await retiring.retire(connection, material_id, today)

    return await _one_by_one(database, "retired_materials", find, act)


async def _refresh_scores(database: Database, today: date) -> Done:
    """Compute the scores anew that the day alone has changed."""

    async def find(connection: AsyncConnection) -> list[int]:
        return await scores.find_due(connection, today, MAX_DUE)

    async def act(connection: AsyncConnection, material_id: int) -> int:
        await scores.rescore(connection, material_id)
        return 1

    return await _one_by_one(database, "scores", find, act)


async def _purge_materials(database: Database, store: FileStore, before: datetime) -> Done:
    """Purge what is due."""

    async def find(connection: AsyncConnection) -> list[int]:
        return await purging.find_deleted(connection, before, MAX_MATERIALS)

    async def act(connection: AsyncConnection, material_id: int) -> int:
        return await purging.purge_material(connection, store, material_id, before)

    return await _one_by_one(database, "deleted_materials", find, act)


async def _one_by_one(
    database: Database,
    name: str,
    find: Callable[[AsyncConnection], Awaitable[list[int]]],
    act: Callable[[AsyncConnection, int], Awaitable[int]],
) -> Done:
    """Act on each material in a transaction of its own; one that fails keeps none of the others."""
    found: list[int] = []

    async def look(connection: AsyncConnection) -> int:
        found.extend(await find(connection))
        return len(found)

    looked = await _attempt(name, partial(_in_transaction, database, look))
    deeds = [_deed(act, material_id) for material_id in found]
    done = [await _attempt(name, partial(_in_transaction, database, deed)) for deed in deeds]
    failed = [each.error for each in (looked, *done) if each.error is not None]
    return Done(name, sum(each.count for each in done), failed[0] if failed else None)


def _deed(act: Callable[[AsyncConnection, int], Awaitable[int]], material_id: int) -> Part:
    async def deed(connection: AsyncConnection) -> int:
        return await act(connection, material_id)

    return deed
