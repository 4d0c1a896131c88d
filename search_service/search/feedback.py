"""Reranks the best hits by the words that the very best of them share.

Pseudo-relevance feedback in Rocchio's form: the statement `rank` tells how much each of the first
hits is like the best ones. It adds to scores and knows neither how they came about nor pages.
Evidence: ARCHITECTURE.md, "Decisions".
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from search_service.search import ranking
from search_service.search.terms import Term
from search_service.text.weighting import K1

# Hits that are reranked, the sources among them, and the lexemes taken from these.
RERANKED = 20
SOURCES = 15
LEXEMES = 40
# What a hit gains that holds all of these lexemes, as a share of what one gains that holds all of
# the query.
WEIGHT = 0.5
# A hit with nine tenths of the best score counts two fifths as source: where one hit stands out
# it speaks alone, where many are equal they all do.
_SHARPNESS = 8.0


# The parameters of `rank` that say which hits are compared, and how.
BINDS: Mapping[str, object] = MappingProxyType(
    {
        "leaders": RERANKED,
        "sources": SOURCES,
        "sharpness": _SHARPNESS,
        "lexemes": LEXEMES,
        "k1": K1,
    }
)


def gain(likeness: float, terms: Sequence[Term]) -> float:
    """Give what is added to the score of a hit of this likeness, 0 to 1; never less than 0."""
    return likeness * WEIGHT * ranking.UNIT * sum(term.weight for term in terms)
