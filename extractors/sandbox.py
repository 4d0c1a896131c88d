"""Reads files nobody can vouch for: each in a fresh child process that can be killed at any moment.

It is the way in for a service; how a child is watched stands in `watched`, what LibreOffice does
for a file that nobody here reads in `conversion`.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from extractors.conversion import ConvertedReading
from extractors.limits import Limits
from extractors.programs import NO_PROGRAMS, Programs
from extractors.recipe import Recipe
from extractors.recognition import RecognisedReading
from extractors.records import Line, decode
from extractors.relay import Relay
from extractors.task import Copy, Draw, Read
from extractors.types import Code, Document, Page, PageImage, Record, Summary
from extractors.watched import DEFAULT_LIMITS, LAUNCHER, Reading, ended

__all__ = ["DEFAULT_LIMITS", "copy", "draw", "read"]


async def read(
    path: Path, limits: Limits = DEFAULT_LIMITS, programs: Programs = NO_PROGRAMS
) -> AsyncGenerator[Record, None]:
    """A Document where the file opens, its Pages as they are read, and always a Summary.

    With tesseract the pages of a PDF that are pictures hold the words recognised in them. The child
    is killed when the consumer closes the generator or is cancelled; a consumer that leaves early
    should hold it in `contextlib.aclosing`.
    """
    reading = RecognisedReading(Read(path), limits, LAUNCHER, programs)
    async with aclosing(_relayed(reading)) as lines:
        async for line in lines:
            if not isinstance(line, PageImage):
                yield line


async def draw(
    path: Path, folder: Path, limits: Limits = DEFAULT_LIMITS, programs: Programs = NO_PROGRAMS
) -> AsyncGenerator[Document | PageImage | Summary, None]:
    """The Document as it is drawn, a PageImage for each page that can be, and a Summary.

    A picture is in the folder, which must exist, when its PageImage comes; beside `0001.jpg` stands
    `0001.thumb.webp`, the same in small. Decks are drawn by LibreOffice, else refused with
    converter_missing. A page that cannot be drawn has no picture. Leaving early is as with `read`.
    """
    reading = ConvertedReading(Draw(path, folder), limits, LAUNCHER, programs)
    async with aclosing(_relayed(reading)) as lines:
        async for line in lines:
            if not isinstance(line, Page):
                yield line


async def copy(
    path: Path, target: Path, recipe: Recipe, limits: Limits = DEFAULT_LIMITS
) -> Summary:
    """Write a clean copy of a deck or PDF to the target, whose folder exists; how that ended.

    Unless the Summary is done, what is left at the target is of no use; it is the caller's to
    remove, as it is when this is cancelled.
    """
    task = Copy(path, target, recipe)
    summary = ended(Code.PARSER_CRASHED, 0)
    reading = Reading(task, replace(limits, restarts=0))
    async with aclosing(_relayed(reading)) as lines:
        async for line in lines:
            if isinstance(line, Summary):
                summary = line
    return summary


async def _relayed(reading: Relay) -> AsyncGenerator[Line, None]:
    import asyncio  # noqa: PLC0415 - 60 ms that the command line does without

    pages = 0
    try:
        while (line := await asyncio.to_thread(reading.next_line)) is not None:
            try:
                record = decode(line)
            except ValueError:
                yield ended(Code.PARSER_CRASHED, pages)
                return
            pages += isinstance(record, Page | PageImage)
            yield record
    finally:
        reading.stop()
