"""Puts the first hits in order anew: by the words that the best share, and by meaning.

What matches, and which hits are the first, is decided by the words of the query alone; full matches
stay before partial ones.
"""

from collections.abc import Sequence
from dataclasses import replace

from search_service.search import feedback, semantic
from search_service.search.answer import Part
from search_service.search.scoring import Placed
from search_service.search.semantic import Candidate
from search_service.search.state import Search
from search_service.search.terms import Term


def reranked(search: Search) -> int:
    """Give how many of the first hits are put in order anew."""
    if search.meaning is not None:
        return semantic.RERANKED
    return feedback.RERANKED if by_feedback(search) else 0


def by_feedback(search: Search) -> bool:
    """Tell whether hits are compared with the best ones: of one word or phrase none is typical."""
    return len(search.analysis.concepts) > 1


async def rerank(search: Search, found: Sequence[Placed]) -> list[Placed]:
    """Give the hits in their new order; `found` are the first ones by words, from the first on."""
    ordered = _compared(search, found)
    return await _by_meaning(search, ordered) if search.meaning is not None else ordered


def _compared(search: Search, found: Sequence[Placed]) -> list[Placed]:
    if not by_feedback(search):
        return list(found)
    head, rest = found[: feedback.RERANKED], found[feedback.RERANKED :]
    gaining = [_with_gain(item, search.analysis.terms) for item in head]
    ordered = sorted(gaining, key=lambda item: (item.full, item.score, item.material_id))
    return [*ordered[::-1], *rest]


def _with_gain(item: Placed, terms: Sequence[Term]) -> Placed:
    gain = feedback.gain(item.likeness, terms)
    if not gain:
        return item
    part = Part("like_the_best", gain, "It uses the words that the best hits share.")
    return replace(item, score=item.score + gain, extras=(*item.extras, part))


async def _by_meaning(search: Search, found: Sequence[Placed]) -> list[Placed]:
    assert search.meaning is not None
    ranked = [Candidate(item.material_id, item.full, item.score, item.ordinals) for item in found]
    nearest = await semantic.likenesses(
        search.connection,
        search.principal,
        search.meaning,
        semantic.question_of(search.query),
        ranked[: semantic.RERANKED],
    )
    placed = {item.material_id: item for item in found}
    return [
        replace(
            placed[item.material_id],
            score=item.score,
            extras=(*placed[item.material_id].extras, *([item.meaning] if item.meaning else ())),
        )
        for item in semantic.rerank(ranked, nearest)
    ]
