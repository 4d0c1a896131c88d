"""The search log: noted in the process at no cost to a request, written in batches behind it.

What has not been written when the process is killed outright is lost: a second's searches, or a
few seconds' of those being typed. When the database is away the buffer waits for it, up to its
bound; above that searches are dropped, and a warning counts them.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import insert

from search_service.db import failures
from search_service.db.engine import Database
from search_service.db.tables import LoggedSearch
from search_service.errors import ServiceError, UnavailableError
from search_service.insights.entries import Channel, SearchEntry, as_row
from search_service.insights.sql import STATEMENTS
from search_service.log import get_logger

MAX_BUFFERED = 5_000
# Rows are made on the event loop, some 30 µs each: requests wait no longer than for one batch.
BATCH = 100
WRITE_EVERY_S = 1.0
# The page searches while one types; who goes on within this time has asked one question.
TYPING_S = 3.0

_log = get_logger(__name__)


@dataclass(slots=True)
class SearchLog:
    """Searches on their way into the log; of one event loop, so that the buffer needs no lock."""

    database: Database
    with_text: bool = True
    max_buffered: int = MAX_BUFFERED
    _entries: dict[UUID, tuple[SearchEntry, float]] = field(default_factory=dict)
    _typing: dict[int | None, UUID] = field(default_factory=dict)
    _dropped: int = 0
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def note(self, entry: SearchEntry) -> None:
        """Take a search; it is written soon, and not at all where the buffer is full."""
        due = time.monotonic()
        if entry.channel is Channel.WEB:
            due += TYPING_S
            self._replace_typed(entry)
        if len(self._entries) >= self.max_buffered:
            self._dropped += 1
        else:
            self._entries[entry.search_id] = (entry, due)

    def settle(self, search_id: UUID, user_id: int | None) -> None:
        """Keep somebody's search whose hit they opened, whatever they type next."""
        entry, _ = self._entries.get(search_id, (None, 0.0))
        if entry and entry.user_id == user_id:
            self._entries[search_id] = (entry, time.monotonic())
            self._typing.pop(entry.user_id, None)

    async def flush(self) -> None:
        """Write everything that is buffered; what the database does not take stays."""
        await self._write(float("inf"))

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Write what is due every second meanwhile; `flush` writes the rest."""
        # An event, as cancelling could leave a batch neither written nor buffered.
        stop = asyncio.Event()
        task = asyncio.create_task(self._write_until(stop))
        try:
            yield
        finally:
            stop.set()
            await task

    async def _write_until(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), WRITE_EVERY_S)
            await self._write(time.monotonic())

    async def _write(self, due: float) -> None:
        async with self._writing:
            if self._dropped:
                _log.warning("the search log's buffer was full", dropped=self._dropped)
                self._dropped = 0
            while batch := [entry for entry, at in self._entries.values() if at <= due][:BATCH]:
                if not await self._write_batch(batch):
                    return
                for entry in batch:
                    self._forget(entry)

    async def _write_batch(self, batch: Sequence[SearchEntry]) -> bool:
        """Write a batch in one transaction; False where trying again later may help."""
        rows = [as_row(entry, with_text=self.with_text) for entry in batch]
        try:
            async with self.database.transaction() as connection:
                await connection.execute(STATEMENTS["keep_out_erasing"])
                await connection.execute(insert(LoggedSearch), rows)
                written = {"search_ids": [entry.search_id for entry in batch]}
                await connection.execute(STATEMENTS["delete_erased"], written)
        except Exception as error:  # noqa: BLE001 - a task's boundary: no search fails for its log
            lasting = not isinstance(error, ServiceError) or not (
                isinstance(error, UnavailableError) or failures.is_transient(error)
            )
            _log.warning("searches were not logged", count=len(rows), lost=lasting, exc_info=error)
            return lasting
        return True

    def _replace_typed(self, entry: SearchEntry) -> None:
        """Drop what the same person typed just before, of which this is the continuation."""
        before = self._typing.get(entry.user_id)
        if before in self._entries and self._entries[before][0].is_continued_by(entry):
            del self._entries[before]
        self._typing[entry.user_id] = entry.search_id

    def _forget(self, entry: SearchEntry) -> None:
        self._entries.pop(entry.search_id, None)
        if self._typing.get(entry.user_id) == entry.search_id:
            del self._typing[entry.user_id]
