"""The search page as values: cards, facets, chips and what is said above them. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from zlib import crc32

from search_service.search.answer import Answer, Facet, FacetValue, Hit, Slide
from search_service.search.request import Sort
from search_service.search.tree import Field
from search_service.web.views import wording
from search_service.web.views.addresses import (
    SearchState,
    Trail,
    image_address,
    material_address,
    slide_address,
)
from search_service.web.views.marking import TextPart, parts_of
from search_service.web.views.wording import Badge, Facts

OPEN_FIELDS = (Field.PERSONA, Field.SEGMENT, Field.UNIVERSE, Field.PRODUCT, Field.TYPE)
SHOWN_VALUES = 6
SORTS = {
    Sort.RELEVANCE: "Best match",
    Sort.NEWEST: "Newest first",
    Sort.MOST_USED: "Most used",
    Sort.HEALTHIEST: "Healthiest",
}


@dataclass(frozen=True, slots=True)
class SlideRow:
    """A slide of a card with the piece of its text, or of its notes, that matched."""

    address: str
    image: str
    number: int
    word: str
    title: tuple[TextPart, ...]
    snippet: tuple[TextPart, ...]
    from_notes: bool
    hidden: bool
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A material among the results.

    `state` is empty for what is published; `missing` are words that it does not hold. What product
    marketing pinned says so, as it stands first whatever it holds. `not_sent` says why it is not to
    be sent to customers.
    """

    id: int
    address: str
    name: tuple[TextPart, ...]
    description: str
    kind: str
    state: str
    badges: tuple[Badge, ...]
    audience_line: str
    updated: str
    is_old: bool
    review_overdue: bool
    portrait: bool
    slides: tuple[SlideRow, ...]
    more_slides: str
    missing: str
    pinned: bool
    not_sent: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value in the side bar; `fixed` where the words of the query choose it already."""

    id: str
    value: str
    label: str
    count: int
    checked: bool
    fixed: bool


@dataclass(frozen=True, slots=True)
class FacetView:
    """A facet of the side bar; `rest` is folded away until asked for."""

    name: str
    label: str
    first: tuple[Choice, ...]
    rest: tuple[Choice, ...]
    chosen: int


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen value with the address that removes it."""

    label: str
    value: str
    address: str


@dataclass(frozen=True, slots=True)
class Synonyms:
    """What was searched for beside something typed, in one line."""

    typed: str
    added: str


@dataclass(frozen=True, slots=True)
class Results:
    """Everything below the search box."""

    state: SearchState
    total: str
    is_empty: bool
    partial_only: bool
    full: tuple[Card, ...]
    partial: tuple[Card, ...]
    open_facets: tuple[FacetView, ...]
    more_facets: tuple[FacetView, ...]
    chips: tuple[Chip, ...]
    warnings: tuple[str, ...]
    shown_query: str
    corrected: bool
    synonyms: tuple[Synonyms, ...]
    verbatim_address: str
    suggestion: str
    suggestion_address: str
    clear_address: str
    more_address: str
    took_ms: int


def results_of(
    state: SearchState, answer: Answer, today: date, trail: Trail | None = None
) -> Results:
    """Lay out one answer to what the address asks; with a trail, opening a hit counts."""
    cards = [
        (
            hit.full or hit.pinned,
            card_of(hit, today, partial(trail.mark, place=place) if trail else str),
        )
        for place, hit in enumerate(answer.hits, 1)
    ]
    facets = [_facet(state, facet) for facet in answer.facets]
    facets = [facet for facet in facets if facet.first]
    suggestion = answer.did_you_mean or ""
    noun = "partial match" if answer.partial else "material"
    total = f"{answer.total:,} partial matches" if answer.partial and answer.total != 1 else ""
    return Results(
        state=state,
        total=total or wording.counted(answer.total, noun),
        is_empty=not cards,
        partial_only=answer.partial,
        full=tuple(card for full, card in cards if full),
        partial=tuple(card for full, card in cards if not full),
        open_facets=_named(facets, OPEN_FIELDS),
        more_facets=tuple(
            facet
            for facet in _named(facets, [name for name in Field if name not in OPEN_FIELDS])
            if facet.chosen or len(facet.first) > 1
        ),
        chips=_chips(state, answer.facets),
        warnings=tuple(warning.message for warning in answer.warnings),
        shown_query=answer.query,
        corrected=bool(answer.corrected),
        synonyms=tuple(Synonyms(each.typed, ", ".join(each.added)) for each in answer.expanded),
        verbatim_address=state.asking(state.text, verbatim=True).address,
        suggestion=suggestion,
        suggestion_address=state.asking(suggestion).address if suggestion else "",
        clear_address=state.without_filters().address,
        more_address=_more(state, answer, trail),
        took_ms=max(1, round(answer.took_ms)),
    )


