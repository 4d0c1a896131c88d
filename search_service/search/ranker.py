"""From the words of a query to ranked materials, in work that does not grow with the library.

Common lexemes give their best stored postings, within a budget; rare ones all of theirs, by GIN;
what was written since the postings were counted is read as it stands. Added up, these choose the
finalists, and one statement scores them exactly. Few materials are read whole instead.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal, visible_binds
from search_service.search import finalists, postings, ranking
from search_service.search.columns import Integers
from search_service.search.finalists import Entrants, Finalists
from search_service.search.postings import Scored
from search_service.search.sql import STATEMENTS
from search_service.search.terms import Term, any_query

# Postings read of all lists together, and of one: 8 bytes each. Evidence: ARCHITECTURE.md,
# "Bounded work".
BUDGET = 98_304
DEEPEST = 16_384
# So few materials are read whole, without their lists.
FEW = 64
# A prefix has more forms than a word in all its languages; they count together.
_MANY_FORMS = ranking.MAX_FORMS


@dataclass(frozen=True, slots=True)
class Page:
    """What is wanted: `most` hits after the key of the last one shown, of which `seen` came before.

    `after` is whether it was a full match, its score and its id.
    """

    most: int
    seen: int = 0
    after: tuple[bool | None, float | None, int | None] = (None, None, None)


@dataclass(frozen=True, slots=True)
class Placed:
    """A material in its place, with the ordinals of the passages that count, best first."""

    material_id: int
    full: bool
    score: float
    ordinals: Sequence[int]


@dataclass(frozen=True, slots=True)
class Ranker:
    """Ranks for one search; `rewritten` are the ids whose stored postings are out of date."""

    connection: AsyncConnection
    principal: Principal
    terms: Sequence[Term]
    entrants: Entrants
    rewritten: Integers

    async def page(self, page: Page) -> list[Placed]:
        """Give the hits of a page, and one more if there is one."""
        wanted = page.seen + page.most
        scored = await self._scored(wanted)
        chosen = finalists.choose(scored, self.entrants, wanted)
        return await self._rank(chosen, page)

    async def _scored(self, wanted: int) -> Scored:
        allowed = self.entrants.columns.ids[self.entrants.allowed]
        if len(allowed) <= FEW:
            return await self._read_whole(allowed)
        stored, rare = await self._stored()
        settled = postings.sum_of([stored, rare], [1.0, 1.0])
        settled = settled.where(~np.isin(settled.materials, self.rewritten))
        fresh = await self._read_whole(np.intersect1d(self.rewritten, allowed))
        scored = postings.sum_of([settled, fresh], [1.0, 1.0])
        return await self._completed(scored, allowed, wanted)

    async def _completed(self, scored: Scored, allowed: Integers, wanted: int) -> Scored:
        """Add materials, the newest ones, where the lists ended before a page was full."""
        found = np.unique(scored.materials[np.isin(scored.materials, allowed)])
        if len(found) >= min(wanted, len(allowed)):
            return scored
        left = np.setdiff1d(allowed, found)[::-1][: max(FEW, wanted - len(found))]
        return postings.sum_of([scored, await self._read_whole(left)], [1.0, 1.0])

    async def _stored(self) -> tuple[Scored, Scored]:
        """Scores by the lists of common lexemes, and by the passages of the rare ones."""
        forms = [
            (number, language, lexeme)
            for number, term in enumerate(self.terms)
            for language, lexemes in term.forms.items()
            for lexeme in lexemes
        ]
        lists: dict[int, list[Scored]] = {}
        common = set()
        for place, data in await self._lists([form[1:] for form in forms]):
            common.add(forms[place])
            lists.setdefault(forms[place][0], []).append(postings.unpacked(data))
        together = [self._joined(self.terms[number], each) for number, each in lists.items()]
        weights = [self.terms[number].weight * ranking.UNIT for number in lists]
        rare = _without(self.terms, common)
        return postings.sum_of(together, weights), await self._read("rare_passages", rare)

    def _joined(self, term: Term, lists: Sequence[Scored]) -> Scored:
        if len(lists) == 1:
            return lists[0]
        many = any(len(forms) > _MANY_FORMS for forms in term.forms.values())
        return postings.any_of(lists) if many else postings.best_of(lists)

    async def _lists(self, forms: Sequence[tuple[str, str]]) -> list[tuple[int, bytes]]:
        rows = await self.connection.execute(
            STATEMENTS["top_postings"],
            {
                "languages": [language for language, _ in forms],
                "lexemes": [lexeme for _, lexeme in forms],
                "bytes": 8 * min(DEEPEST, BUDGET // max(len(forms), 1)),
            },
        )
        return [(row.form, row.postings) for row in rows]

    async def _read_whole(self, ids: Integers) -> Scored:
        if not len(ids):
            return postings.NOTHING
        return await self._read("passages_of", self.terms, ids=ids.tolist())

    async def _read(self, statement: str, terms: Sequence[Term], **binds: object) -> Scored:
        if not terms:
            return postings.NOTHING
        score = ranking.passage_score(terms)
        composed = {"score": score.sql, "length_factors": ranking.length_factors("p", "c")}
        rows = await self.connection.execute(
            text(STATEMENTS.sql(statement, composed)),
            {"any_query": any_query(terms), **binds, **score.binds},
        )
        found = np.array([tuple(row) for row in rows], np.dtype([("key", "i8"), ("score", "f8")]))
        return postings.sum_of([Scored(found["key"], found["score"])], [1.0])

    async def _rank(self, chosen: Finalists, page: Page) -> list[Placed]:
        if not len(chosen.ids):
            return []
        score = ranking.passage_score(self.terms)
        composed = {
            "score": score.sql,
            "material_score": ranking.material_score(),
            "length_factors": ranking.length_factors("p", "c"),
        }
        rows = await self.connection.execute(
            text(STATEMENTS.sql("rank", composed)),
            {
                "ids": chosen.ids.tolist(),
                "full": chosen.is_full.tolist(),
                "factors": chosen.factors.tolist(),
                "passage_materials": chosen.passage_materials.tolist(),
                "passage_ordinals": chosen.passage_ordinals.tolist(),
                "after_full": page.after[0],
                "after_score": page.after[1],
                "after_id": page.after[2],
                "most": page.most + 1,
                **score.binds,
                **visible_binds(self.principal),
            },
        )
        return [Placed(row.material_id, row.is_full, row.score, row.ordinals) for row in rows]


def _without(terms: Sequence[Term], common: Iterable[tuple[int, str, str]]) -> list[Term]:
    """The terms with their rare forms alone; those that have none are left out."""
    listed = frozenset(common)
    rare = []
    for number, term in enumerate(terms):
        forms = {
            language: left
            for language, lexemes in term.forms.items()
            if (left := tuple(each for each in lexemes if (number, language, each) not in listed))
        }
        rare += [replace(term, forms=forms)] if forms else []
    return rare
