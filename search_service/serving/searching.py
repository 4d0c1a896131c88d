"""A search as every way of delivering it asks for it: answered, given an id, and logged."""

from dataclasses import dataclass
from uuid import UUID

import structlog

from search_service.accounts.policy import Principal
from search_service.insights.entries import Channel, SearchEntry
from search_service.search.answer import Answer
from search_service.search.request import SearchRequest
from search_service.serving.services import Services


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with the id that clicks name; None for a further page, which is no new search."""

    answer: Answer
    search_id: UUID | None


async def ask(
    services: Services, principal: Principal, request: SearchRequest, channel: Channel
) -> Answered:
    """Search, and note it. Raises what the searcher raises; what fails is not logged."""
    answer = await services.searcher.search(principal, request)
    if request.cursor is not None:
        return Answered(answer, None)
    entry = SearchEntry.of(principal, channel, request, answer)
    services.search_log.note(entry)
    structlog.contextvars.bind_contextvars(search_id=str(entry.search_id))
    return Answered(answer, entry.search_id)
