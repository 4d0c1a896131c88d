"""One answered search as the log keeps it: bounded, storable, and with as much text as it may have.

It knows no buffer and no connection; `as_row` is done when rows are written, not while somebody
waits for an answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from search_service.accounts.policy import Principal
from search_service.search.answer import Answer
from search_service.search.query import Phrase, Query, Word, parse
from search_service.search.request import SearchRequest
from search_service.text.normalise import clean

MAX_SHOWN = 20
# Of one field; analytics count a search once for each persona and product in it.
MAX_FILTER_VALUES = 5
MAX_FILTER_CHARACTERS = 200


class Channel(StrEnum):
    """The way by which a search came."""

    API = "api"
    WEB = "web"
    CLI = "cli"


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """Who asked what and what came of it; `material_ids` are the first hits, at most 20."""

    user_id: int | None
    role: str | None
    channel: Channel
    request: SearchRequest
    total: int
    partial: bool
    corrected: bool
    latency_ms: float
    material_ids: tuple[int, ...]
    search_id: UUID = field(default_factory=uuid4)
    logged_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @classmethod
    def of(
        cls, principal: Principal, channel: Channel, request: SearchRequest, answer: Answer
    ) -> "SearchEntry":
        """Give the entry of a search that was just answered, under a new id."""
        return cls(
            user_id=principal.user_id,
            role=principal.role,
            channel=channel,
            request=request,
            total=answer.total,
            partial=answer.partial,
            corrected=bool(answer.corrected),
            latency_ms=answer.took_ms,
            material_ids=tuple(hit.material_id for hit in answer.hits[:MAX_SHOWN]),
        )

    def is_continued_by(self, later: "SearchEntry") -> bool:
        """Tell whether `later` is this search typed on, or taken back, by the same person."""
        old, new = self.request.text, later.request.text
        return (
            self.user_id == later.user_id
            and self.request.selection == later.request.selection
            and (new.startswith(old) or old.startswith(new))
        )


def as_row(entry: SearchEntry, *, with_text: bool) -> dict[str, Any]:
    """Give the columns of `search_log`; without text nothing that was typed is kept.

    Values of facets stay either way: they are chosen from a list, not typed.
    """
    query = parse(entry.request.text)
    typed = {item.field: item.values for item in query.filters if not item.excluded}
    return {
        "search_id": entry.search_id,
        "logged_at": entry.logged_at,
        "user_id": entry.user_id,
        "role": entry.role,
        "channel": entry.channel.value,
        "query": query.text if with_text else None,
        "normalised_query": normalised(query) if with_text else None,
        "filters": _filters(entry.request.selection, typed if with_text else {}),
        "total": entry.total,
        "partial": entry.partial,
        "corrected": entry.corrected,
        "latency_ms": entry.latency_ms,
        "material_ids": list(entry.material_ids),
    }


def normalised(query: Query) -> str:
    """Give the words of a query in one spelling, so that the same question counts as one.

    Case, blanks and punctuation are gone, and the filters, which stand apart.
    """
    concepts = [" OR ".join(map(_shown, concept.alternatives)) for concept in query.concepts]
    excluded = [f"-{_shown(term)}" for term in query.excluded]
    return " ".join([*concepts, *excluded])


def _shown(term: Word | Phrase) -> str:
    if isinstance(term, Phrase):
        return f'"{" ".join(term.words)}"'.casefold()
    return term.text.casefold() + ("*" if term.prefix else "")


def _filters(*given: Mapping[Any, Iterable[str]]) -> dict[str, list[str]]:
    kept: dict[str, dict[str, None]] = {}
    for selection in given:
        for name, values in selection.items():
            into = kept.setdefault(str(name), {})
            into.update((clean(value)[:MAX_FILTER_CHARACTERS], None) for value in values)
    return {name: list(values)[:MAX_FILTER_VALUES] for name, values in kept.items() if values}
