"""A search and its answer as the interface takes and gives them."""

from datetime import date, datetime
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from msgspec import Meta, Struct

from search_service.api.schemas.citations import Citation
from search_service.api.schemas.limits import Values
from search_service.api.schemas.sharing import Shareable
from search_service.db.enums import MaterialAudience, MaterialStatus, MaterialType
from search_service.search.facets import RECENT_DAYS
from search_service.search.query import MAX_CHARACTERS
from search_service.search.request import (
    DEFAULT_LIMIT,
    DEFAULT_SLIDES,
    MAX_LIMIT,
    MAX_SLIDES,
    Match,
    Sort,
)

Highlights: TypeAlias = tuple[tuple[int, int], ...]
"""[start, end) offsets in the characters of the text beside them."""

SearchCursor: TypeAlias = Annotated[
    str, Meta(max_length=5_000, description="`next_cursor` of the page before.")
]
"""It may name the hits that were shown."""


class SearchQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """A search. Each facet narrows, its repeated values widen; personas, segments and owners go
    by id or by name. A value that there is not finds nothing, and a warning says so.
    """

    q: Annotated[
        str,
        Meta(
            description='Words, "phrases", OR, -word, NOT word, prefix*, field:value; nothing is an'
            f" error. What follows {MAX_CHARACTERS:,} characters is left out, with a warning.",
        ),
    ] = ""
    persona: Values = []
    segment: Values = []
    universe: Values = []
    product: Values = []
    type: Annotated[Values, Meta(description=", ".join(MaterialType))] = []
    audience: Annotated[Values, Meta(description=", ".join(MaterialAudience))] = []
    status: Annotated[Values, Meta(description=", ".join(MaterialStatus))] = []
    tag: Values = []
    format: Values = []
    language: Values = []
    owner: Values = []
    updated: Annotated[Values, Meta(description=", ".join(RECENT_DAYS))] = []
    match: Annotated[
        Match, Meta(description="auto: full matches first, then partial ones where needed.")
    ] = Match.AUTO
    sort: Sort = Sort.RELEVANCE
    limit: Annotated[int, Meta(ge=1, le=MAX_LIMIT, description="Materials on a page.")] = (
        DEFAULT_LIMIT
    )
    slides: Annotated[int, Meta(ge=0, le=MAX_SLIDES, description="Slides of each material.")] = (
        DEFAULT_SLIDES
    )
    cursor: SearchCursor | None = None
    correct: Annotated[bool, Meta(description="Replace words that nothing holds.")] = True
    facets: bool = True
    explain: Annotated[bool, Meta(description="Say what each score is made of.")] = False


Fact: TypeAlias = Annotated[str, Meta(max_length=255)] | Annotated[int, Meta(ge=1, le=2**31 - 1)]
"""A name or an id."""


class SearchContext(Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of the customer: each lifts what fits a little, and filters nothing."""

    persona: Fact | None = None
    segment: Fact | None = None
    industry: Fact | None = None
    stage: Fact | None = None
    product: Fact | None = None
    account: Fact | None = None


class SearchBody(SearchQuery, frozen=True, forbid_unknown_fields=True):
    """A search as a JSON body, which has room for a context."""

    context: SearchContext | None = None


class MultiSearchRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Several searches at once, answered in their order."""

    searches: Annotated[list[SearchBody], Meta(min_length=1, max_length=10)]


class Snippet(Struct, frozen=True):
    """A piece of plain text; `source` says where it stands: slide or notes."""

    text: str
    highlights: Highlights
    source: str


class SlideHit(Struct, frozen=True):
    """A page that matches; `url` is its permanent address."""

    page_number: int
    url: str
    title: str
    title_highlights: Highlights
    snippet: Snippet
    hidden: bool
    score: float
    content_hash: str
    version: int
    shareable: Shareable
    citation: Citation


class Named(Struct, frozen=True):
    id: int
    name: str


class ScorePart(Struct, frozen=True):
    name: str
    value: float
    words: str


class Hit(Struct, frozen=True):
    """A material with its best slides; `missing` are words of the query that it does not hold.

    A `pinned` one stands first whatever it holds, with a score of 0.
    Of a material of more than 256 passages `matching_slides` may count the 64 best alone.
    """

    material_id: int
    url: str
    name: str
    name_highlights: Highlights
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
    personas: tuple[Named, ...]
    segments: tuple[Named, ...]
    owner: Named | None
    health_score: int
    usage_count: int
    review_by: date | None
    updated_at: datetime | None
    score: float
    full: bool
    missing: tuple[str, ...]
    matching_slides: int
    slides: tuple[SlideHit, ...]
    explanation: tuple[ScorePart, ...]
    pinned: bool
    shareable: Shareable


class FacetValue(Struct, frozen=True):
    value: str
    label: str
    count: int
    selected: bool


class Facet(Struct, frozen=True):
    """Counts that ignore this facet's own selection; `value` is what the parameter takes.

    The commonest values; `more` is how many are left out. `exact` is false where not all phrases
    were looked for (`too_many_phrases`): then more is counted than matches.
    """

    field: str
    exact: bool
    values: tuple[FacetValue, ...]
    more: int


class SearchWarning(Struct, frozen=True):
    """What was not taken as typed: of the text (see the query language), `unknown_value` of a
    filter, `common_words`, `too_many_phrases` or `too_many_prefixes`.
    """

    code: str
    message: str


class Correction(Struct, frozen=True):
    typed: str
    used: str


class Expansion(Struct, frozen=True):
    """The synonyms that were searched for beside what was typed."""

    typed: str
    added: tuple[str, ...]


class SearchAnswer(Struct, frozen=True):
    """`total` counts full matches, or partial ones where `partial` says that none is full.

    Clicks name `search_id`; it is null on further pages, whose hits belong to the first one's.
    A pinned material that does not match is in neither the total nor the facets.
    """

    query: str
    total: int
    partial: bool
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...]
    warnings: tuple[SearchWarning, ...]
    corrected: tuple[Correction, ...]
    expanded: tuple[Expansion, ...]
    did_you_mean: str | None
    next_cursor: str | None
    took_ms: float
    search_id: UUID | None


class MultiSearchAnswer(Struct, frozen=True):
    """A SearchAnswer for each search, in the order asked; a Problem where that one failed.

    msgspec knows no union of two structs without tags; the document states it.
    """

    answers: tuple[Any, ...]
