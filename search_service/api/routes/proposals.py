"""What a material's own words propose, to be accepted or dismissed."""

from collections.abc import Sequence

from litestar import Router, get, post
from litestar.params import JSONBody
from msgspec import convert

from search_service.api.routes.materials import WRITE
from search_service.api.routes.paths import PathId
from search_service.api.schemas.proposals import Proposal, ProposalDecision, Proposals
from search_service.catalog.editing import Target
from search_service.ingest import proposals
from search_service.ingest.proposals import Answer
from search_service.serving.dependencies import TheCaller, TheServices


@get("/materials/{material_id:int}/proposals", opt=WRITE)
async def list_proposals(
    services: TheServices, caller: TheCaller, material_id: PathId
) -> Proposals:
    """List personas, segments and a type that the text speaks for, with the words that do."""
    async with services.database.reading() as connection:
        return _shown(await proposals.find(connection, caller.principal, material_id))


@post("/materials/{material_id:int}/proposals", opt=WRITE, status_code=200)
async def decide_proposal(
    services: TheServices,
    caller: TheCaller,
    material_id: PathId,
    data: JSONBody[ProposalDecision],
) -> Proposals:
    """Accept or dismiss one proposal; the answer lists those that are left."""
    answer = Answer(data.kind, data.value, data.decision)
    async with services.database.transaction() as connection:
        left = await proposals.decide(connection, caller, Target(material_id), answer)
    return _shown(left)


def _shown(found: Sequence[proposals.Proposal]) -> Proposals:
    return Proposals(tuple(convert(each, Proposal, from_attributes=True) for each in found))


ROUTER = Router("/", route_handlers=[list_proposals, decide_proposal], tags=["Proposals"])
