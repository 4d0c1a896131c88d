"""Citations as the interface gives and checks them."""

from typing import Annotated

from msgspec import Meta, Struct

from search_service.api.schemas.limits import Id
from search_service.api.schemas.sharing import Shareable
from search_service.catalog.citations import CitationState


class Citation(Struct, frozen=True):
    """Names a passage for good: `url` is its page's permanent address, `check` says later what
    became of it.
    """

    material_id: int
    version: int
    page_number: int
    content_hash: str
    url: str
    check: str


class CitedPassage(Struct, frozen=True):
    """A passage with its citation; `line` is how a person would write it below a quote."""

    citation: Citation
    line: str
    title: str
    text: str


class CitedPassages(Struct, frozen=True):
    """In reading order; a slide is one passage, a long page several."""

    items: tuple[CitedPassage, ...]


class CitationQuery(Struct, frozen=True):
    """Where the passage stood, as its citation says."""

    material_id: Id | None = None
    version: Annotated[int, Meta(ge=1, le=100_000)] | None = None


class CitationPlace(Struct, frozen=True):
    """Where the passage stands now, and whether that page may be sent."""

    material_id: int
    material_name: str
    version: int
    page_number: int
    url: str
    shareable: Shareable


class CheckedCitation(Struct, frozen=True):
    """`current`: it stands there word for word. `changed`: that file is read otherwise now.
    `superseded`: a newer file, `present_version`, does not say it. `gone`: deleted, withdrawn, or
    not to be seen.

    `places` are where the passage stands now, the cited material's first.
    """

    state: CitationState
    content_hash: str
    message: str
    material_url: str | None
    present_version: int | None
    places: tuple[CitationPlace, ...]
