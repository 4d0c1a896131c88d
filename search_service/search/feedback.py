"""Reranks the best hits by the words that the very best of them share.

Pseudo-relevance feedback in Rocchio's form, in one statement over a few passages. It adds to scores
and knows neither how they came about nor pages. Evidence: ARCHITECTURE.md, "Decisions".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal, visible_binds, visible_sql
from search_service.db.direct import fetch
from search_service.db.statements import Statements
from search_service.search import ranking
from search_service.search.terms import Term
from search_service.text.weighting import K1

STATEMENTS = Statements("search_service.search", "feedback.sql", {"visible": visible_sql})

# Hits that are reranked, the sources among them, and the lexemes taken from these.
RERANKED = 30
SOURCES = 15
LEXEMES = 40
# What a hit gains that holds all of these lexemes, as a share of what one gains that holds all of
# the query.
WEIGHT = 0.5
# One word does not tell which of its hits are typical.
_LEAST_TERMS = 2
# A hit with nine tenths of the best score counts two fifths as source: where one hit stands out
# it speaks alone, where many are equal they all do.
_SHARPNESS = 8


@dataclass(frozen=True, slots=True)
class Leader:
    """A hit among the best: its material, that one's best passage, and its score.

    That is 0 where only the material's own words match, and these weigh nothing.
    """

    material_id: int
    ordinal: int
    score: float


async def gains(
    connection: AsyncConnection,
    principal: Principal,
    leaders: Sequence[Leader],
    terms: Sequence[Term],
) -> Mapping[int, float]:
    """Give what leaders gain, by material id, to be added to their scores; 0 where one is missing.

    `leaders` come best first, at most RERANKED; each gain is at least 0, so that they stay before
    all other hits. Queries of one term gain nothing.
    """
    if len(terms) < _LEAST_TERMS or len(leaders) < _LEAST_TERMS:
        return {}
    counted = shares(leaders[:RERANKED])
    if not any(counted):
        return {}
    composed = {"length_factors": ranking.length_factors("p", "c")}
    rows = await fetch(
        connection,
        STATEMENTS.composed("likeness", composed),
        {
            "ids": [leader.material_id for leader in leaders[:RERANKED]],
            "ordinals": [leader.ordinal for leader in leaders[:RERANKED]],
            "shares": counted,
            "most": LEXEMES,
            "k1": K1,
            **visible_binds(principal),
        },
    )
    highest = WEIGHT * ranking.UNIT * sum(term.weight for term in terms)
    return {row.material_id: highest * row.likeness for row in rows}


def shares(leaders: Sequence[Leader]) -> list[float]:
    """Give how much each counts as a source, 0 to 1; 0 after the first SOURCES."""
    best = max(leader.score for leader in leaders[:SOURCES])
    if best <= 0:
        return [0.0] * len(leaders)
    counted = [(leader.score / best) ** _SHARPNESS for leader in leaders[:SOURCES]]
    return counted + [0.0] * (len(leaders) - len(counted))
