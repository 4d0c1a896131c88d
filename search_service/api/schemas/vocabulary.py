"""Personas and segments as the interface shows and takes them."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

ShortName = Annotated[str, Meta(min_length=1, max_length=100)]
Word = Annotated[str, Meta(max_length=100)]
ShortWord = Annotated[str, Meta(max_length=50)]
Prose = Annotated[str, Meta(max_length=5_000)]


class Persona(Struct, frozen=True):
    """Who a material is for; `used` counts the materials that the caller may see."""

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


class Personas(Struct, frozen=True):
    items: tuple[Persona, ...]


class NewPersona(Struct, frozen=True, forbid_unknown_fields=True):
    name: ShortName
    role: Word | None = None
    description: Prose | None = None
    goals: Prose | None = None
    challenges: Prose | None = None
    preferred_content: Prose | None = None


class PersonaChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays, null empties it."""

    name: ShortName | UnsetType = UNSET
    role: Word | UnsetType | None = UNSET
    description: Prose | UnsetType | None = UNSET
    goals: Prose | UnsetType | None = UNSET
    challenges: Prose | UnsetType | None = UNSET
    preferred_content: Prose | UnsetType | None = UNSET


class Segment(Struct, frozen=True):
    """Where a material is used; `used` counts the materials that the caller may see."""

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


class Segments(Struct, frozen=True):
    items: tuple[Segment, ...]


class NewSegment(Struct, frozen=True, forbid_unknown_fields=True):
    name: ShortName
    description: Prose | None = None
    industry: Word | None = None
    company_size: ShortWord | None = None
    region: ShortWord | None = None
    key_drivers: Prose | None = None
    pain_points: Prose | None = None
    buying_criteria: Prose | None = None


class SegmentChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays, null empties it."""

    name: ShortName | UnsetType = UNSET
    description: Prose | UnsetType | None = UNSET
    industry: Word | UnsetType | None = UNSET
    company_size: ShortWord | UnsetType | None = UNSET
    region: ShortWord | UnsetType | None = UNSET
    key_drivers: Prose | UnsetType | None = UNSET
    pain_points: Prose | UnsetType | None = UNSET
    buying_criteria: Prose | UnsetType | None = UNSET
