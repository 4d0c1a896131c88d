"""Content blocks, where they stand, and which pages are stale, as the interface shows them."""

from datetime import datetime

from msgspec import Struct

from search_service.catalog.reuse import Relation
from search_service.db.enums import MaterialStatus


class Block(Struct, frozen=True):
    """A slide, table or paragraph group; `usages` counts the places that the caller may see."""

    id: int
    name: str
    content: str
    block_type: str | None
    usages: int


class Blocks(Struct, frozen=True):
    items: tuple[Block, ...]


class BlockUsage(Struct, frozen=True):
    """Where a block stands."""

    material_id: int
    material_name: str
    status: MaterialStatus
    slide_number: int | None
    context: str | None
    url: str


class BlockUsages(Struct, frozen=True):
    items: tuple[BlockUsage, ...]


class PageUsage(Struct, frozen=True):
    """A page of another material with the same content, or nearly the same.

    `block_type` is what the two share, `similarity` goes from 0 to 1, `since` is the date of the
    wording there, and `relation` says whether that is the same, a newer or an older one; `variant`
    where neither is known to be newer.
    """

    material_id: int
    material_name: str
    status: MaterialStatus
    page_number: int
    block_type: str
    relation: Relation
    similarity: float
    since: datetime
    url: str


class PageUsages(Struct, frozen=True):
    """The most alike first."""

    items: tuple[PageUsage, ...]


class NewerPage(Struct, frozen=True):
    """Where a newer wording stands, and since when."""

    material_id: int
    material_name: str
    page_number: int
    since: datetime
    similarity: float
    url: str


class StalePage(Struct, frozen=True):
    page_number: int
    url: str
    newer: NewerPage


class StaleMaterial(Struct, frozen=True):
    material_id: int
    material_name: str
    status: MaterialStatus
    pages: tuple[StalePage, ...]


class StaleMaterials(Struct, frozen=True):
    """One's own materials with a page that is published in newer words elsewhere."""

    items: tuple[StaleMaterial, ...]
