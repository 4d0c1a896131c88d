"""Searches over HTTP while files are read, and how soon a deck is found."""

import asyncio
import io
import time
from collections.abc import Sequence
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

from pptx import Presentation

from benchmarks.keptalive import Connection
from benchmarks.measures import percentile
from benchmarks.mixed import MixedFile
from benchmarks.running import Running
from benchmarks.sending import send_all

IDLE_S = 20.0
PAUSE_S = 0.02
FOUND_WITHIN_S = 60.0
SLIDES = 30
# Of the demo library: what a rep types, one word to five.
QUERIES = (
    "kubernetes", "object storage", "gdpr backup pricing", "disaster recovery plan",
    "vmware migration", '"disaster recovery"', "public cloud security healthcare", "egress fees",
    "bare metal servers", "load balancer", "managed database postgresql", "price calculator",
    "data residency europe", "gpu training", "customer reference retail", "network latency",
)  # fmt: skip
_PATHS = tuple(f"/api/v1/search?{urlencode({'q': query})}" for query in QUERIES)


async def search_for(service: Running, seconds: float) -> list[float]:
    """Search one after the other for so long; milliseconds each, after one round to warm up."""
    over = asyncio.Event()
    searching = asyncio.create_task(search_until(service, over))
    await asyncio.sleep(seconds)
    over.set()
    return (await searching)[len(_PATHS) :]


async def search_until(service: Running, over: asyncio.Event) -> list[float]:
    """Search one after the other until it is over, as one person does; milliseconds each."""
    connection = await Connection.open(service.port, service.key)
    times: list[float] = []
    try:
        for path in cycle(_PATHS):
            if over.is_set():
                return times
            began = time.perf_counter()
            await connection.found(path)
            times.append(1000 * (time.perf_counter() - began))
            await asyncio.sleep(PAUSE_S)
    finally:
        await connection.close()
    raise AssertionError("a circle has no end")


async def searchable_s(service: Running, number: int) -> float:
    """Upload a deck of 30 slides and search for a word of its last one until it is found."""
    word = f"quagga{number}x"
    file = MixedFile(f"{word}.pptx", deck(word))
    path = f"/api/v1/search?{urlencode({'q': f'herd of {word}'})}"
    connection = await Connection.open(service.port, service.key)
    try:
        began = time.monotonic()
        await send_all(service.address, service.key, [file])
        while time.monotonic() - began < FOUND_WITHIN_S:
            if f"about {word}".encode() in (await connection.found(path)):
                return time.monotonic() - began
            await asyncio.sleep(0.05)
    finally:
        await connection.close()
    raise RuntimeError(f"the deck was not found within {FOUND_WITHIN_S:.0f} s")


def deck(word: str) -> bytes:
    """A deck of 30 slides; the last one's words are found by `word` alone."""
    presentation = Presentation()
    for number in range(1, SLIDES + 1):
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = f"Slide {number} about {word}"
        lines = (f"Point {point} of slide {number}: what a buyer asks" for point in range(1, 8))
        slide.placeholders[1].text = "\n".join(lines)
        slide.notes_slide.notes_text_frame.text = f"Say this on slide {number} of {word}."
    last = presentation.slides[SLIDES - 1]
    last.placeholders[1].text = f"A herd of {word}, and all about {word}"
    buffer = io.BytesIO()
    presentation.save(buffer)
    return buffer.getvalue()


def report_of(idle_ms: Sequence[float], busy_ms: Sequence[float]) -> dict[str, Any]:
    """Give the percentiles at rest and beside, and how many times the 95th is."""
    idle, busy = percentile(idle_ms, 0.95), percentile(busy_ms, 0.95)
    return {
        "searches_at_rest": len(idle_ms),
        "searches_beside": len(busy_ms),
        "p50_at_rest_ms": round(percentile(idle_ms, 0.5), 1),
        "p95_at_rest_ms": round(idle, 1),
        "p50_beside_ms": round(percentile(busy_ms, 0.5), 1),
        "p95_beside_ms": round(busy, 1),
        "times_idle": round(busy / idle, 2),
    }
