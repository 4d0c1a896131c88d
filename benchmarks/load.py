"""Requests and statements as fast as they go, each sort from a process of its own.

`requests_ms` asks one after the other over one connection; `requests_a_second` and
`transactions_a_second` keep sixteen connections busy, with whole requests over HTTP and with the
statements that such requests consist of, sent straight through asyncpg.

Imports little, as each new process reads this module again.
"""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from statistics import median
from typing import Any, TypeAlias, TypeVar

import asyncpg
import uvloop

from benchmarks.keptalive import Connection, Service

CONNECTIONS = 16

Result = TypeVar("Result")
# As the driver gets it: its text and its parameters.
Statement: TypeAlias = tuple[str, tuple[Any, ...]]
# Does one thing on the connection of that number; the second number says which thing.
Step = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Load:
    """How long all connections are kept busy, after so long to warm up."""

    seconds: float
    warm_s: float = 2.0
    connections: int = CONNECTIONS


async def apart(function: Callable[..., Result], *arguments: Any) -> Result:
    """Run a function in a new process, whose memory and event loop are its own."""
    loop = asyncio.get_running_loop()
    # Frozen, what it has imported costs its garbage collector no time.
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=gc.freeze) as pool:
        return await loop.run_in_executor(pool, function, *arguments)


def requests_ms(service: Service, paths: Sequence[str], repeat: int) -> list[float]:
    """Give the median time of each request over so many turns through all, after one to warm up."""

    async def ask() -> list[float]:
        connection = await Connection.open(service.port, service.keys[0])
        try:
            turns = [
                [await _request_ms(connection, path) for path in paths] for _ in range(repeat + 1)
            ]
            return list(map(median, zip(*turns[1:], strict=True)))
        finally:
            await connection.close()

    return uvloop.run(ask())


def requests_a_second(service: Service, paths: Sequence[str], load: Load) -> float:
    """Ask for all paths, over and over."""

    async def ask() -> float:
        keys = [service.keys[number % len(service.keys)] for number in range(load.connections)]
        connections = [await Connection.open(service.port, key) for key in keys]

        async def step(number: int, turn: int) -> None:
            await connections[number].found(paths[turn % len(paths)])

        try:
            return await _steps_a_second(step, load)
        finally:
            for connection in connections:
                await connection.close()

    return uvloop.run(ask())


def transactions_a_second(url: str, searches: Sequence[Sequence[Statement]], load: Load) -> float:
    """Send the statements of searches, those of one search in one read-only transaction."""

    async def send() -> float:
        # As the service connects (db/engine.py).
        settings = {"jit": "off"}
        connections = [
            await asyncpg.connect(url, server_settings=settings) for _ in range(load.connections)
        ]

        async def step(number: int, turn: int) -> None:
            connection = connections[number]
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                for sql, parameters in searches[turn % len(searches)]:
                    await connection.fetch(sql, *parameters)

        try:
            return await _steps_a_second(step, load)
        finally:
            for connection in connections:
                await connection.close()

    return uvloop.run(send())


async def _request_ms(connection: Connection, path: str) -> float:
    started = time.perf_counter()
    await connection.found(path)
    return (time.perf_counter() - started) * 1000


async def _steps_a_second(step: Step, load: Load) -> float:
    """Warm up, then count what is done while the load lasts."""
    begin = time.perf_counter() + load.warm_s
    end = begin + load.seconds
    turns = iter(range(1_000_000_000))

    async def work(number: int) -> int:
        done = 0
        while True:
            await step(number, next(turns))
            now = time.perf_counter()
            if now >= end:
                return done
            done += now >= begin

    return sum(await asyncio.gather(*map(work, range(load.connections)))) / load.seconds
