"""The exact scores of some materials, by their passages, and the slides that match best."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal, is_guest, visible_binds
from search_service.db.direct import fetch
from search_service.search import feedback, ranking
from search_service.search.answer import Part
from search_service.search.columns import Floats, Integers, Mask
from search_service.search.finalists import PAGES
from search_service.search.sql import STATEMENTS
from search_service.search.terms import Term, any_query
from search_service.search.weights import Weights


def _none() -> Integers:
    return np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Finalists:
    """Materials, in no order, each with its factor.

    `long` are the ids of those of which not all passages are looked at, an id for each that is, and
    `long_ordinals` say which.
    """

    ids: Integers
    is_full: Mask
    factors: Floats
    long: Integers = field(default_factory=_none)
    long_ordinals: Integers = field(default_factory=_none)

    @property
    def short(self) -> Integers:
        """Of which all passages are looked at."""
        return self.ids[~np.isin(self.ids, self.long)] if len(self.long) else self.ids

    @classmethod
    def alike(cls, ids: Sequence[int]) -> "Finalists":
        """Make finalists that all count alike."""
        count = len(ids)
        return cls(np.array(ids, np.int64), np.ones(count, np.bool_), np.ones(count))


@dataclass(frozen=True, slots=True)
class Matching:
    """How many pages of a material match, and the ordinals of the best with their scores."""

    pages: int = 0
    ordinals: Sequence[int] = ()
    scores: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """A material in its place, with the ordinals of the passages that count, best first.

    `likeness` to the best hits is 0 to 1; `extras` are the parts of the score that the words of the
    query do not explain.
    """

    material_id: int
    full: bool
    score: float
    ordinals: Sequence[int]
    matching: Matching
    likeness: float = 0.0
    extras: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Scorer:
    """Scores by the terms of one search; `slides` is how many of a material's are named."""

    connection: AsyncConnection
    principal: Principal
    terms: Sequence[Term]
    weights: Weights
    slides: int

    async def order(
        self, finalists: Finalists, most: int, after: tuple[bool, float, int] | None = None
    ) -> list[Placed]:
        """Give the best ones behind a key (whether a full match, score, id); one statement.

        Without those of which no passage matches.
        """
        return [_placed(row) for row in await self._rows("ordered", finalists, most, after)]

    async def compared(self, finalists: Finalists, most: int) -> list[Placed]:
        """Give the best ones, of which the first tell their likeness to the very best."""
        rows = await self._rows("rank", finalists, most)
        return [_placed(row, row.likeness or 0.0) for row in rows]

    async def _rows(
        self,
        statement: str,
        finalists: Finalists,
        most: int,
        after: tuple[bool, float, int] | None = None,
    ) -> Sequence[Any]:
        if not (len(finalists.ids) and self.terms):
            return []
        score = ranking.passage_score(self.terms)
        together = ranking.material_score(self.weights)
        composed = {
            "score": score.sql,
            "material_score": together.sql,
            "length_factors": ranking.length_factors("p", "c"),
            "pages": str(PAGES),
            "looked_at": STATEMENTS.sql("best_of_long" if len(finalists.long) else "all_of_each"),
        }
        return await fetch(
            self.connection,
            STATEMENTS.composed(statement, composed),
            {
                "ids": finalists.short.tolist(),
                "long": finalists.long.tolist(),
                "long_ordinals": finalists.long_ordinals.tolist(),
                "finalists": finalists.ids.tolist(),
                "full": finalists.is_full.tolist(),
                "factors": finalists.factors.tolist(),
                "any_query": any_query(self.terms),
                "slides": self.slides,
                "see_notes": not is_guest(self.principal),
                "after_full": after and after[0],
                "after_score": after and after[1],
                "after_id": after and after[2],
                "most": most,
                **feedback.BINDS,
                **score.binds,
                **together.binds,
                **visible_binds(self.principal),
            },
        )


def _placed(row: Any, likeness: float = 0.0) -> Placed:
    matching = Matching(row.matching, row.slides or (), row.slide_scores or ())
    return Placed(row.material_id, row.is_full, row.score, row.ordinals, matching, likeness)
