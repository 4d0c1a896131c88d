"""What can be asked of search, as values with their limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from search_service.search.tree import Field

MAX_LIMIT = 100
DEFAULT_LIMIT = 20
MAX_SLIDES = 20
DEFAULT_SLIDES = 3


class Match(StrEnum):
    """Which hits are wanted: `AUTO` gives full matches first, then partial ones."""

    AUTO = "auto"
    ALL = "all"
    ANY = "any"


class Sort(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    MOST_USED = "most_used"
    HEALTHIEST = "healthiest"


@dataclass(frozen=True, slots=True)
class Context:
    """What the caller says of the customer: names or ids, each a soft boost and never a filter."""

    persona: str | None = None
    segment: str | None = None
    industry: str | None = None
    stage: str | None = None
    product: str | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search.

    `selection` holds the values chosen in each facet (any of them, beside those of `text`):
    names or ids, in whatever case. `limit` is 1 to 100 materials, `slides` 0 to 20 of each.
    `correct` allows unknown words to be corrected; `facets` asks for the counts; `context` lifts
    what fits a customer.
    """

    text: str = ""
    selection: Mapping[Field, tuple[str, ...]] = field(default_factory=dict)
    match: Match = Match.AUTO
    sort: Sort = Sort.RELEVANCE
    limit: int = DEFAULT_LIMIT
    slides: int = DEFAULT_SLIDES
    cursor: str | None = None
    correct: bool = True
    facets: bool = True
    explain: bool = False
    context: Context = Context()
