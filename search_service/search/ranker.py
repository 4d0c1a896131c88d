"""From the lists of a query's lexemes to ranked materials.

Added up, the lists choose the finalists, and one statement scores them exactly. The work does not
grow with the library: lists end at a budget, and finalists are as many as a page needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal, visible_binds
from search_service.db.direct import fetch
from search_service.search import finalists, postings, ranking
from search_service.search.answer import Part
from search_service.search.columns import Mask
from search_service.search.finalists import Entrants, Finalists
from search_service.search.lists import ListReader, Lists
from search_service.search.postings import Scored
from search_service.search.sql import STATEMENTS
from search_service.search.terms import Term

# So few materials are read whole where lists are cut.
FEW = 64


@dataclass(frozen=True, slots=True)
class Page:
    """What is wanted: `most` hits after the key of the last one shown, of which `seen` came before.

    `after` is whether it was a full match, its score and its id; None for the first page.
    """

    most: int
    seen: int = 0
    after: tuple[bool, float, int] | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A material in its place, with the ordinals of the passages that count, best first.

    `extras` are the parts of the score that the words of the query do not explain.
    """

    material_id: int
    full: bool
    score: float
    ordinals: Sequence[int]
    extras: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranker:
    """Ranks what may take part by the terms of one search."""

    connection: AsyncConnection
    principal: Principal
    terms: Sequence[Term]
    reader: ListReader
    lists: Lists
    entrants: Entrants

    async def page(self, page: Page) -> list[Placed]:
        """Give the hits of a page, and one more if there is one."""
        wanted = page.seen + page.most
        scored = await self._scored(wanted)
        chosen = finalists.choose(scored, self.entrants, wanted)
        return await self._rank(chosen, page)

    async def _scored(self, wanted: int) -> Scored:
        scored = self._sums(self.lists)
        if not self.lists.cut:
            return scored
        columns, allowed = self.entrants.columns, self.entrants.allowed
        many = int(np.count_nonzero(allowed))
        if many <= FEW:
            return await self._sums_in(allowed)
        # Where the lists end before a page is full, the newest of the others are read whole.
        left = allowed & ~columns.mask(scored.materials)
        missing = min(wanted, many) - (many - int(np.count_nonzero(left)))
        if missing <= 0:
            return scored
        newest = np.sort(columns.ids[left])[-max(FEW, missing) :]
        return postings.ordered([scored, await self._sums_in(columns.mask(newest))])

    async def _sums_in(self, rows: Mask) -> Scored:
        forms = [
            (language, lexeme)
            for term in self.terms
            for language, lexemes in term.forms.items()
            for lexeme in lexemes
        ]
        return self._sums(await self.reader.in_materials(forms, rows))

    def _sums(self, lists: Lists) -> Scored:
        """The scores of all passages that take part, as far as the lists tell."""
        together = [self._of_term(term, lists) for term in self.terms]
        weights = [term.weight * ranking.UNIT for term in self.terms]
        return postings.sum_of(together, weights)

    def _of_term(self, term: Term, lists: Lists) -> Scored:
        """The passages of a term, whatever its form there; those of a prefix count together."""
        parts = [
            self.entrants.of(lists.by_form[language, lexeme].passages)
            for language, lexemes in term.forms.items()
            for lexeme in lexemes
            if (language, lexeme) in lists.by_form
        ]
        is_prefix = any(len(lexemes) > ranking.MAX_FORMS for lexemes in term.forms.values())
        if len(parts) < 2:
            return postings.joined(parts)
        return postings.any_of(parts) if is_prefix else postings.best_of(parts)

    async def _rank(self, chosen: Finalists, page: Page) -> list[Placed]:
        if not len(chosen.ids):
            return []
        score = ranking.passage_score(self.terms)
        together = ranking.material_score(self.entrants.weights)
        composed = {
            "score": score.sql,
            "material_score": together.sql,
            "length_factors": ranking.length_factors("p", "c"),
        }
        rows = await fetch(
            self.connection,
            STATEMENTS.composed("rank", composed),
            {
                "ids": chosen.ids.tolist(),
                "full": chosen.is_full.tolist(),
                "factors": chosen.factors.tolist(),
                "passage_materials": chosen.passage_materials.tolist(),
                "passage_ordinals": chosen.passage_ordinals.tolist(),
                "after_full": page.after and page.after[0],
                "after_score": page.after and page.after[1],
                "after_id": page.after and page.after[2],
                "most": page.most + 1,
                **score.binds,
                **together.binds,
                **visible_binds(self.principal),
            },
        )
        return [Placed(row.material_id, row.is_full, row.score, row.ordinals) for row in rows]
