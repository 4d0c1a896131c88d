"""Where a page of an older version stands now, by what it says. Tells numbers alone, no text."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.catalog import pages, versions
from search_service.catalog.pages import VersionKey
from search_service.ingest.preparation import Manner, fingerprints


async def present_place(
    connection: AsyncConnection, old: VersionKey, page_number: int, present: int
) -> int | None:
    """Give the page of the version `present` that says what the old one did; None without one.

    Of several the nearest to its old place.
    """
    before = (await _marks(connection, old)).get(page_number)
    now = await _marks(connection, VersionKey(old.material_id, present))
    same = [number for number, mark in now.items() if mark == before]
    return min(same, key=lambda number: (abs(number - page_number), number), default=None)


async def _marks(connection: AsyncConnection, version: VersionKey) -> dict[int, str]:
    record = await versions.read(connection, version.material_id, version.ordinal)
    extracted = await pages.read_extracted(connection, version)
    receipt = (record.receipt if record else None) or {}
    return await asyncio.to_thread(fingerprints, extracted, Manner.of_receipt(receipt))
