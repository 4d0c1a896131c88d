"""Whether anything is lost or doubled when processes are killed in the middle of an ingest.

    python -m benchmarks.faults [--rounds N] [--files N] [--source DIR] [--json OUT.json]

Runs the service as it is run (a server, two workers, the embedded database), ingests the files
once undisturbed, and then in each round once more from nothing while processes are killed with
signal 9 at random moments: a worker, the process that forks readers (zygote), a reader (child), the
server, the database. What dies is started again at once. After each round every file must have
ended as in the undisturbed run, with the same pages, passages and blocks, and no row, file or
process may be left that belongs to nothing. Files that a client was sending when the server died
are cleared from the store's `incoming` folder (the service does so after a day). Exits with 1 where
a round had a fault.

Files are those of the demo library, or of DIR. `--kill KIND…` restricts the victims; with `--each`
a round kills one of each.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import asyncpg

from benchmarks import contents, mixed, processes
from benchmarks.contents import Contents
from benchmarks.machine import fingerprint
from benchmarks.mixed import MixedFile
from benchmarks.running import Running, running
from benchmarks.sending import Sent, send_all
from search_service.files.store import FileStore

KINDS = ("worker", "zygote", "child", "server", "database")
WORKERS = 2
MOST_KILLS = 3
LOOK_EVERY_S = 0.5
FIND_WITHIN_S = 3.0
# Above the 45 s after which a killed worker's files are taken up, with all the backing off.
QUIET_WITHIN_S = 300.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What a round does: files to send, and whom to kill after how many seconds."""

    files: Sequence[MixedFile]
    kills: Sequence[tuple[float, str]] = ()


@dataclass(slots=True)
class Round:
    """What happened; times in seconds since the first upload."""

    killed: list[tuple[float, str]] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    """Victims that were not there."""
    done_s: float = 0.0
    recovered_s: float = 0.0
    """From the last kill to the end."""
    taken_up_s: float = 0.0
    """The longest from a worker's kill until all that it had in hand was begun anew."""
    repeats: int = 0
    broken_uploads: int = 0
    faults: list[str] = field(default_factory=list)


async def measure(arguments: argparse.Namespace) -> list[Round]:
    """Run the undisturbed round and the others; prints a line for each."""
    rng = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="search-service-faults-") as folder:
        files = mixed.gather(arguments.source, arguments.files, Path(folder), arguments.seed)
    async with running(WORKERS) as service:
        first, clean = await _round(service, Plan(files), None)
        _tell("clean", first)
        rounds = []
        for number in range(arguments.rounds):
            await service.reset()
            kills = _kills(rng, arguments, max(first.done_s, 1.0))
            found, _ = await _round(service, Plan(files, kills), clean)
            _tell(f"{number + 1}/{arguments.rounds}", found)
            rounds.append(found)
    return [first, *rounds]


async def _round(service: Running, plan: Plan, clean: Contents | None) -> tuple[Round, Contents]:
    """Ingest everything while killing; compare with the undisturbed run where there was one."""
    done = Round()
    await service.start()
    began = time.monotonic()
    sending = asyncio.create_task(send_all(service.address, service.key, plan.files))
    seen = asyncio.create_task(_watch(service))
    try:
        await _kill_all(service, plan, began, done)
        sent = await sending
        await _wait_until_quiet(service, done)
        done.done_s = round(time.monotonic() - began, 1)
        last_s = done.killed[-1][0] if done.killed else 0.0
        done.recovered_s = round(done.done_s - last_s, 1)
    finally:
        seen.cancel()
        sending.cancel()
        await service.stop()
    return done, await _judge(service, sent, done, clean)


async def _judge(service: Running, sent: Sent, done: Round, clean: Contents | None) -> Contents:
    done.repeats = sent.repeats
    done.faults += sent.faults
    done.broken_uploads = await FileStore(service.files).remove_leftovers(older_than_s=0)
    found = await contents.read_contents(await service.database_url(), service.files)
    done.faults += contents.differences(clean or found, found)
    done.faults += [
        f"{digest[:12]} is {ending[0]} in the end"
        for digest, ending in found.ended.items()
        if ending[0] not in {"done", "partial", "refused"}
    ]
    if lost := sent.jobs.keys() - found.ended.keys():
        done.faults.append(f"{len(lost)} accepted uploads are gone")
    left = [pid for pid in service.pids if processes.is_alive(pid)]
    if left:
        done.faults.append(f"{len(left)} processes of the sandbox are left")
    service.pids.clear()
    return found


