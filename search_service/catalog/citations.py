"""Citations of passages: given for a page, and checked later against what stands there now.

A passage is known by the hash of its words, so a citation holds wherever its slide moves. What the
principal may not see counts as gone, as if it had never been.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal, visible_binds, visible_sql
from search_service.catalog import materials
from search_service.catalog.materials import MaterialRecord
from search_service.db.statements import Statements

MAX_PLACES = 20
_STATEMENTS = Statements("search_service.catalog", "citations.sql", {"visible": visible_sql})


class CitationState(StrEnum):
    """What became of a cited passage."""

    CURRENT = "current"
    """It stands in the material that is cited, word for word, though maybe on another page."""
    CHANGED = "changed"
    """The file is the one that was cited, and the page was corrected, hidden or read anew."""
    SUPERSEDED = "superseded"
    """A newer file of the material does not say it any more."""
    GONE = "gone"
    """The material was deleted or withdrawn, or never was."""


@dataclass(frozen=True, slots=True)
class Cited:
    """Where a citation says that its passage stood."""

    material_id: int
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands now."""

    material_id: int
    material_name: str
    version: int
    page_number: int


@dataclass(frozen=True, slots=True)
class CitedPassage:
    """A passage that can be cited, with its words."""

    place: Place
    content_hash: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a citation, with the places where the passage stands, the cited one first.

    `material` is the cited one where the principal may see it.
    """

    state: CitationState
    places: tuple[Place, ...]
    material: MaterialRecord | None


async def of_page(
    connection: AsyncConnection, principal: Principal, material_id: int, page_number: int
) -> list[CitedPassage]:
    """List what can be cited of a page of the present version, in reading order."""
    binds = {"material_id": material_id, "page_number": page_number, **visible_binds(principal)}
    return [
        CitedPassage(
            Place(row.material_id, row.name, row.version, row.page_number),
            row.content_hash,
            row.title,
            row.body,
        )
        for row in await connection.execute(_STATEMENTS["of_page"], binds)
    ]


async def check(
    connection: AsyncConnection, principal: Principal, content_hash: str, cited: Cited | None
) -> Checked:
    """Say what became of a passage; without a material it is current wherever it stands."""
    binds = {
        "content_hash": content_hash,
        "material_id": cited.material_id if cited else None,
        "most": MAX_PLACES,
    }
    rows = await connection.execute(_STATEMENTS["places"], {**binds, **visible_binds(principal)})
    places = tuple(Place(row.material_id, row.name, row.version, row.page_number) for row in rows)
    if cited is None:
        state = CitationState.CURRENT if places else CitationState.GONE
        return Checked(state, places, None)
    found = await materials.get_many(connection, principal, [cited.material_id])
    if not found:
        return Checked(CitationState.GONE, places, None)
    return Checked(_state(found[0], cited, places), places, found[0])


def _state(material: MaterialRecord, cited: Cited, places: tuple[Place, ...]) -> CitationState:
    if any(place.material_id == material.id for place in places):
        return CitationState.CURRENT
    if cited.version is not None and cited.version < material.current_version:
        return CitationState.SUPERSEDED
    return CitationState.CHANGED
