"""From the lists of a query's lexemes to ranked materials.

Added up, the lists choose the finalists, and one statement scores them exactly. The work does not
grow with the library: lists end at a budget, and finalists are as many as a page needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from search_service.accounts.policy import is_guest
from search_service.search import finalists, postings, ranking
from search_service.search.bitmaps import Bitmap, bitmap_of, intersect
from search_service.search.columns import Integers, Mask
from search_service.search.finalists import Entrants
from search_service.search.lists import Lists
from search_service.search.postings import Scored
from search_service.search.scoring import Finalists, Placed, Scorer
from search_service.search.terms import Term

# So few materials are all finalists.
FEW = 64
# Of a finalist of more passages so many are scored, the best ones by the lists, where these tell
# enough of it.
LONG, LOOKED_AT = 256, 64


@dataclass(frozen=True, slots=True)
class Page:
    """What is wanted: `most` hits after the key of the last one shown, of which `seen` came before.

    `after` is whether it was a full match, its score and its id; None for the first page.
    """

    most: int
    seen: int = 0
    after: tuple[bool, float, int] | None = None


@dataclass(frozen=True, slots=True)
class Ranker:
    """Ranks what may take part by the terms of one search.

    `compares` says that the first hits are to tell how like the best ones they are.
    """

    scorer: Scorer
    lists: Lists
    entrants: Entrants
    compares: bool

    async def page(self, page: Page) -> list[Placed]:
        """Give the hits of a page, and one more if there is one."""
        entrants = self.entrants
        rows = self._finalists(page.seen + page.most)
        best = self._best_of_long(rows)
        chosen = Finalists(
            ids=rows,
            is_full=entrants.full[rows],
            factors=entrants.factors[rows],
            long=best.materials,
            long_ordinals=best.ordinals,
        )
        held_by = bitmap_of(rows)
        terms = [self._present(term, held_by) for term in self.scorer.terms]
        scorer = replace(self.scorer, terms=terms)
        if self.compares and page.after is None:
            return await scorer.compared(chosen, page.most + 1)
        return await scorer.order(chosen, page.most + 1, page.after)

    def _present(self, term: Term, chosen: Bitmap) -> Term:
        """A prefix with those of its many forms that some of the finalists hold."""
        if not term.is_prefix:
            return term
        listed = self.lists.by_form
        forms = {
            language: tuple(
                lexeme
                for lexeme in lexemes
                if (each := listed.get((language, lexeme))) and intersect(chosen, each.holders)
            )
            for language, lexemes in term.forms.items()
        }
        return replace(term, forms={key: held for key, held in forms.items() if held})

    def _best_of_long(self, rows: Integers) -> Scored:
        """The passages to look at of those of the rows that have many, own words among them.

        Of one that has none all are looked at: where lists are cut and do not tell as many of its
        slides as are looked at, others may be better; and lists do not tell what is hidden from a
        guest.
        """
        long = rows[self.entrants.columns.passages[rows] > LONG]
        if not len(long) or is_guest(self.scorer.principal):
            return postings.NOTHING
        chosen = np.zeros(self.entrants.columns.size, np.bool_)
        chosen[long] = True
        told = self._summed(self._of_terms(), chosen)
        if self.lists.cut:
            slides = np.bincount(told.materials[told.ordinals > 0], minlength=len(chosen))
            told = told.where((slides >= LOOKED_AT)[told.materials])
        return finalists.best_of_each(told, LOOKED_AT)

    def _summed(self, lists: Sequence[Scored], near: Mask) -> Scored:
        """The passages of some rows, the lists of all terms added up."""
        closer = [
            _together(term, passages.where(near[passages.materials]))
            for term, passages in zip(self.scorer.terms, lists, strict=True)
        ]
        return postings.sum_of(closer, self._weights)

    def _finalists(self, wanted: int) -> Integers:
        entering = int(np.count_nonzero(self.entrants.allowed))
        if entering <= FEW:
            return np.flatnonzero(self.entrants.allowed)
        lists = self._of_terms()
        known = finalists.roughly(lists, self._weights, self.entrants)
        near = finalists.promising(known, self.entrants, wanted)
        chosen = finalists.choose(self._summed(lists, near), self.entrants, wanted)
        # Where the lists end before a page is full, the newest of the others go on too.
        missing = min(wanted, entering) - int(np.count_nonzero(known))
        if not self.lists.cut or missing <= 0:
            return chosen
        newest = np.flatnonzero(self.entrants.allowed & (known == 0))[-max(FEW, missing) :]
        return np.concatenate([chosen, newest])

    @property
    def _weights(self) -> list[float]:
        return [term.weight * ranking.UNIT for term in self.scorer.terms]

    def _of_terms(self) -> list[Scored]:
        """For each term the passages of its forms, one after the other."""
        by_form = self.lists.by_form
        return [
            postings.joined(
                [
                    by_form[language, lexeme].passages
                    for language, lexemes in term.forms.items()
                    for lexeme in lexemes
                    if (language, lexeme) in by_form
                ]
            )
            for term in self.scorer.terms
        ]


def _together(term: Term, passages: Scored) -> Scored:
    """Each passage of a term once, whatever its form there; those of a prefix count together."""
    if term.is_prefix:
        return postings.any_of(passages)
    forms = sum(len(lexemes) for lexemes in term.forms.values())
    return postings.best_of(passages) if forms > 1 else passages
