"""What a material's text proposes, beside its review, and the decision on it."""

from typing import Any

from litestar import post
from litestar.response import Response

from search_service.accounts.policy import WRITE, Principal
from search_service.catalog.editing import Target
from search_service.errors import InvalidInputError
from search_service.ingest import proposals
from search_service.ingest.proposals import Answer, Decision, ProposalKind
from search_service.serving.authentication import scoped
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.services import Services
from search_service.web.materials import PathNumber, require_id
from search_service.web.rendering import Flash, WebRequest, redirect
from search_service.web.views.proposed import Proposed, proposed_of


@post("/m/{material_id:int}/proposals", opt=scoped(WRITE), status_code=303)
async def decide(
    request: WebRequest, services: TheServices, caller: TheCaller, material_id: PathNumber
) -> Response[Any]:
    """Accept or dismiss what is proposed."""
    require_id(material_id)
    form = await request.form()
    try:
        answer = Answer(
            ProposalKind(str(form.get("kind"))),
            str(form.get("value")),
            Decision(str(form.get("decision"))),
        )
    except ValueError as error:
        raise InvalidInputError(
            "Open the review again, and accept or dismiss what is proposed there.",
            field="decision",
        ) from error
    async with services.database.transaction() as connection:
        await proposals.decide(connection, caller, Target(material_id), answer)
    return redirect(f"/m/{material_id}/review", Flash.SAVED)


async def proposed_for(
    services: Services, principal: Principal, material_id: int
) -> tuple[Proposed, ...]:
    """Give what is proposed for a material that the principal may change."""
    async with services.database.reading() as connection:
        return proposed_of(await proposals.find(connection, principal, material_id))


HANDLERS = (decide,)
