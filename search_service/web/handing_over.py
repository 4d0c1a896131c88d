"""Handing materials to somebody else: some of one's own, or all of somebody who left."""

from litestar import get, post
from litestar.response import Response

from search_service.accounts import policy, users
from search_service.accounts.caller import Caller
from search_service.accounts.policy import WRITE
from search_service.catalog import materials, ownership
from search_service.catalog.cursors import Sort
from search_service.catalog.materials import MaterialFilter, Paging
from search_service.errors import InvalidInputError, NotFoundError
from search_service.serving.authentication import scoped
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.services import Services
from search_service.web.rendering import Flash, Page, WebRequest, page, redirect

LISTED = 200


@get("/library/transfer", opt=scoped(WRITE), name="web:transfer")
async def show_transfer(request: WebRequest, services: TheServices, caller: TheCaller) -> Page:
    """List one's own materials to choose from; for administrators also who else has any."""
    principal = caller.principal
    policy.require_upload(principal)
    wanted = MaterialFilter(owner_ids=(principal.user_id or 0,))
    async with services.database.reading() as connection:
        paging = Paging(Sort.NAME, LISTED)
        own = await materials.find(connection, principal, wanted, paging)
        receivers = await ownership.receivers(connection, principal)
        owners = (
            await ownership.owners(connection, principal)
            if policy.may_manage_users(principal)
            else []
        )
    return page(
        request,
        "transfer.html",
        "library",
        rows=own.items,
        more=own.next_cursor is not None,
        receivers=[each for each in receivers if each.email != principal.email],
        everybody=receivers,
        owners=owners,
    )


@post("/library/transfer", opt=scoped(WRITE), status_code=303)
async def transfer(request: WebRequest, services: TheServices, caller: TheCaller) -> Response[None]:
    """Hand over the materials that were chosen, or all of the person who was."""
    policy.require_upload(caller.principal)
    form = await request.form()
    to, owner = str(form.get("to") or ""), str(form.get("owner") or "")
    if owner:
        await _transfer_all(services, caller, owner, to)
        return redirect("/library/transfer", Flash.HANDED_OVER)
    chosen = [str(value) for value in form.getall("material", [])]
    if not all(value.isascii() and value.isdecimal() and len(value) < 10 for value in chosen):
        raise InvalidInputError("Choose materials of the list.", field="material")
    async with services.database.transaction() as connection:
        await ownership.transfer(connection, caller, [int(value) for value in chosen], to)
    return redirect("/library/transfer", Flash.HANDED_OVER)


async def _transfer_all(services: Services, caller: Caller, owner: str, to: str) -> None:
    policy.require_manage_users(caller.principal)
    async with services.database.reading() as connection:
        account = await users.find_user(connection, owner)
    if account is None:
        raise NotFoundError("There is no such account; choose one of the list.")
    left = 1
    while left:
        async with services.database.transaction() as connection:
            _, left = await ownership.transfer_all(connection, caller, account.id, to)


HANDLERS = (show_transfer, transfer)
