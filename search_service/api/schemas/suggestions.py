"""Suggestions and similar materials as the interface gives them."""

from typing import Annotated

from msgspec import Meta, Struct

from search_service.search.similar import DEFAULT_LIMIT as DEFAULT_SIMILAR
from search_service.search.similar import MAX_LIMIT as MAX_SIMILAR
from search_service.search.suggest import DEFAULT_LIMIT, MAX_LIMIT, SuggestionKind


class SuggestionQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """What is typed so far."""

    q: Annotated[str, Meta(description="The text of the box; empty: the best of all.")] = ""
    limit: Annotated[int, Meta(ge=1, le=MAX_LIMIT, description="Phrases.")] = DEFAULT_LIMIT


class Suggestion(Struct, frozen=True):
    """A phrase that goes on like what is typed; a title's material, and a slide's with its page."""

    text: str
    kind: SuggestionKind
    material_id: int | None
    page_number: int | None


class Suggestions(Struct, frozen=True):
    """The best first, each phrase once."""

    items: tuple[Suggestion, ...]


class SimilarQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """How many are wanted."""

    limit: Annotated[int, Meta(ge=1, le=MAX_SIMILAR, description="Materials.")] = DEFAULT_SIMILAR


class SimilarSlide(Struct, frozen=True):
    """The page that shares most; `url` is its permanent address."""

    page_number: int
    url: str
    title: str


class SimilarMaterial(Struct, frozen=True):
    """A material that says much the same: `score` is the share, 0 to 1, of what tells the first
    one apart that this one holds too, and `shared_words` are the words of it.
    """

    material_id: int
    url: str
    name: str
    material_type: str
    status: str | None
    language: str
    score: float
    shared_words: tuple[str, ...]
    slide: SimilarSlide | None


class SimilarMaterials(Struct, frozen=True):
    """Those in the same language first, then by score."""

    items: tuple[SimilarMaterial, ...]
