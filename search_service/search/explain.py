"""Says why a hit stands where it stands: the parts of its score, which add up to it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.search import ranking
from search_service.search.analysis import Analysis
from search_service.search.answer import Part
from search_service.search.sql import STATEMENTS
from search_service.search.terms import Term, any_query, driving_terms


async def explanations(
    connection: AsyncConnection, ids: Sequence[int], analysis: Analysis
) -> dict[int, tuple[Part, ...]]:
    """Give the parts of each material's score, in the order in which they count."""
    if not (ids and analysis.terms):
        return {}
    scores = ranking.term_scores(analysis.terms)
    statement = STATEMENTS.sql(
        "explain",
        {
            "term_scores": ", ".join(score.sql for score in scores),
            "length_factors": ranking.length_factors("p", "c"),
        },
    )
    binds = {name: value for score in scores for name, value in score.binds.items()}
    query = any_query(driving_terms(analysis.terms))
    rows = await connection.execute(text(statement), {"ids": ids, "any_query": query, **binds})
    by_material: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_material[row.material_id].append(row)
    return {key: tuple(_parts(found, analysis.terms)) for key, found in by_material.items()}


def _parts(rows: Sequence[Row[Any]], terms: Sequence[Term]) -> list[Part]:
    # A row without a score holds a word of another language only.
    scored = [row for row in rows if sum(row.scores) > 0]
    pages = sorted(
        (row for row in scored if row.ordinal), key=lambda row: (-sum(row.scores), row.ordinal)
    )
    own = [row for row in scored if not row.ordinal]
    parts = []
    for row in pages[:1]:
        parts += _term_parts(row, terms, 1.0, f"on slide {row.page_number}")
    for row, weight in zip(pages[1:], ranking.NEXT_WEIGHTS, strict=False):
        parts.append(
            Part(
                "next_slide",
                weight * sum(row.scores),
                f"Slide {row.page_number} matches too and adds {weight:.0%} of its own score.",
            )
        )
    for row in own:
        parts += _term_parts(row, terms, ranking.OWN_WEIGHT, "in the name, tags or description")
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
    return f"{count:,} published {'slide holds' if count == 1 else 'slides hold'} it"
