"""What one search knows of itself while it is answered."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal
from search_service.search.analysis import Analysis
from search_service.search.answer import Correction, Expansion
from search_service.search.bitmaps import holds
from search_service.search.candidates import Matching
from search_service.search.columns import Columns, Mask, Shown
from search_service.search.facets import Names, Selection, Unknown
from search_service.search.lists import Lists
from search_service.search.pins import Pin
from search_service.search.priors import Setting
from search_service.search.request import SearchRequest, Sort
from search_service.search.scoring import Scorer
from search_service.search.semantic import Meaning
from search_service.search.spellings import Spellings
from search_service.search.terms import as_typed
from search_service.search.tree import Query
from search_service.search.weights import Weights


@dataclass(frozen=True, slots=True)
class Search:
    """A question as it was understood, in the transaction that answers it."""

    connection: AsyncConnection
    principal: Principal
    request: SearchRequest
    query: Query
    analysis: Analysis
    corrected: tuple[Correction, ...]
    did_you_mean: str | None
    selection: Selection
    unknown: Sequence[Unknown]
    names: Names
    now: datetime
    shown: Shown
    lists: Lists
    matching: Matching
    weights: Weights
    pins: tuple[Pin, ...]
    expansions: tuple[Expansion, ...]
    spellings: Spellings
    meaning: Meaning | None

    @property
    def columns(self) -> Columns:
        return self.shown.columns

    @property
    def seen(self) -> Mask:
        """The rows that exist for the principal."""
        return self.shown.seen

    @property
    def question(self) -> str:
        """What a cursor belongs to: everything that decides the order of the hits."""
        chosen = {field: sorted(values) for field, values in self.request.selection.items()}
        request = self.request
        parts = [self.query.text, chosen, request.match, request.sort, str(request.context)]
        return json.dumps(parts, sort_keys=True, default=str)

    @property
    def has_words(self) -> bool:
        return bool(self.analysis.terms)

    @property
    def by_relevance(self) -> bool:
        return self.has_words and self.request.sort is Sort.RELEVANCE

    @property
    def scorer(self) -> Scorer:
        return Scorer(
            self.connection,
            self.principal,
            self.analysis.terms,
            self.weights,
            self.request.slides,
        )

    def missing(self, material_id: int) -> tuple[str, ...]:
        """Give the concepts that a material does not hold, as they were asked for."""
        return tuple(
            as_typed(units)
            for units, lacking in zip(self.analysis.concepts, self.matching.missing, strict=True)
            if holds(lacking, material_id)
        )

    @property
    def setting(self) -> Setting:
        return Setting(self.weights, self.request.context, self.names, self.now)
