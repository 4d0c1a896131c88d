"""Uploads over HTTP as a patient client makes them: repeated after what passes."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from benchmarks.mixed import MixedFile

LONGEST_WAIT_S = 5.0
REQUEST_LIMIT_S = 120.0
# What a client may be told while something is away or full; anything else is a fault.
_PASSING = frozenset({429, 503})
_REFUSED = frozenset({413, 422})


@dataclass(slots=True)
class Sent:
    """What became of the uploads: jobs by the hash of their bytes, and refusals at the door."""

    jobs: dict[str, int | None] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    repeats: int = 0
    """Requests that had to be made again."""
    faults: list[str] = field(default_factory=list)


async def send_all(address: str, key: str, files: Sequence[MixedFile], at_once: int = 4) -> Sent:
    """Upload every file; returns when each was answered for good."""
    sent, left = Sent(), list(reversed(files))
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        base_url=address, headers=headers, timeout=REQUEST_LIMIT_S
    ) as client:

        async def work() -> None:
            while left:
                await _send(client, left.pop(), sent)

        await asyncio.gather(*(work() for _ in range(at_once)))
    return sent


async def _send(client: httpx.AsyncClient, file: MixedFile, sent: Sent) -> None:
    digest = hashlib.sha256(file.data).hexdigest()
    pause_s = 0.2
    while True:
        response = await _post(client, file)
        if response is not None and response.status_code == 202:
            sent.jobs[digest] = response.json()["job_id"]
            return
        if response is not None and response.status_code in _REFUSED:
            sent.refused[digest] = response.json()["code"]
            return
        if response is not None and response.status_code not in _PASSING:
            sent.faults.append(f"{response.status_code} for {file.name}: {response.text[:200]}")
        sent.repeats += 1
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, LONGEST_WAIT_S)


async def _post(client: httpx.AsyncClient, file: MixedFile) -> httpx.Response | None:
    """Send it once; None where the connection broke."""
    try:
        return await client.post("/api/v1/materials", files={"file": (file.name, file.data)})
    except httpx.TransportError:
        return None
