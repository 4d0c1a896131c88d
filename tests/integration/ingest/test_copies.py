"""Clean copies in the making: who may wait for how many."""

import asyncio

import pytest

from extractors import sandbox
from extractors.types import Code, Summary
from search_service.catalog import versions
from search_service.catalog.versions import VersionRecord
from search_service.errors import TooManyRequestsError, UnavailableError
from search_service.ingest.copies import AT_ONCE, MOST_WAITING, Copies
from tests.integration.ingest import files
from tests.integration.ingest.conftest import Service

pytestmark = pytest.mark.anyio
GREEDY, OTHER = 1, 2
TEN = tuple((f"Slide {number}", f"It says something of number {number}") for number in range(10))


async def version_of(service: Service) -> VersionRecord:
    pmm = await service.person()
    material_id = await service.ingest(pmm, files.deck(TEN))
    async with service.database.reading() as connection:
        version = await versions.read(connection, material_id, 1)
    assert version is not None
    return version


async def test_a_person_who_wants_many_copies_keeps_nobody_else_waiting(service: Service) -> None:
    version = await version_of(service)
    copies = Copies(service.store, max_bytes=10**7)
    for _ in range(AT_ONCE):
        await copies._seats.acquire()
    wanted = [
        asyncio.create_task(copies.of(GREEDY, version, str(number + 1)))
        for number in range(MOST_WAITING)
    ]
    async with asyncio.timeout(20):
        while copies._waiting[GREEDY] < MOST_WAITING:  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.01)
    with pytest.raises(TooManyRequestsError) as refused:
        await copies.of(GREEDY, version, "9")
    assert refused.value.retry_after_s > 0
    others = asyncio.create_task(copies.of(OTHER, version, "9"))
    for _ in range(AT_ONCE):
        copies._seats.release()
    assert (await others).name == "9"
    await asyncio.gather(*wanted)
    assert (await copies.of(GREEDY, version, "10")).name == "10"


async def test_a_full_disk_says_nothing_of_the_file(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = await version_of(service)

    async def copy(*_: object) -> Summary:
        return Summary("refused", Code.UNREADABLE_FILE, "No space left on device")

    monkeypatch.setattr(sandbox, "copy", copy)
    with pytest.raises(UnavailableError, match="No space left") as refused:
        await Copies(service.store, max_bytes=10**7).of(OTHER, version)
    assert refused.value.retry_after_s > 0
