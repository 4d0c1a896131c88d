"""What the sandbox promises to whoever reads through it: an end, in time, with what was read."""

import asyncio
import os
import time
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from extractors.limits import MIB, Limits
from extractors.sandbox import read
from extractors.task import Read
from extractors.types import Code, Document, Page, Summary, WarningCode
from extractors.watched import Reading
from tests.integration.extractors.pdfs import shown, write_pdf, write_streams
from tests.integration.extractors.processes import readers
from tests.integration.extractors.reads import read_sandboxed

pytestmark = pytest.mark.anyio

SMALL = Limits(memory_bytes=192 * MIB, restart_within_s=60)
BOMB = b" " * (150 * MIB)


async def test_records_come_in_order_and_end_with_a_summary(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "x", "one", "two")
    async with aclosing(read(path)) as reading:
        records = [record async for record in reading]
    assert [type(record) for record in records] == [Document, Page, Page, Summary]
    assert records[-1] == Summary("done", pages_read=2)


@pytest.mark.parametrize(
    ("name", "code"),
    [("missing", Code.UNREADABLE_FILE), (".", Code.UNREADABLE_FILE), ("empty", Code.EMPTY_FILE)],
)
async def test_what_is_no_file_is_refused_without_a_child(
    tmp_path: Path, name: str, code: Code
) -> None:
    (tmp_path / "empty").touch()
    outcome = await read_sandboxed(tmp_path / name)
    assert (outcome.summary.status, outcome.summary.code) == ("refused", code)


async def test_a_pipe_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    outcome = await read_sandboxed(tmp_path / "pipe")
    assert outcome.summary.code is Code.UNREADABLE_FILE


async def test_a_path_with_a_nul_is_refused() -> None:
    assert (await read_sandboxed(Path("a\0b"))).summary.code is Code.UNREADABLE_FILE


async def test_a_file_over_the_cap_is_refused(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "x", "text")
    outcome = await read_sandboxed(path, Limits(file_bytes=100))
    assert (outcome.summary.status, outcome.summary.code) == ("refused", Code.TOO_LARGE)


async def test_a_page_that_kills_the_parser_costs_that_page_only(tmp_path: Path) -> None:
    path = write_streams(tmp_path / "x", shown("first"), BOMB, shown("third"))
    outcome = await read_sandboxed(path, SMALL)
    assert [page.body for page in outcome.pages] == ["first", "", "third"]
    assert outcome.pages[1].warnings[0].code is WarningCode.PAGE_UNREADABLE
    assert outcome.summary.status == "partial"
    assert outcome.summary.code is Code.MEMORY_LIMIT
    assert outcome.summary.pages_read == 2


async def test_a_file_of_nothing_but_bombs_is_refused_in_time(tmp_path: Path) -> None:
    path = write_streams(tmp_path / "x", *[BOMB] * 5)
    started = time.monotonic()
    outcome = await read_sandboxed(path, replace(SMALL, restart_within_s=1))
    assert (outcome.summary.status, outcome.summary.code) == ("refused", Code.MEMORY_LIMIT)
    assert time.monotonic() - started < 30


async def test_the_wall_limit_keeps_finished_pages(slow_pdf: Path) -> None:
    started = time.monotonic()
    # A second would do, but for a machine that is busy with something else.
    outcome = await read_sandboxed(slow_pdf, Limits(wall_s=8))
    assert time.monotonic() - started < 16
    assert outcome.pages[0].body == "first"
    assert len(outcome.pages) < 4
    assert (outcome.summary.status, outcome.summary.code) == ("partial", Code.TIME_LIMIT)


async def test_the_processor_limit_ends_a_busy_child(slow_pdf: Path) -> None:
    outcome = await read_sandboxed(slow_pdf, Limits(cpu_s_per_100_pages=0))
    assert outcome.summary.code is Code.TIME_LIMIT


async def test_leaving_early_kills_the_child(slow_pdf: Path) -> None:
    before = readers()
    async with aclosing(read(slow_pdf)) as reading:
        async for record in reading:
            if isinstance(record, Page):
                break
        assert readers() - before
    assert not readers() - before


async def test_cancelling_kills_the_child(slow_pdf: Path) -> None:
    before = readers()
    task = asyncio.create_task(read_sandboxed(slow_pdf))
    while not readers() - before:  # noqa: ASYNC110 - the kernel tells of a child, no event does
        await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not readers() - before


def test_stopping_twice_and_before_the_start_is_harmless(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "x", "text")
    for lines in (0, 1, 9):
        reading = Reading(Read(path))
        for _ in range(lines):
            reading.next_line()
        reading.stop()
        reading.stop()
        assert reading.next_line() is None