async def _kill_all(service: Running, plan: Plan, began: float, done: Round) -> None:
    """Kill as planned; returns when what killed workers had in hand was taken up."""
    following = []
    for after_s, kind in plan.kills:
        await asyncio.sleep(max(0.0, began + after_s - time.monotonic()))
        pid = await _find(service, kind)
        if pid is None:
            done.missed.append(kind)
            continue
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            done.killed.append((round(time.monotonic() - began, 1), kind))
        if kind == "worker":
            following.append(asyncio.create_task(_follow_up(service, done)))
    await asyncio.gather(*following)


async def _follow_up(service: Running, done: Round) -> None:
    began = time.monotonic()
    with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):  # the database is dead
        url = await service.database_url()
        known = await contents.under_way(url)
        while await contents.left_lying(url, known):
            if time.monotonic() - began > QUIET_WITHIN_S:
                done.faults.append("what a killed worker had in hand lies there")
                return
            await asyncio.sleep(LOOK_EVERY_S)
        done.taken_up_s = max(done.taken_up_s, round(time.monotonic() - began, 1))


async def _find(service: Running, kind: str) -> int | None:
    """A process of this kind, waited for where there is none at the moment."""
    give_up = time.monotonic() + FIND_WITHIN_S
    while True:
        found = _victims(service, kind)
        if found or time.monotonic() > give_up:
            return random.choice(found) if found else None
        await asyncio.sleep(0.01)


def _victims(service: Running, kind: str) -> list[int]:
    workers = [part.pid for part in service.workers if part.pid is not None]
    if kind == "worker":
        return workers
    if kind == "zygote":
        return [zygote for pid in workers for zygote in processes.zygotes(pid)]
    if kind == "child":
        return [reader for pid in workers for reader in processes.readers(pid)]
    pid = service.server.pid if kind == "server" else service.database_pid()
    return [] if pid is None else [pid]


async def _watch(service: Running) -> None:
    """Note every process of the sandbox that is seen, to look for it in the end."""
    while True:
        for part in service.workers:
            if part.pid is not None:
                service.pids.update(processes.zygotes(part.pid))
                service.pids.update(processes.readers(part.pid))
        await asyncio.sleep(0.2)


async def _wait_until_quiet(service: Running, done: Round) -> None:
    give_up = time.monotonic() + QUIET_WITHIN_S
    while time.monotonic() < give_up:
        with suppress(Exception):  # the database is away; the service starts it again
            if await contents.is_quiet(await service.database_url()):
                return
        await asyncio.sleep(LOOK_EVERY_S)
    done.faults.append(f"not everything has ended after {QUIET_WITHIN_S:.0f} s")


def _kills(
    rng: random.Random, arguments: argparse.Namespace, within_s: float
) -> list[tuple[float, str]]:
    kinds = list(arguments.kill)
    chosen = kinds if arguments.each else rng.choices(kinds, k=rng.randint(1, MOST_KILLS))
    return sorted((rng.uniform(0, within_s), kind) for kind in chosen)


def _tell(name: str, done: Round) -> None:
    kills = ", ".join(f"{kind} at {at_s} s" for at_s, kind in done.killed) or "nothing"
    missed = f"; no {', '.join(done.missed)} there" if done.missed else ""
    taken = f", a dead worker's files taken up after {done.taken_up_s} s" if done.taken_up_s else ""
    verdict = "; ".join(done.faults) or "no fault"
    print(
        f"{name}: killed {kills}{missed}; all ended after {done.done_s} s, {done.recovered_s} s "
        f"behind the last kill{taken}; {done.repeats} uploads repeated, "
        f"{done.broken_uploads} broken off: {verdict}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--source", type=Path, help="folder of files, instead of our own")
    parser.add_argument("--kill", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--each", action="store_true", help="one of each kind in every round")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    rounds = asyncio.run(measure(arguments))
    faults = sum(len(each.faults) for each in rounds)
    kills = sum(len(each.killed) for each in rounds)
    waited = max(each.taken_up_s for each in rounds)
    print(
        f"{kills} kills in {len(rounds) - 1} rounds of {arguments.files} files: {faults} faults; "
        f"a dead worker's files waited for {waited} s at most"
    )
    if arguments.json:
        report = {"machine": fingerprint(), "rounds": [asdict(each) for each in rounds]}
        arguments.json.write_text(json.dumps(report, indent=2), encoding="utf-8")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
