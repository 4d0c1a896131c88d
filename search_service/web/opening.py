"""Counts a hit that was opened from the results: its link names the search and its place there."""

from dataclasses import dataclass

from search_service.accounts.caller import Caller
from search_service.errors import ServiceError
from search_service.insights import clicks
from search_service.insights.clicks import Click
from search_service.log import get_logger
from search_service.serving.heads import is_head
from search_service.serving.services import Services
from search_service.web.rendering import WebRequest
from search_service.web.views.addresses import Trail

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a page shows: a slide, or the whole material with page 0."""

    material_id: int
    page_number: int = 0


async def note_opened(
    request: WebRequest, services: Services, caller: Caller, opened: Opened
) -> None:
    """Store a click where the address says of which search; never keeps anybody from the page."""
    parameters = request.query_params
    trail = Trail.read(parameters.get("search", ""), parameters.get("at", ""))
    if trail is None or is_head(request.scope):
        return
    services.search_log.settle(trail.search_id, caller.principal.user_id)
    click = Click(trail.search_id, opened.material_id, opened.page_number, trail.before)
    try:
        async with services.database.transaction() as connection:
            await clicks.record(connection, caller.principal, click)
    except ServiceError as error:
        _log.warning("a click was not stored", code=error.code, reason=error.message)
