"""Market segments: where a material is used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.caller import Caller
from search_service.accounts.policy import Principal
from search_service.catalog import vocabulary
from search_service.catalog.metadata import filled_line, line, prose
from search_service.catalog.vocabulary import EntryKey, Vocabulary
from search_service.db.tables import MaterialSegment, Segment

MAX_TEXT = 5_000

SEGMENTS = Vocabulary(
    kind="segment",
    entries=Segment.__table__,
    links=MaterialSegment.__table__,
    key="segment_id",
    rules={
        "name": lambda value: filled_line(value, 100),
        "description": lambda value: prose(value, MAX_TEXT),
        "industry": lambda value: line(value, 100),
        "company_size": lambda value: line(value, 50),
        "region": lambda value: line(value, 50),
        "key_drivers": lambda value: prose(value, MAX_TEXT),
        "pain_points": lambda value: prose(value, MAX_TEXT),
        "buying_criteria": lambda value: prose(value, MAX_TEXT),
    },
)


@dataclass(frozen=True, slots=True)
class SegmentRecord:
    """A segment; `used` counts the materials that the reader may see."""

    id: int
    name: str
    description: str | None
    industry: str | None
    company_size: str | None
    region: str | None
    key_drivers: str | None
    pain_points: str | None
    buying_criteria: str | None
    created_at: datetime | None
    updated_at: datetime | None
    used: int


async def find(connection: AsyncConnection, principal: Principal) -> list[SegmentRecord]:
    """List all segments by name."""
    rows = await vocabulary.find(connection, principal, SEGMENTS)
    return [SegmentRecord(**row) for row in rows]


async def get(connection: AsyncConnection, principal: Principal, segment_id: int) -> SegmentRecord:
    """Give one segment. Raises NotFoundError."""
    row = await vocabulary.get(connection, principal, SEGMENTS, segment_id)
    return SegmentRecord(**row)


async def create(
    connection: AsyncConnection, caller: Caller, given: Mapping[str, Any]
) -> SegmentRecord:
    """Make a segment. Raises ForbiddenError, InvalidInputError, ConflictError for a taken name."""
    segment_id = await vocabulary.create(connection, caller, SEGMENTS, given)
    return await get(connection, caller.principal, segment_id)


async def change(
    connection: AsyncConnection, caller: Caller, segment_id: int, given: Mapping[str, Any]
) -> SegmentRecord:
    """Change the named fields. Raises what `create` raises, and NotFoundError."""
    await vocabulary.change(connection, caller, EntryKey(SEGMENTS, segment_id), given)
    return await get(connection, caller.principal, segment_id)


async def remove(connection: AsyncConnection, caller: Caller, segment_id: int) -> None:
    """Remove a segment; its materials lose it. Raises ForbiddenError and NotFoundError."""
    await vocabulary.remove(connection, caller, SEGMENTS, segment_id)


async def ids_by_name(connection: AsyncConnection) -> dict[str, int]:
    """Give every segment's id by its name in lower case."""
    return await vocabulary.ids_by_name(connection, SEGMENTS)
