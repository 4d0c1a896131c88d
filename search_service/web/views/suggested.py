"""Suggestions and similar materials as a page shows them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from search_service.search.similar import Like
from search_service.search.suggest import Suggestion, SuggestionKind
from search_service.web.views import wording
from search_service.web.views.addresses import material_address, slide_address

_KINDS: Mapping[SuggestionKind, str] = {
    SuggestionKind.TITLE: "Material",
    SuggestionKind.SLIDE: "Slide",
    SuggestionKind.PRODUCT: "Product",
    SuggestionKind.KEYWORD: "Keyword",
    SuggestionKind.QUERY: "Searched before",
    SuggestionKind.WORD: "Word",
}
_SHARED_WORDS = 5


@dataclass(frozen=True, slots=True)
class SuggestedChoice:
    """An option of the search box's list."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class MoreLike:
    """A similar material with the page that is most like it, where one is."""

    address: str
    name: str
    kind: str
    state: str
    shared: str
    slide_address: str
    slide_title: str


def choices_of(found: Iterable[Suggestion]) -> tuple[SuggestedChoice, ...]:
    return tuple(SuggestedChoice(each.text, _KINDS[each.kind]) for each in found)


def more_like(like: Like) -> MoreLike:
    """Lay out one similar material."""
    slide = like.slide
    title = slide and (" ".join(slide.title.split()) or f"Page {slide.page_number}")
    return MoreLike(
        address=material_address(like.material_id),
        name=like.name,
        kind=wording.TYPES.get(like.material_type, like.material_type),
        state=wording.state_of(like.status),
        shared=", ".join(like.shared_words[:_SHARED_WORDS]),
        slide_address=slide_address(like.material_id, slide.page_number) if slide else "",
        slide_title=title or "",
    )
