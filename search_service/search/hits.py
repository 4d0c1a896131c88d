"""Fills in what is shown of ranked materials: their facts, best slides, snippets and reasons."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from search_service.accounts.policy import is_guest, visible_binds
from search_service.db.direct import fetch
from search_service.search import highlight
from search_service.search.answer import Hit, NamedId, Part, Slide
from search_service.search.explain import Explained, explanations
from search_service.search.facets import Names
from search_service.search.highlight import Found, Marked
from search_service.search.pins import PINNED, Pin, pinned_first
from search_service.search.priors import priors
from search_service.search.scoring import Finalists, Matching
from search_service.search.slides import SlideRow
from search_service.search.sql import STATEMENTS
from search_service.search.state import Search
from search_service.search.tree import Field


@dataclass(frozen=True, slots=True)
class Ranked:
    """One material in its place; `score` is 0 where another order was asked for.

    `ordinals` are the passages that made the score, best first, and `extras` the parts of it that
    the words of the query do not explain. `matching` is None where it was not ranked by words.
    """

    material_id: int
    full: bool
    score: float
    ordinals: tuple[int, ...] = ()
    extras: tuple[Part, ...] = ()
    pin: Pin | None = None
    matching: Matching | None = None


@dataclass(frozen=True, slots=True)
class _Slides:
    """The best passages of a material, and on how many pages it matches at all."""

    best: Sequence[SlideRow] = ()
    matching: int = 0


@dataclass(frozen=True, slots=True)
class _Shown:
    """Everything that hits are made of."""

    facts: Mapping[int, Row[Any]]
    slides: Mapping[int, _Slides]
    missing: Mapping[int, tuple[str, ...]]
    reasons: Mapping[int, tuple[Part, ...]]
    marked: Mapping[str, Mapping[str, Marked]]
    names: Names


async def fill(search: Search, ranked: Sequence[Ranked]) -> tuple[Hit, ...]:
    """Give the hits of `ranked`, in its order."""
    matching = await _matching(search, ranked)
    facts = await _facts(search, [item.material_id for item in ranked], matching)
    kept = [item for item in ranked if item.material_id in facts]
    slides: Mapping[int, _Slides] = {
        item.material_id: _Slides(
            _slides_of(facts[item.material_id]), matching[item.material_id].pages
        )
        for item in kept
        if item.material_id in matching
    }
    pages = [item.pin for item in kept if item.pin and item.pin.page_number is not None]
    if pages and search.request.slides:
        slides = await _with_pinned(search, pages, slides)
    shown = _Shown(
        facts=facts,
        slides=slides,
        missing={
            item.material_id: search.missing(item.material_id) for item in kept if not item.full
        },
        reasons=await _reasons(search, kept),
        marked=await _marked(search, facts, slides),
        names=search.names,
    )
    return tuple(_hit(item, shown) for item in kept)


async def _reasons(search: Search, ranked: Sequence[Ranked]) -> Mapping[int, tuple[Part, ...]]:
    if not (search.request.explain and search.by_relevance):
        return {}
    parts = priors(search.columns, search.setting)
    asked = []
    for item in ranked:
        if item.pin:
            continue
        at = item.material_id
        shares = [(part.name, float(part.gains[at]), part.words) for part in parts]
        asked.append(Explained(item.material_id, item.ordinals, shares))
    by_words = await explanations(search.connection, search.analysis, search.weights, asked)
    return {
        item.material_id: (PINNED,)
        if item.pin
        else (*by_words.get(item.material_id, ()), *item.extras)
        for item in ranked
    }


async def _matching(search: Search, ranked: Sequence[Ranked]) -> Mapping[int, Matching]:
    """What matches of each material; found out where it was not ranked by words."""
    known = {item.material_id: item.matching for item in ranked if item.matching}
    others = [item.material_id for item in ranked if not item.matching]
    scored = await search.scorer.order(Finalists.alike(others), len(others))
    return known | {item.material_id: item.matching for item in scored}


async def _facts(
    search: Search, ids: Sequence[int], matching: Mapping[int, Matching]
) -> Mapping[int, Row[Any]]:
    """What is shown of materials, with the slides that match best."""
    chosen = [
        (material_id, ordinal, score)
        for material_id, each in matching.items()
        for ordinal, score in zip(each.ordinals, each.scores, strict=True)
    ]
    rows = await fetch(
        search.connection,
        STATEMENTS["materials"],
        {
            "ids": ids,
            "slide_materials": [material_id for material_id, _, _ in chosen],
            "ordinals": [ordinal for _, ordinal, _ in chosen],
            "scores": [score for _, _, score in chosen],
            "see_notes": not is_guest(search.principal),
            **visible_binds(search.principal),
        },
    )
    return {row.id: row for row in rows}


def _slides_of(facts: Row[Any]) -> list[SlideRow]:
    columns = (
        facts.page_numbers, facts.titles, facts.bodies, facts.notes, facts.hidden,
        facts.languages, facts.content_hashes, facts.version_ordinals, facts.scores,
    )  # fmt: skip
    return list(map(SlideRow, *columns)) if facts.page_numbers else []


async def _with_pinned(
    search: Search, pages: Sequence[Pin], slides: Mapping[int, _Slides]
) -> Mapping[int, _Slides]:
    """Put the pinned page of a material before its best ones."""
    best = {pin.material_id: slides.get(pin.material_id, _Slides()) for pin in pages}
    rows = await pinned_first(
        search.connection,
        search.principal,
        pages,
        {key: found.best for key, found in best.items()},
    )
    most = search.request.slides
    pinned = {key: _Slides(rows[key][:most], found.matching) for key, found in best.items()}
    return {**slides, **pinned}


async def _marked(
    search: Search, facts: Mapping[int, Row[Any]], slides: Mapping[int, _Slides]
) -> dict[str, dict[str, Marked]]:
    """Every text that is shown with its marks, by language."""
    lexemes: defaultdict[str, set[str]] = defaultdict(set)
    for term in search.analysis.terms:
        for language, forms in term.forms.items():
            lexemes[language].update(forms)
    texts: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for row in facts.values():
        texts[row.language][row.name] = None
    for slide in (slide for found in slides.values() for slide in found.best):
        texts[slide.language].update(dict.fromkeys((slide.title, slide.body, slide.notes)))
    found = {
        language: highlight.look_through(list(written), lexemes[language])
        for language, written in texts.items()
    }
    matching = await _matching_words(search, found, lexemes)
    return {
        language: {marked.text: marked for marked in each.marked(matching[language])}
        for language, each in found.items()
    }


async def _matching_words(
    search: Search, found: Mapping[str, Found], lexemes: Mapping[str, Set[str]]
) -> Mapping[str, Set[str]]:
    """The words to mark in the texts of each language, in lower case."""
    likely = sorted((word, language) for language, each in found.items() for word in each.words)
    matching: defaultdict[str, set[str]] = defaultdict(set)
    of_words = await search.spellings.lexemes(search.connection, likely)
    for (word, language), written in zip(likely, of_words, strict=True):
        if not lexemes[language].isdisjoint(written):
            matching[language].add(word)
    return matching


def _hit(item: Ranked, shown: _Shown) -> Hit:
    facts = shown.facts[item.material_id]
    slides = shown.slides.get(item.material_id, _Slides())
    marked = shown.marked[facts.language]
    named = shown.names.names
    return Hit(
        material_id=facts.id,
        name=facts.name,
        name_marks=marked[facts.name].marks,
        description=facts.description,
        material_type=facts.material_type,
        audience=facts.audience,
        status=facts.status,
        product_name=facts.product_name,
        universe_name=facts.universe_name,
        file_name=facts.file_name,
        file_format=facts.file_format,
        version=facts.version,
        language=facts.language,
        page_count=facts.page_count,
        tags=tuple(facts.tags or ()),
        personas=_named(facts.persona_ids, named.get(Field.PERSONA, {})),
        segments=_named(facts.segment_ids, named.get(Field.SEGMENT, {})),
        owner=NamedId(facts.owner_id, facts.owner_name) if facts.owner_name else None,
        health_score=facts.health_score or 0,
        usage_count=facts.usage_count or 0,
        review_by=facts.review_by,
        updated_at=facts.updated_at,
        score=item.score,
        full=item.full,
        missing=shown.missing.get(item.material_id, ()),
        matching_slides=slides.matching,
        slides=tuple(_slide(row, shown.marked[row.language]) for row in slides.best),
        explanation=shown.reasons.get(item.material_id, ()),
        pinned=item.pin is not None,
    )


def _named(ids: Sequence[int], names: Mapping[int, str]) -> tuple[NamedId, ...]:
    return tuple(NamedId(key, names[key]) for key in ids if key in names)


def _slide(row: SlideRow, marked: Mapping[str, Marked]) -> Slide:
    body, notes = marked[row.body], marked[row.notes]
    from_notes = notes.marks and not body.marks
    return Slide(
        page_number=row.page_number,
        title=row.title,
        title_marks=marked[row.title].marks,
        snippet=highlight.snippet(notes, "notes") if from_notes else highlight.snippet(body),
        hidden=row.hidden,
        score=row.score,
        content_hash=row.content_hash,
        version=row.version_ordinal,
    )
