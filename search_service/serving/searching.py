"""A search as every way of delivering it asks for it: answered, given an id, and logged."""

from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal
from search_service.catalog import sharing
from search_service.catalog.sharing import Sharing
from search_service.insights.entries import Channel, SearchEntry
from search_service.search.answer import Answer
from search_service.search.request import SearchRequest
from search_service.serving.services import Services


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with the id that clicks name; None for a further page, which is no new search.

    `sharing` says of its hits and slides whether they may be sent.
    """

    answer: Answer
    search_id: UUID | None
    sharing: Sharing


async def ask(
    services: Services, principal: Principal, request: SearchRequest, channel: Channel
) -> Answered:
    """Search, and note it. Raises what the searcher raises; what fails is not logged."""
    async with services.searcher.searched(principal, request) as (answer, connection):
        found = await sharing_of(connection, principal, answer)
    if request.cursor is not None:
        return Answered(answer, None, found)
    entry = SearchEntry.of(principal, channel, request, answer)
    services.search_log.note(entry)
    structlog.contextvars.bind_contextvars(search_id=str(entry.search_id))
    return Answered(answer, entry.search_id, found)


async def sharing_of(connection: AsyncConnection, principal: Principal, answer: Answer) -> Sharing:
    """Find out whether the hits of an answer and their slides may be sent."""
    materials = [hit.material_id for hit in answer.hits]
    slides = [
        (hit.material_id, number)
        for hit in answer.hits
        for number in dict.fromkeys(slide.page_number for slide in hit.slides)
    ]
    return await sharing.look(connection, principal, materials, slides)
