"""What pages say of sending a material or a slide on."""

from search_service.accounts.caller import Caller
from search_service.catalog import sharing
from search_service.catalog.materials import MaterialRecord
from search_service.catalog.pages import PageRecord
from search_service.errors import NotFoundError
from search_service.serving.services import Services
from search_service.web.views import reading, sendable
from search_service.web.views.sendable import SendView


async def sending_of(
    services: Services, caller: Caller, material: MaterialRecord, shown: PageRecord | None = None
) -> SendView:
    """Whether a material, or a page of it, may be sent. Raises NotFoundError, as it may just be
    gone.
    """
    async with services.database.reading() as connection:
        found = await sharing.look(connection, caller.principal, [material.id])
    head = reading.head_of(material, caller.principal)
    facts = found.materials.get(material.id)
    if facts is None:
        raise NotFoundError("There is no such material, or you may not see it.")
    if shown is None:
        verdict = found.of_material(material.id)
        return sendable.of_material(head, verdict, material.audience, facts.media_type)
    verdict = found.of_record(material.id, material.current_version, shown)
    number, audience = shown.page_number, material.audience
    return sendable.of_page(head, verdict, number, audience, facts.media_type)
