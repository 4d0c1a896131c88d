"""Buyer personas: who a material is for."""

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
from search_service.db.tables import MaterialPersona, Persona

MAX_TEXT = 5_000

PERSONAS = Vocabulary(
    kind="persona",
    entries=Persona.__table__,
    links=MaterialPersona.__table__,
    key="persona_id",
    rules={
        "name": lambda value: filled_line(value, 100),
        "role": lambda value: line(value, 100),
        "description": lambda value: prose(value, MAX_TEXT),
        "goals": lambda value: prose(value, MAX_TEXT),
        "challenges": lambda value: prose(value, MAX_TEXT),
        "preferred_content": lambda value: prose(value, MAX_TEXT),
    },
)


@dataclass(frozen=True, slots=True)
class PersonaRecord:
    """A persona; `used` counts the materials that the reader may see."""

    id: int
    name: str
    role: str | None
    description: str | None
    goals: str | None
    challenges: str | None
    preferred_content: str | None
    created_at: datetime | None
    updated_at: datetime | None
    used: int


async def find(connection: AsyncConnection, principal: Principal) -> list[PersonaRecord]:
    """List all personas by name."""
    rows = await vocabulary.find(connection, principal, PERSONAS)
    return [PersonaRecord(**row) for row in rows]


async def get(connection: AsyncConnection, principal: Principal, persona_id: int) -> PersonaRecord:
    """Give one persona. Raises NotFoundError."""
    row = await vocabulary.get(connection, principal, PERSONAS, persona_id)
    return PersonaRecord(**row)


async def create(
    connection: AsyncConnection, caller: Caller, given: Mapping[str, Any]
) -> PersonaRecord:
    """Make a persona. Raises ForbiddenError, InvalidInputError, ConflictError for a taken name."""
    persona_id = await vocabulary.create(connection, caller, PERSONAS, given)
    return await get(connection, caller.principal, persona_id)


async def change(
    connection: AsyncConnection, caller: Caller, persona_id: int, given: Mapping[str, Any]
) -> PersonaRecord:
    """Change the named fields. Raises what `create` raises, and NotFoundError."""
    await vocabulary.change(connection, caller, EntryKey(PERSONAS, persona_id), given)
    return await get(connection, caller.principal, persona_id)


async def remove(connection: AsyncConnection, caller: Caller, persona_id: int) -> None:
    """Remove a persona; its materials lose it. Raises ForbiddenError and NotFoundError."""
    await vocabulary.remove(connection, caller, PERSONAS, persona_id)


async def ids_by_name(connection: AsyncConnection) -> dict[str, int]:
    """Give every persona's id by its name in lower case."""
    return await vocabulary.ids_by_name(connection, PERSONAS)
