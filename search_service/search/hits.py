"""Fills in what is shown of ranked materials: their facts, best slides, snippets and reasons."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal, is_guest
from search_service.search import highlight, ranking
from search_service.search.analysis import Analysis
from search_service.search.answer import Hit, NamedId, Part, Slide
from search_service.search.explain import explanations
from search_service.search.facets import Names
from search_service.search.pins import PINNED, Pin, pinned_first
from search_service.search.request import SearchRequest, Sort
from search_service.search.sql import STATEMENTS
from search_service.search.terms import Unit, all_queries, any_query
from search_service.search.tree import Field
from search_service.text.languages import configuration
from search_service.text.normalise import indexable


@dataclass(frozen=True, slots=True)
class Ranked:
    """One material in its place; `score` is 0 where another order was asked for."""

    material_id: int
    full: bool
    score: float
    pin: Pin | None = None


@dataclass(frozen=True, slots=True)
class _Slides:
    """The best passages of a material, and on how many pages it matches at all."""

    best: Sequence[Row[Any]] = ()
    matching: int = 0


@dataclass(frozen=True, slots=True)
class _Shown:
    """Everything that hits are made of."""

    facts: Mapping[int, Row[Any]]
    slides: Mapping[int, _Slides]
    missing: Mapping[int, tuple[str, ...]]
    reasons: Mapping[int, tuple[Part, ...]]
    words: Mapping[str, Set[str]]
    names: Names
    explained: bool


async def fill(
    connection: AsyncConnection,
    principal: Principal,
    request: SearchRequest,
    analysis: Analysis,
    ranked: Sequence[Ranked],
    names: Names,
) -> tuple[Hit, ...]:
    """Give the hits of `ranked`, in its order."""
    ids = [item.material_id for item in ranked]
    rows = await connection.execute(STATEMENTS["materials"], {"ids": ids})
    facts = {row.id: row for row in rows}
    slides = await _best_slides(connection, principal, ids, analysis, request.slides)
    pages = [item.pin for item in ranked if item.pin and item.pin.page_number is not None]
    if pages and request.slides:
        slides = await _with_pinned(connection, principal, pages, slides, request.slides)
    explained = request.explain and request.sort is Sort.RELEVANCE
    shown = _Shown(
        facts=facts,
        slides=slides,
        missing=await _missing(connection, [r.material_id for r in ranked if not r.full], analysis),
        reasons=await explanations(connection, ids, analysis) if explained else {},
        words=await _matching_words(connection, facts, slides, analysis),
        names=names,
        explained=explained,
    )
    return tuple(_hit(item, shown) for item in ranked if item.material_id in facts)


async def _best_slides(
    connection: AsyncConnection,
    principal: Principal,
    ids: Sequence[int],
    analysis: Analysis,
    most: int,
) -> Mapping[int, _Slides]:
    if not (ids and analysis.terms):
        return {}
    score = ranking.passage_score(analysis.terms)
    statement = STATEMENTS.sql(
        "slides", {"score": score.sql, "length_factors": ranking.length_factors("p", "c")}
    )
    rows = await connection.execute(
        text(statement),
        {
            "ids": ids,
            "any_query": any_query(analysis.terms),
            "slides": most,
            "see_notes": not is_guest(principal),
            **score.binds,
        },
    )
    return {
        material_id: _Slides([row for row in found if row.ordinal], found[0].matching)
        for material_id, found in _by_material(rows).items()
    }


async def _with_pinned(
    connection: AsyncConnection,
    principal: Principal,
    pages: Sequence[Pin],
    slides: Mapping[int, _Slides],
    most: int,
) -> Mapping[int, _Slides]:
    """Put the pinned page of a material before its best ones."""
    best = {pin.material_id: slides.get(pin.material_id, _Slides()) for pin in pages}
    rows = await pinned_first(
        connection, principal, pages, {key: found.best for key, found in best.items()}
    )
    pinned = {key: _Slides(rows[key][:most], found.matching) for key, found in best.items()}
    return {**slides, **pinned}


def _by_material(rows: Iterable[Row[Any]]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.material_id, []).append(row)
    return found


async def _missing(
    connection: AsyncConnection, ids: Sequence[int], analysis: Analysis
) -> Mapping[int, tuple[str, ...]]:
    """The words that each of the partial hits does not hold anywhere."""
    if not ids:
        return {}
    triples = [
        (number, language, query)
        for number, concept in enumerate(analysis.concepts)
        for language, query in all_queries([concept], analysis.corpus.languages).items()
    ]
    rows = await connection.execute(
        STATEMENTS["lacked_concepts"],
        {
            "ids": ids,
            "concepts": [number for number, _, _ in triples],
            "concept_languages": [language for _, language, _ in triples],
            "concept_queries": [query for _, _, query in triples],
        },
    )
    words = [_as_typed(concept) for concept in analysis.concepts]
    lacked: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
    for row in rows:
        lacked[row.id] += (words[row.concept],)
    return lacked


def _as_typed(concept: Sequence[Unit]) -> str:
    """What somebody typed of a concept; where that is a stop word, only a synonym is left of it."""
    typed = (unit.synonymy.typed if unit.synonymy else unit.text for unit in concept)
    own = [unit.text for unit in concept if unit.synonymy is None]
    return " OR ".join(own or dict.fromkeys(typed))


async def _matching_words(
    connection: AsyncConnection,
    facts: Mapping[int, Row[Any]],
    slides: Mapping[int, _Slides],
    analysis: Analysis,
) -> dict[str, set[str]]:
    """The words to mark, in lower case, by language."""
    lexemes: defaultdict[str, set[str]] = defaultdict(set)
    for term in analysis.terms:
        for language, forms in term.forms.items():
            lexemes[language].update(forms)
    rows = (*facts.values(), *(row for found in slides.values() for row in found.best))
    likely = sorted(
        {
            (word, row.language)
            for row in rows
            for word in highlight.candidates(_shown_text(row), lexemes[row.language])
        }
    )
    found: dict[str, set[str]] = defaultdict(set)
    if not likely:
        return found
    looked_up = await connection.execute(
        STATEMENTS["lexemes_of_words"],
        {
            "words": [indexable(word) for word, _ in likely],
            "configurations": [f"search_{configuration(language)}" for _, language in likely],
        },
    )
    for row in looked_up:
        word, language = likely[row.number]
        if not lexemes[language].isdisjoint(row.lexemes):
            found[language].add(word)
    return found


def _shown_text(row: Row[Any]) -> str:
    """All text of a material's or a slide's row that is shown with marks."""
    if "name" in row._fields:
        return str(row.name)
    return f"{row.title}\n{row.body}\n{row.notes}"


def _hit(item: Ranked, shown: _Shown) -> Hit:
    facts = shown.facts[item.material_id]
    slides = shown.slides.get(item.material_id, _Slides())
    words = shown.words.get(facts.language, frozenset())
    named = shown.names.names
    return Hit(
        material_id=facts.id,
        name=facts.name,
        name_marks=highlight.mark(facts.name, words).marks,
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
        slides=tuple(_slide(row, words) for row in slides.best),
        explanation=_explanation(item, shown),
        pinned=item.pin is not None,
    )


def _explanation(item: Ranked, shown: _Shown) -> tuple[Part, ...]:
    if item.pin and shown.explained:
        return (PINNED,)
    return shown.reasons.get(item.material_id, ())


def _named(ids: Sequence[int], names: Mapping[int, str]) -> tuple[NamedId, ...]:
    return tuple(NamedId(key, names[key]) for key in ids if key in names)


def _slide(row: Row[Any], words: Set[str]) -> Slide:
    body, notes = highlight.mark(row.body, words), highlight.mark(row.notes, words)
    from_notes = notes.marks and not body.marks
    return Slide(
        page_number=row.page_number,
        title=row.title,
        title_marks=highlight.mark(row.title, words).marks,
        snippet=highlight.snippet(notes, "notes") if from_notes else highlight.snippet(body),
        hidden=row.hidden,
        score=row.score,
        content_hash=row.content_hash,
        version=row.version_ordinal,
    )