def card_of(hit: Hit, today: date, mark: Callable[[str], str] = str) -> Card:
    """Lay out one hit; `mark` completes the addresses that lead to it."""
    word = wording.page_word(hit.file_format)
    more = hit.matching_slides - len(hit.slides)
    return Card(
        id=hit.material_id,
        address=mark(material_address(hit.material_id)),
        name=parts_of(hit.name, hit.name_marks),
        description=hit.description or "",
        kind=wording.TYPES.get(hit.material_type, hit.material_type),
        state=wording.state_of(hit.status),
        badges=wording.badges_of(_facts(hit)),
        audience_line=_audience_line(hit),
        updated=wording.day(hit.updated_at),
        is_old=wording.is_old(hit.updated_at, today),
        review_overdue=hit.review_by is not None and hit.review_by < today,
        portrait=word == "page",
        slides=tuple(_slide(hit, slide, word, mark) for slide in hit.slides),
        more_slides=f"{wording.counted(more, f'more matching {word}')}" if more > 0 else "",
        missing=wording.joined(f"“{text}”" for text in hit.missing) if hit.missing else "",
        pinned=hit.pinned,
    )


def _more(state: SearchState, answer: Answer, trail: Trail | None) -> str:
    if not answer.next_cursor:
        return ""
    behind = trail and replace(trail, before=trail.before + len(answer.hits))
    return state.continued(answer.next_cursor, behind).address


def _slide(hit: Hit, slide: Slide, word: str, mark: Callable[[str], str]) -> SlideRow:
    return SlideRow(
        address=mark(slide_address(hit.material_id, slide.page_number, slide.version)),
        image=image_address(hit.material_id, slide.page_number, slide.version),
        number=slide.page_number,
        word=word,
        title=parts_of(slide.title, slide.title_marks),
        snippet=parts_of(slide.snippet.text, slide.snippet.marks),
        from_notes=slide.snippet.source == "notes",
        hidden=slide.hidden,
    )


def _facts(hit: Hit) -> Facts:
    return Facts(
        hit.material_type,
        hit.audience,
        hit.status,
        hit.product_name,
        hit.universe_name,
        hit.file_format,
        hit.language,
    )


def _audience_line(hit: Hit) -> str:
    personas = ", ".join(item.name for item in hit.personas)
    segments = ", ".join(item.name for item in hit.segments)
    return " · ".join(part for part in (personas, segments) if part)


def _facet(state: SearchState, facet: Facet) -> FacetView:
    choices = [_choice(state, facet.field, value) for value in facet.values]
    first = [
        choice for place, choice in enumerate(choices) if place < SHOWN_VALUES or choice.checked
    ]
    return FacetView(
        name=facet.field.value,
        label=wording.FIELDS[facet.field],
        first=tuple(first),
        rest=tuple(choice for choice in choices if choice not in first),
        chosen=sum(choice.checked for choice in choices),
    )


def _choice(state: SearchState, name: Field, value: FacetValue) -> Choice:
    chosen = _spelled(state, name, value)
    return Choice(
        id=f"f-{name}-{crc32(value.value.casefold().encode()):x}",
        value=chosen or value.value,
        label=wording.label_of(name, value.value, value.label),
        count=value.count,
        checked=value.selected or chosen is not None,
        fixed=value.selected and chosen is None,
    )


def _spelled(state: SearchState, name: Field, value: FacetValue) -> str | None:
    """The spelling in the address that chooses this value: its id, or its name in any case."""
    for chosen in state.chosen.get(name, ()):
        if chosen.casefold() in {value.value.casefold(), value.label.casefold()}:
            return chosen
    return None


def _chips(state: SearchState, facets: Iterable[Facet]) -> tuple[Chip, ...]:
    known = {facet.field: facet.values for facet in facets}
    return tuple(
        Chip(
            label=wording.FIELDS[name],
            value=_chip_label(name, chosen, known.get(name, ())),
            address=state.without(name, chosen).address,
        )
        for name in Field
        for chosen in state.chosen.get(name, ())
    )


def _chip_label(name: Field, chosen: str, values: Sequence[FacetValue]) -> str:
    for value in values:
        if chosen.casefold() in {value.value.casefold(), value.label.casefold()}:
            return wording.label_of(name, value.value, value.label)
    return wording.label_of(name, chosen, chosen)


def _named(facets: Sequence[FacetView], order: Sequence[Field]) -> tuple[FacetView, ...]:
    by_name = {facet.name: facet for facet in facets}
    return tuple(by_name[name.value] for name in order if name.value in by_name)
