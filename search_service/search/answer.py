"""What search answers, as values; delivery packages turn them into their own forms."""

from dataclasses import dataclass
from datetime import date, datetime

from search_service.search.tree import Field, QueryWarning


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a passage's plain text; `marks` are [start, end) offsets of the words found.

    `source` is "slide" or "notes". The text is not safe to put into HTML as it is.
    """

    text: str
    marks: tuple[tuple[int, int], ...]
    source: str = "slide"


@dataclass(frozen=True, slots=True)
class Slide:
    """A passage of a hit: its page and the piece that shows why."""

    page_number: int
    title: str
    title_marks: tuple[tuple[int, int], ...]
    snippet: Snippet
    hidden: bool
    score: float
    content_hash: str
    version: int


@dataclass(frozen=True, slots=True)
class NamedId:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score: what it is, in words a rep understands, and how much it adds."""

    name: str
    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A material with its best slides; `missing` are the words that it does not hold.

    A `pinned` one stands first whatever it holds, with a score of 0.
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


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """Counts of one facet, which ignore that facet's own selection; most first."""

    field: Field
    values: tuple[FacetValue, ...]
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Correction:
    typed: str
    used: str


@dataclass(frozen=True, slots=True)
class Expansion:
    """What was searched for beside what was typed, as its synonyms."""

    typed: str
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
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
