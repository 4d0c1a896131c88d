"""Reads one file in the sandbox, telling how far it is, and ends at once where nobody wants it.

It knows neither jobs nor the database: whoever is told may refuse to hear more by raising.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from extractors import sandbox
from extractors.limits import Limits
from extractors.programs import NO_PROGRAMS, Programs
from extractors.types import Document, Page, Record, Summary
from search_service.ingest.receipt import Reading

TELL_EVERY_S = 0.5
Tell: TypeAlias = Callable[[int, int | None], Awaitable[None]]
"""Hears the pages read so far, and of how many, where that is known."""


@dataclass(slots=True)
class _Heard:
    document: Document | None = None
    pages: list[Page] = field(default_factory=list)


async def read_file(
    path: Path, limits: Limits, tell: Tell, programs: Programs = NO_PROGRAMS
) -> Reading | Summary:
    """Everything in the file, or its summary alone where it did not even open.

    `tell` is called twice a second, also while one page takes long; what it raises is raised
    here, once the reader and everything that it started is killed.
    """
    heard = _Heard()
    reader = asyncio.create_task(_read(sandbox.read(path, limits, programs), heard))
    try:
        while not (await asyncio.wait({reader}, timeout=TELL_EVERY_S))[0]:
            await tell(len(heard.pages), heard.document.pages if heard.document else None)
    finally:
        if not reader.done():
            reader.cancel()
            await asyncio.wait({reader})
    return reader.result()


async def _read(read: AsyncGenerator[Record, None], heard: _Heard) -> Reading | Summary:
    began = time.monotonic()
    async with aclosing(read) as records:
        async for record in records:
            if isinstance(record, Document):
                heard.document = record
            elif isinstance(record, Page):
                heard.pages.append(record)
            elif heard.document is None:
                return record
            else:
                taken_s = time.monotonic() - began
                return Reading(heard.document, tuple(heard.pages), record, taken_s)
    raise AssertionError("the sandbox ends with a summary")
