"""What search answers, as values; delivery packages turn them into their own forms.

Structs, as an answer has some hundred: they are made several times faster than dataclasses.
"""

from datetime import date, datetime

from msgspec import Struct

from search_service.search.tree import Field, QueryWarning


class Snippet(Struct, frozen=True):
    """A piece of a passage's plain text; `marks` are [start, end) offsets of the words found.

    `source` is "slide" or "notes". The text is not safe to put into HTML as it is.
    """

    text: str
    marks: tuple[tuple[int, int], ...]
    source: str = "slide"


class Slide(Struct, frozen=True):
    """A passage of a hit: its page and the piece that shows why."""

    page_number: int
    title: str
    title_marks: tuple[tuple[int, int], ...]
    snippet: Snippet
    hidden: bool
    score: float
    content_hash: str
    version: int


class NamedId(Struct, frozen=True):
    id: int
    name: str


class Part(Struct, frozen=True):
    """One part of a score: what it is, in words a rep understands, and how much it adds."""

    name: str
    value: float
    words: str


class Hit(Struct, frozen=True):
    """A material with its best slides; `missing` are the words that it does not hold.

    A `pinned` one stands first whatever it holds, with a score of 0.
    Of a material of more than 256 passages `matching_slides` may count the 64 best alone.
    """

    material_id: int
    name: str
    name_marks: tuple[tuple[int, int], ...]
    description: str | None
    material_type: str
    audience: str
    status: str | None
    product_name: str | None
    universe_name: str | None
    file_name: str | None
    file_format: str | None
    version: str | None
    language: str
    page_count: int | None
    tags: tuple[str, ...]
    personas: tuple[NamedId, ...]
    segments: tuple[NamedId, ...]
    owner: NamedId | None
    health_score: int
    usage_count: int
    review_by: date | None
    updated_at: datetime | None
    score: float
    full: bool
    missing: tuple[str, ...]
    matching_slides: int
    slides: tuple[Slide, ...]
    explanation: tuple[Part, ...] = ()
    pinned: bool = False


class FacetValue(Struct, frozen=True):
    value: str
    label: str
    count: int
    selected: bool


class Facet(Struct, frozen=True):
    """Counts of one facet, which ignore that facet's own selection; most first.

    `more` values are left out; `exact` is False where what was asked is not matched exactly.
    """

    field: Field
    values: tuple[FacetValue, ...]
    more: int = 0
    exact: bool = True


class Correction(Struct, frozen=True):
    typed: str
    used: str


class Expansion(Struct, frozen=True):
    """What was searched for beside what was typed, as its synonyms."""

    typed: str
    added: tuple[str, ...]


class Answer(Struct, frozen=True):
    """One answer to one request.

    `total` counts full matches, or partial ones where `partial` says that there is no full one.
    `corrected` lists words that were replaced; `did_you_mean` is a query to try instead where
    nothing was replaced. `expanded` lists what was searched for beside what was typed. A pinned
    material that does not match counts neither in `total` nor in `facets`.
    """

    query: str
    hits: tuple[Hit, ...]
    total: int
    partial: bool
    facets: tuple[Facet, ...]
    warnings: tuple[QueryWarning, ...]
    corrected: tuple[Correction, ...]
    did_you_mean: str | None
    next_cursor: str | None
    took_ms: float
    expanded: tuple[Expansion, ...] = ()
