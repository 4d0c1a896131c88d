"""Synonyms, pins, judgements and ranking weights as the interface shows and takes them."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType, field

from search_service.api.schemas.limits import Cursor, Id, PageLimit

Source: TypeAlias = Annotated[
    str, Meta(min_length=1, max_length=100, description="A word, or up to five.")
]
Targets: TypeAlias = Annotated[list[Source], Meta(min_length=1, max_length=20)]
Language: TypeAlias = Literal["en", "fr", "de", "es", "it", "nl", "pt"]
QueryText: TypeAlias = Annotated[str, Meta(min_length=1, max_length=500)]
Page: TypeAlias = Annotated[int, Meta(ge=1, le=100_000)]
Place: TypeAlias = Annotated[int, Meta(ge=1, le=10, description="Among the pins of a query.")]
Grade: TypeAlias = Annotated[int, Meta(ge=0, le=3, description="0: not at all; 3: best.")]
Prior: TypeAlias = Annotated[float, Meta(ge=0, le=0.1)]
Boost: TypeAlias = Annotated[float, Meta(ge=0, le=0.5)]


class TuningQuery(Struct, frozen=True):
    """Which stretch of a list that goes by id."""

    limit: PageLimit = 50
    cursor: Cursor | None = None


class TuningOptions(Struct, frozen=True):
    """How a change is made; the judged queries are tried in any case."""

    override: Annotated[
        bool, Meta(description="Keep the change though the judged queries get worse.")
    ] = False


class QueryChange(Struct, frozen=True):
    """nDCG@10 of one judged query before and after a change."""

    query: str
    before: float
    after: float


class Trial(Struct, frozen=True):
    """What a change does to the judged queries; `hurt` lists those that it makes worse.

    Below 20 judged queries nothing is refused, and `enforced` is false. The means are null without
    any.
    """

    queries: int
    mean_before: float | None
    mean_after: float | None
    hurt: tuple[QueryChange, ...]
    enforced: bool
    overridden: bool


class Removal(Struct, frozen=True):
    """What a removal does to the judged queries."""

    trial: Trial


class Synonym(Struct, frozen=True):
    """`from` also means each of `to`; with `two_way` all of them mean each other.

    What is added counts in passages of `language`, null for any.
    """

    id: int
    source: str = field(name="from")
    targets: tuple[str, ...] = field(name="to")
    two_way: bool
    language: str | None
    created_at: datetime
    updated_at: datetime


class Synonyms(Struct, frozen=True):
    items: tuple[Synonym, ...]
    next_cursor: str | None


class NewSynonym(Struct, frozen=True, forbid_unknown_fields=True):
    source: Source = field(name="from")
    targets: Targets = field(name="to")
    two_way: bool = False
    language: Language | None = None


class SynonymChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays."""

    source: Source | UnsetType = field(default=UNSET, name="from")
    targets: Targets | UnsetType = field(default=UNSET, name="to")
    two_way: bool | UnsetType = UNSET
    language: Language | UnsetType | None = UNSET


class TriedSynonym(Struct, frozen=True):
    synonym: Synonym
    trial: Trial


class Pin(Struct, frozen=True):
    """A material, with a page of it, that stands first for a query; its filters do not count.

    With a persona or a segment only while that is selected.
    """

    id: int
    query: str
    material_id: int
    material_name: str
    url: str
    page_number: int | None
    persona_id: int | None
    segment_id: int | None
    place: int
    created_at: datetime
    updated_at: datetime


class Pins(Struct, frozen=True):
    items: tuple[Pin, ...]
    next_cursor: str | None


class NewPin(Struct, frozen=True, forbid_unknown_fields=True):
    query: QueryText
    material_id: Id
    page_number: Page | None = None
    persona_id: Id | None = None
    segment_id: Id | None = None
    place: Place = 1


class PinChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays, null empties it."""

    query: QueryText | UnsetType = UNSET
    page_number: Page | UnsetType | None = UNSET
    persona_id: Id | UnsetType | None = UNSET
    segment_id: Id | UnsetType | None = UNSET
    place: Place | UnsetType = UNSET


class TriedPin(Struct, frozen=True):
    pin: Pin
    trial: Trial


class Judgement(Struct, frozen=True):
    """How well a material, or one page of it, answers a query."""

    id: int
    query: str
    material_id: int
    material_name: str
    page_number: int | None
    grade: int
    judged_by: int | None
    judge_name: str | None
    judged_at: datetime


class Judgements(Struct, frozen=True):
    items: tuple[Judgement, ...]
    next_cursor: str | None


class NewJudgement(Struct, frozen=True, forbid_unknown_fields=True):
    query: QueryText
    material_id: Id
    grade: Grade
    page_number: Page | None = None


class JudgementChanges(Struct, frozen=True, forbid_unknown_fields=True):
    grade: Grade


class JudgedQuery(Struct, frozen=True):
    query: str
    ndcg: float


class JudgementReport(Struct, frozen=True):
    """nDCG@10 of each judged query as any rep is answered now by words alone, and their mean.

    The mean is null of none.
    """

    queries: tuple[JudgedQuery, ...]
    mean: float | None


class RankingWeights(Struct, frozen=True, forbid_unknown_fields=True):
    """Shares of a score: second and third slide, own words, priors, boosts for the context."""

    next_slides: tuple[Boost, Boost]
    own: Annotated[float, Meta(ge=0, le=1)]
    freshness: Prior
    health: Prior
    usage: Prior
    persona: Boost
    segment: Boost
    industry: Boost
    stage: Boost
    product: Boost
    account: Boost


class TriedWeights(Struct, frozen=True):
    weights: RankingWeights
    trial: Trial
