"""The process that forks readers: what it may know, and what is left when anything is killed."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

import pytest

from extractors.launcher import Launcher
from extractors.sandbox import read
from extractors.task import Read
from extractors.types import Code, Page, Record, Summary
from extractors.watched import Reading
from tests.integration.extractors.packages import slide, text_shape, write_deck
from tests.integration.extractors.pdfs import shown, write_pdf, write_streams
from tests.integration.extractors.processes import (
    is_alive,
    open_files,
    readers,
    told,
    zygotes,
)
from tests.integration.extractors.reads import outcome, read_sandboxed

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[3]
BUSY = b"BT " + b"(x) Tj 0 0 Td " * 150_000
"""A page that is read for about a second."""


def wait_until(holds: Callable[[], object]) -> None:
    patience = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < patience
        time.sleep(0.01)


@pytest.fixture
def three_pages(tmp_path: Path) -> Path:
    return write_streams(tmp_path / "three", shown("one"), BUSY, shown("three"))


async def read_and_kill(path: Path, victim: Callable[[], set[int]]) -> list[Record]:
    """Read the file; when its first page is there, kill once with signal 9."""
    records: list[Record] = []
    async with aclosing(read(path)) as reading:
        async for record in reading:
            records.append(record)
            if isinstance(record, Page) and record.number == 1:
                for pid in victim():
                    os.kill(pid, signal.SIGKILL)
    return records


async def test_no_process_of_the_sandbox_knows_the_services_secrets(
    slow_pdf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    async with aclosing(read(slow_pdf)) as reading:
        await anext(reading)
        (pid,) = readers()
        for process in (pid, *zygotes()):
            names = {line.partition("=")[0] for line in told(process, "environ").split("\0")}
            assert names == {"PYTHONPATH", "PYTHONUTF8", ""}


async def test_readers_leave_the_processor_to_everybody_else(slow_pdf: Path) -> None:
    own = os.getpriority(os.PRIO_PROCESS, 0)
    async with aclosing(read(slow_pdf)) as reading:
        await anext(reading)
        for pid in (*readers(), *zygotes()):
            assert os.getpriority(os.PRIO_PROCESS, pid) == min(own + 10, 19)


async def test_a_child_is_confined_in_a_group_of_its_own_with_one_line_out(slow_pdf: Path) -> None:
    async with aclosing(read(slow_pdf)) as reading:
        await anext(reading)
        (pid,) = readers()
        limits = told(pid, "limits")
        group = os.getpgid(pid)
        files = open_files(pid)
    assert group == pid != os.getpgid(0)
    assert f"Max address space         {1 << 30}" in limits
    assert "Max core file size        0 " in limits
    assert "Max open files            64 " in limits
    # standard input is what the zygote had there, and nobody's at the other end
    assert sum(file.startswith("socket:") for file in files) == 1, files


async def test_the_zygote_has_one_thread_and_no_file_open(tmp_path: Path) -> None:
    await read_sandboxed(write_pdf(tmp_path / "x", "text"))
    (zygote,) = zygotes()
    assert "Threads:\t1\n" in told(zygote, "status")
    files = open_files(zygote)
    assert not [file for file in files if not file.startswith(("socket:", "anon_inode:", "/dev/"))]


async def test_the_same_zygote_reads_files_of_every_kind(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("plain")
    paths = [
        write_pdf(tmp_path / "pdf", "pdf"),
        write_deck(tmp_path / "deck", [slide(text_shape("deck", "title"))]),
        tmp_path / "text",
    ]
    seen = set()
    for path in paths:
        assert (await read_sandboxed(path)).summary.status == "done"
        seen |= zygotes()
    assert len(seen) == 1


async def test_several_files_are_read_at_once(slow_pdf: Path, tmp_path: Path) -> None:
    async with aclosing(read(slow_pdf)) as slow, aclosing(read(slow_pdf)) as other:
        await anext(slow)
        await anext(other)
        assert len(readers()) == 2
        quick = await read_sandboxed(write_pdf(tmp_path / "x", "quick"))
        assert quick.pages[0].body == "quick"
        assert len(readers()) == 2
    assert not readers()


async def test_a_file_whose_zygote_was_killed_is_read_whole_by_a_new_one(three_pages: Path) -> None:
    await read_sandboxed(three_pages)
    (first,) = zygotes()
    whole = outcome(await read_and_kill(three_pages, zygotes))
    assert [page.body for page in whole.pages][::2] == ["one", "three"]
    assert whole.summary == Summary("done", pages_read=3)
    assert zygotes() != {first}


async def test_every_file_of_a_killed_zygote_is_read_whole(three_pages: Path) -> None:
    both = await asyncio.gather(read_and_kill(three_pages, zygotes), read_sandboxed(three_pages))
    assert outcome(both[0]).summary == both[1].summary == Summary("done", pages_read=3)


async def test_the_child_of_a_killed_zygote_goes_with_it(slow_pdf: Path) -> None:
    async with aclosing(read(slow_pdf)) as reading:
        await anext(reading)
        orphans = readers()
        for zygote in zygotes():
            os.kill(zygote, signal.SIGKILL)
        wait_until(lambda: not any(is_alive(pid) for pid in orphans))


async def test_a_zygote_that_was_killed_while_idle_is_started_anew(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "x", "text")
    await read_sandboxed(path)
    for zygote in zygotes():
        os.kill(zygote, signal.SIGKILL)
    assert (await read_sandboxed(path)).summary.status == "done"


async def test_a_child_that_was_killed_from_outside_costs_nothing(three_pages: Path) -> None:
    whole = outcome(await read_and_kill(three_pages, readers))
    assert [page.body for page in whole.pages][::2] == ["one", "three"]
    assert whole.summary == Summary("done", pages_read=3)


async def test_a_page_whose_child_is_always_killed_is_lost_and_the_others_are_not(
    slow_pdf: Path,
) -> None:
    done = threading.Event()

    def kill_all() -> None:
        while not done.wait(0.05):
            for pid in readers():
                os.kill(pid, signal.SIGKILL)

    records: list[Record] = []
    killer = threading.Thread(target=kill_all)
    async with aclosing(read(slow_pdf)) as reading:
        async for record in reading:
            records.append(record)
            if isinstance(record, Page) and record.number == 1:
                killer.start()
    done.set()
    killer.join()
    whole = outcome(records)
    assert whole.pages[0].body == "first"
    assert (whole.summary.status, whole.summary.code) == ("partial", Code.MEMORY_LIMIT)


async def test_a_killed_child_is_no_hindrance_for_the_next_file(
    slow_pdf: Path, tmp_path: Path
) -> None:
    async with aclosing(read(slow_pdf)) as reading:
        await anext(reading)
    assert not readers()
    assert (await read_sandboxed(write_pdf(tmp_path / "x", "text"))).summary.status == "done"


async def test_two_hundred_files_leave_no_open_file_and_no_dead_process(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "x", "text")
    await read_sandboxed(path)
    (zygote,) = zygotes()

    before = [len(open_files(pid)) for pid in (os.getpid(), zygote)]
    for turn in range(50):
        await asyncio.gather(*[read_sandboxed(path) for _ in range(3)])
        async with aclosing(read(path)) as reading:
            if turn % 2:
                await anext(reading)
    after = [len(open_files(pid)) for pid in (os.getpid(), zygote)]
    # Fewer is well: what other tests left open may have been collected meanwhile.
    assert all(now <= then for now, then in zip(after, before, strict=True)), (before, after)
    assert zygotes() == {zygote}
    assert not readers()


def test_the_sandbox_goes_with_a_service_that_was_killed(slow_pdf: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path\n"
        "from extractors.watched import Reading; from extractors.task import Read\n"
        "reading = Reading(Read(Path(sys.argv[1])))\n"
        "print(len(reading.next_line()), flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", script, str(slow_pdf)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as service:
        assert service.stdout
        service.stdout.readline()
        left = zygotes(service.pid) | readers(service.pid)
        assert len(left) == 2
        service.kill()
    wait_until(lambda: not any(is_alive(pid) for pid in left))


def test_a_stopped_launcher_leaves_nothing_and_starts_anew(slow_pdf: Path, tmp_path: Path) -> None:
    launcher = Launcher(libraries=())
    with launcher:
        reading = Reading(Read(slow_pdf), launcher=launcher)
        reading.next_line()
        zygote = launcher.pid
        assert zygote in zygotes()
        reading.stop()
    assert zygote not in zygotes()
    with launcher:
        path = write_pdf(tmp_path / "x", "text")
        assert b"document" in (Reading(Read(path), launcher=launcher).next_line() or b"")


def test_a_zygote_that_cannot_go_on_is_given_up_in_time(
    slow_pdf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extractors.process._GOES_WITHIN_S", 0.2)
    launcher = Launcher(libraries=())
    reading = Reading(Read(slow_pdf), launcher=launcher)
    reading.next_line()
    assert launcher.pid
    os.kill(launcher.pid, signal.SIGSTOP)
    reading.stop()
    os.kill(launcher.pid, signal.SIGCONT)
    launcher.stop()
