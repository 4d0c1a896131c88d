"""How fast files are taken in, in how much memory, and what searches notice of it.

    python -m benchmarks.ingest [--files N] [--source DIR] [--json OUT.json]
    python -m benchmarks.ingest --hostile DIR [--at-most 3] [--json OUT.json]
    python -m benchmarks.ingest --deck [--repeat N] [--json OUT.json]

Each runs the service as it is run: a server, two workers and the embedded database, each a process.

The first uploads N files (1,000) of DIR, or of the demo library, repeated in other bytes where
there are fewer, and gives pages a second from the first upload to the last file's end, and the
memory of the workers (without their readers) over time: by quarters, of which the last may be above
the second by a tenth. Exits with 1 where a file did not end as done, partial or refused, or memory
grew.

The second searches the demo library over HTTP at rest, and again while the files of DIR named
hostile* (else all of them) are read; exits with 1 where the 95th percentile is above so many times
that at rest, or a file ended otherwise than done, partly read or refused with a code.

The third uploads decks of 30 slides one by one and searches for a word of each until it is
found; exits with 1 where the median is above 3 seconds. Times say little on a busy machine.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any

import asyncpg

from benchmarks import beside, contents, mixed, processes
from benchmarks.machine import fingerprint
from benchmarks.mixed import MixedFile
from benchmarks.running import Running, running
from benchmarks.sending import send_all

WORKERS = 2
LOOK_EVERY_S = 1.0
MOST_GROWTH = 1.1
MOST_SEARCHABLE_S = 3.0
FINAL = frozenset({"done", "partial", "refused"})
_MIB = 1 << 20
_ENDED = "SELECT state, code, pages_done FROM ingest_jobs"


@dataclass(frozen=True, slots=True)
class Sample:
    """The memory of the parts at a moment, in MiB."""

    at_s: float
    workers_mib: float
    readers_mib: float
    server_mib: float


async def throughput(files: Sequence[MixedFile]) -> tuple[dict[str, Any], list[str]]:
    """Ingest everything; give figures and what is wrong."""
    async with running(WORKERS) as service:
        await service.start()
        began = time.monotonic()
        samples: list[Sample] = []
        sampling = asyncio.create_task(_sample(service, began, samples))
        sent = await send_all(service.address, service.key, files)
        sent_s = time.monotonic() - began
        await quiet(service)
        took_s = time.monotonic() - began
        sampling.cancel()
        ended = await _fetch(service, _ENDED)
    pages = sum(row["pages_done"] for row in ended)
    quarters = _quarters([sample.workers_mib for sample in samples])
    states = Counter(row["state"] for row in ended)
    wrong = [f"{count} ended as {state}" for state, count in states.items() if state not in FINAL]
    wrong += sent.faults
    if quarters[3] > MOST_GROWTH * quarters[1]:
        wrong.append(f"the workers' memory grew from {quarters[1]} to {quarters[3]} MiB")
    report = {
        "files": len(files),
        "refused_at_the_door": Counter(sent.refused.values()),
        "states": states,
        "pages": pages,
        "uploaded_s": round(sent_s, 1),
        "took_s": round(took_s, 1),
        "pages_a_second": round(pages / took_s, 1),
        "files_a_second": round(len(ended) / took_s, 1),
        "workers_mib_by_quarter": quarters,
        "readers_mib_at_most": round(max(sample.readers_mib for sample in samples)),
        "server_mib_by_quarter": _quarters([sample.server_mib for sample in samples]),
    }
    return report, wrong


async def hostile(source: Path, at_most: float) -> tuple[dict[str, Any], list[str]]:
    """Search at rest and beside hostile files; give figures and what is wrong."""
    files = mixed.hostile(source)
    async with running(WORKERS) as service:
        await service.start()
        with tempfile.TemporaryDirectory() as folder:
            library = mixed.gather(None, 50, Path(folder))
        await send_all(service.address, service.key, library)
        await quiet(service)
        known = await _fetch(service, _ENDED)
        idle_ms = await beside.search_for(service, beside.IDLE_S)
        done = asyncio.Event()
        searching = asyncio.create_task(beside.search_until(service, done))
        sent = await send_all(service.address, service.key, files, at_once=len(files))
        await quiet(service)
        done.set()
        busy_ms = await searching
        ended = (await _fetch(service, f"{_ENDED} ORDER BY id"))[len(known) :]
    report = beside.report_of(idle_ms, busy_ms)
    report["outcomes"] = Counter(f"{row['state']} {row['code'] or ''}".strip() for row in ended)
    report["refused_at_the_door"] = Counter(sent.refused.values())
    wrong = list(sent.faults)
    wrong += [f"one ended as {row['state']}" for row in ended if row["state"] not in FINAL]
    coded = {"partial", "refused"}
    wrong += ["one has no code" for row in ended if row["state"] in coded and not row["code"]]
    if report["times_idle"] > at_most:
        wrong.append(f"p95 of searches is {report['times_idle']} times that at rest")
    return report, wrong


async def deck(repeat: int) -> tuple[dict[str, Any], list[str]]:
    """Upload decks of 30 slides and wait until each is found."""
    async with running(WORKERS) as service:
        await service.start()
        await beside.searchable_s(service, 0)  # the first one starts the readers' parent
        times = [await beside.searchable_s(service, number) for number in range(1, repeat + 1)]
    middle = median(times)
    wrong = [f"a deck is found after {middle:.2f} s"] if middle > MOST_SEARCHABLE_S else []
    return {"searchable_s": [round(each, 2) for each in times], "median_s": round(middle, 2)}, wrong


async def quiet(service: Running) -> None:
    """Wait until every file has been read."""
    url = await service.database_url()
    while True:
        with suppress(TimeoutError):  # the database is busy
            if await contents.is_quiet(url):
                return
        await asyncio.sleep(LOOK_EVERY_S / 2)


async def _sample(service: Running, began: float, samples: list[Sample]) -> None:
    while True:
        workers = [part.pid for part in service.workers if part.pid]
        whole = sum(processes.resident_bytes(pid) for pid in workers)
        own = sum(processes.own_bytes(pid) for pid in workers)
        server = processes.own_bytes(service.server.pid or 0)
        at_s = round(time.monotonic() - began, 1)
        samples.append(Sample(at_s, own / _MIB, (whole - own) / _MIB, server / _MIB))
        await asyncio.sleep(LOOK_EVERY_S)


def _quarters(values: Sequence[float]) -> list[float]:
    """The means of four equal stretches."""
    size = max(1, len(values) // 4)
    cut = [values[at * size : (at + 1) * size] or values[-1:] for at in range(4)]
    return [round(fmean(part), 1) for part in cut]


async def _fetch(service: Running, statement: str) -> list[Any]:
    connection = await asyncpg.connect(await service.database_url())
    try:
        return list(await connection.fetch(statement))
    finally:
        await connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--source", type=Path, help="folder of files, instead of our own")
    parser.add_argument("--hostile", type=Path, metavar="DIR")
    parser.add_argument("--at-most", type=float, default=3.0, help="times the p95 at rest")
    parser.add_argument("--deck", action="store_true")
    parser.add_argument("--repeat", type=int, default=7, help="decks to upload")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    if arguments.hostile:
        report, wrong = asyncio.run(hostile(arguments.hostile, arguments.at_most))
    elif arguments.deck:
        report, wrong = asyncio.run(deck(arguments.repeat))
    else:
        with tempfile.TemporaryDirectory(prefix="search-service-ingest-") as folder:
            files = mixed.gather(arguments.source, arguments.files, Path(folder))
        report, wrong = asyncio.run(throughput(files))
    for name, value in report.items():
        print(f"{name}: {dict(value) if isinstance(value, Counter) else value}")
    print("; ".join(wrong) or "as it should be")
    if arguments.json:
        text = json.dumps({"machine": fingerprint()} | report | {"wrong": wrong}, indent=2)
        arguments.json.write_text(text, encoding="utf-8")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
