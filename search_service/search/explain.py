"""Says why a hit stands where it stands: the parts of its score, which add up to it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.direct import fetch
from search_service.search import ranking
from search_service.search.analysis import Analysis
from search_service.search.answer import Part
from search_service.search.sql import STATEMENTS
from search_service.search.terms import Term
from search_service.search.weights import Weights


@dataclass(frozen=True, slots=True)
class Explained:
    """A material of which the score is explained: the ordinals that made it, and its priors.

    A prior is its name, its share of the relevance and what it says.
    """

    material_id: int
    ordinals: Sequence[int]
    priors: Sequence[tuple[str, float, str]]


async def explanations(
    connection: AsyncConnection,
    analysis: Analysis,
    weights: Weights,
    asked: Sequence[Explained],
) -> dict[int, tuple[Part, ...]]:
    """Give the parts of each material's score, in the order in which they count."""
    if not (asked and analysis.terms):
        return {}
    scores = ranking.term_scores(analysis.terms)
    statement = STATEMENTS.composed(
        "explain",
        {
            "term_scores": ", ".join(score.sql for score in scores),
            "length_factors": ranking.length_factors("p", "c"),
        },
    )
    pairs = [(each.material_id, ordinal) for each in asked for ordinal in each.ordinals]
    rows = await fetch(
        connection,
        statement,
        {
            "ids": [material_id for material_id, _ in pairs],
            "ordinals": [ordinal for _, ordinal in pairs],
            **{name: value for score in scores for name, value in score.binds.items()},
        },
    )
    by_material: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_material[row.material_id].append(row)
    return {
        each.material_id: tuple(
            _parts(by_material[each.material_id], analysis.terms, weights, each)
        )
        for each in asked
    }


def _parts(
    rows: Sequence[Row[Any]], terms: Sequence[Term], weights: Weights, asked: Explained
) -> list[Part]:
    parts = _relevance(rows, terms, weights)
    relevance = sum(part.value for part in parts)
    return parts + [
        Part(name, relevance * share, words) for name, share, words in asked.priors if share > 0
    ]


def _relevance(rows: Sequence[Row[Any]], terms: Sequence[Term], weights: Weights) -> list[Part]:
    pages = sorted(
        (row for row in rows if row.ordinal), key=lambda row: (-sum(row.scores), row.ordinal)
    )
    parts = []
    for row in pages[:1]:
        parts += _term_parts(row, terms, 1.0, f"on slide {row.page_number}")
    for row, weight in zip(pages[1:], weights.next_slides, strict=False):
        parts.append(
            Part(
                "next_slide",
                weight * sum(row.scores),
                f"Slide {row.page_number} matches too and adds {weight:.0%} of its own score.",
            )
        )
    for row in rows:
        if not row.ordinal:
            parts += _term_parts(row, terms, weights.own, "in the name, tags or description")
    return parts


def _term_parts(row: Row[Any], terms: Sequence[Term], weight: float, where: str) -> list[Part]:
    return [
        Part("word", weight * value, f"{_named(term)} stands {where}; {_rarity(term)}.")
        for term, value in zip(terms, row.scores, strict=True)
        if value > 0
    ]


def _named(term: Term) -> str:
    return f"“{term.word}”" + (f", a synonym of “{term.synonym_of}”," if term.synonym_of else "")


def _rarity(term: Term) -> str:
    count = term.document_frequency
    return f"about {count:,} published {'slide holds' if count == 1 else 'slides hold'} it"
