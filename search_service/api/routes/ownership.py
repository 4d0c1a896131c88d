"""What waits for whoever looks after materials, and handing materials over."""

from litestar import Router, get, post
from litestar.params import JSONBody

from search_service.accounts import policy
from search_service.api.routes.materials import READ, WRITE
from search_service.api.routes.paths import PathId
from search_service.api.schemas.lifecycle import (
    Attention,
    Transfer,
    TransferOfAll,
    Transferred,
)
from search_service.catalog import attention, ownership
from search_service.serving.dependencies import TheCaller, TheServices


@get("/attention", opt=READ)
async def count_attention(services: TheServices, caller: TheCaller) -> Attention:
    """Count what waits for the caller, by reason."""
    owners = attention.owners_of(caller.principal, everybody=True)
    async with services.database.reading() as connection:
        counted = await attention.count(connection, caller.principal, owners)
    return Attention(dict(counted.by_reason), counted.needing_review, counted.ready)


@post("/material-transfers", status_code=200, opt=WRITE)
async def transfer_materials(
    services: TheServices, caller: TheCaller, data: JSONBody[Transfer]
) -> Transferred:
    """Hand materials that the caller may change to somebody else; all of them or none."""
    policy.require_upload(caller.principal)
    async with services.database.transaction() as connection:
        done = await ownership.transfer(connection, caller, data.material_ids, data.to)
    return Transferred(done)


@post("/users/{user_id:int}/material-transfer", status_code=200)
async def transfer_all_materials(
    services: TheServices, caller: TheCaller, user_id: PathId, data: JSONBody[TransferOfAll]
) -> Transferred:
    """Hand over what an account owns, 500 materials at a time, deleted ones too."""
    policy.require_manage_users(caller.principal)
    async with services.database.transaction() as connection:
        done, left = await ownership.transfer_all(connection, caller, user_id, data.to)
    return Transferred(done, left)


ROUTER = Router(
    "/",
    route_handlers=[count_attention, transfer_materials, transfer_all_materials],
    tags=["Lifecycle"],
)
