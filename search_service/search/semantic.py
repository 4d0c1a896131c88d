"""Ranks the first hits by meaning too: how near their best passages are to the question.

What matches, and which hits are the first, is decided by words alone. Evidence for the constants:
ARCHITECTURE.md, "Decisions".
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import mean

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal, is_guest, visible_binds, visible_sql
from search_service.db.direct import fetch
from search_service.db.statements import Statements
from search_service.embedding.encoder import Encoder, Vectors
from search_service.embedding.packing import unpack
from search_service.search.answer import Part
from search_service.search.tree import Phrase, Query

STATEMENTS = Statements("search_service.search", "semantic.sql", {"visible": visible_sql})

# How many hits are ranked by meaning, each by how many of its best passages.
RERANKED = 200
PASSAGES = 3
# A passage that says just what was asked adds this share of the best score by words.
WEIGHT = 1.5
REMEMBERED_QUESTIONS = 1000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A material as words rank it; `passages` are the ordinals of those that count, best first.

    `meaning` is what the likeness in meaning has added to the score; None: it was not looked at.
    """

    material_id: int
    full: bool
    score: float
    passages: Sequence[int]
    meaning: Part | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How near the nearest of a material's passages is to the question: a cosine, -1 to 1."""

    cosine: float
    page_number: int


@dataclass(frozen=True, slots=True)
class Meaning:
    """The encoder, and the vectors of the latest questions."""

    encoder: Encoder
    remembered: OrderedDict[str, Vectors] = field(default_factory=OrderedDict)

    async def vector_of(self, question: str) -> Vectors:
        """Give the vector of a question; computed in a thread where it is not remembered."""
        if question not in self.remembered:
            vectors = await asyncio.to_thread(self.encoder.encode, [question])
            self.remembered[question] = vectors[0]
        self.remembered.move_to_end(question)
        while len(self.remembered) > REMEMBERED_QUESTIONS:
            self.remembered.popitem(last=False)
        return self.remembered[question]


def question_of(query: Query) -> str:
    """Give what is asked for as a sentence: as typed where that is all, else its words alone.

    Operators, filters and exclusions are no part of the meaning; full stops and question marks
    are (.002 nDCG@10 on questions of several sentences).
    """
    if not (query.excluded or query.filters or query.updated):
        return query.text
    return " ".join(
        " ".join(term.words) if isinstance(term, Phrase) else term.text
        for concept in query.concepts
        for term in concept.alternatives
    )


async def likenesses(
    connection: AsyncConnection,
    principal: Principal,
    meaning: Meaning,
    question: str,
    candidates: Sequence[Candidate],
) -> dict[int, Likeness]:
    """Compare the question with the candidates' best passages, in one statement.

    A material without a vector that the principal may see is left out.
    """
    pairs = [
        (item.material_id, ordinal) for item in candidates for ordinal in _pages(item.passages)
    ]
    rows = await fetch(
        connection,
        STATEMENTS["passage_vectors"],
        {
            "material_ids": [material_id for material_id, _ in pairs],
            "ordinals": [ordinal for _, ordinal in pairs],
            "model": meaning.encoder.name,
            "see_hidden": not is_guest(principal),
            **visible_binds(principal),
        },
    )
    if not rows:
        return {}
    cosines = unpack([row.vector for row in rows]) @ await meaning.vector_of(question)
    nearest: dict[int, Likeness] = {}
    for row, cosine in zip(rows, cosines.tolist(), strict=True):
        before = nearest.get(row.material_id)
        if before is None or cosine > before.cosine:
            nearest[row.material_id] = Likeness(cosine, row.page_number)
    return nearest


def _pages(ordinals: Sequence[int]) -> Sequence[int]:
    """The best passages, but a material's own words; the first page where only those match."""
    return [ordinal for ordinal in ordinals if ordinal][:PASSAGES] or (1,)


def rerank(ranked: Sequence[Candidate], likenesses: Mapping[int, Likeness]) -> list[Candidate]:
    """Give the candidates in their new order, with what their meaning adds to their scores.

    `ranked` is best first, full matches before partial ones, and stays so. The first RERANKED are
    put in order anew, the rest is left as it is. A group of which no vector is known keeps its
    order and scores; in another one a material without a vector counts as the mean of those with.
    """
    head, rest = ranked[:RERANKED], ranked[RERANKED:]
    full = [item for item in head if item.full]
    partial = [item for item in head if not item.full]
    return [*_regrouped(full, likenesses), *_regrouped(partial, likenesses), *rest]


def _regrouped(group: Sequence[Candidate], likenesses: Mapping[int, Likeness]) -> list[Candidate]:
    known = [
        likenesses[item.material_id].cosine for item in group if item.material_id in likenesses
    ]
    if not known:
        return list(group)
    best, usual = max(item.score for item in group), mean(known)
    weighed = []
    for item in group:
        part = _part(likenesses.get(item.material_id), best * WEIGHT, usual)
        weighed.append(replace(item, score=item.score + part.value, meaning=part))
    return sorted(weighed, key=lambda item: -item.score)


def _part(likeness: Likeness | None, most: float, usual: float) -> Part:
    if likeness is None:
        return Part(
            "meaning",
            most * usual,
            "Its meaning is not known yet and counts as the average of the others.",
        )
    return Part(
        "meaning",
        most * likeness.cosine,
        f"Slide {likeness.page_number} is its nearest to the question in meaning"
        f" ({likeness.cosine:.2f} of 1).",
    )
