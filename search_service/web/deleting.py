"""Deleting a material, and bringing it back."""

from litestar import get, post
from litestar.response import Response

from search_service.accounts import policy
from search_service.accounts.policy import WRITE
from search_service.catalog import deleted, editing
from search_service.catalog.editing import Target
from search_service.ingest import restoring
from search_service.serving.authentication import scoped
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.web.materials import PathNumber, require_id
from search_service.web.rendering import Flash, Page, WebRequest, page, redirect


@get("/library/deleted", opt=scoped(WRITE), name="web:deleted")
async def show_deleted(request: WebRequest, services: TheServices, caller: TheCaller) -> Page:
    """List deleted materials that the caller can bring back."""
    policy.require_upload(caller.principal)
    async with services.database.reading() as connection:
        found = await deleted.find(connection, caller.principal)
    return page(request, "deleted.html", "library", rows=found)


@post("/m/{material_id:int}/delete", opt=scoped(WRITE), status_code=303)
async def delete(
    request: WebRequest, services: TheServices, caller: TheCaller, material_id: PathNumber
) -> Response[None]:
    """Hide a material from everybody; it can come back for 30 days."""
    require_id(material_id)
    form = await request.form()
    target = Target(material_id, str(form.get("etag") or "") or None)
    async with services.database.transaction() as connection:
        await editing.delete(connection, caller, target)
    return redirect("/library/deleted", Flash.DELETED)


@post("/m/{material_id:int}/restore", opt=scoped(WRITE), status_code=303)
async def restore(
    services: TheServices, caller: TheCaller, material_id: PathNumber
) -> Response[None]:
    """Undo a deletion."""
    require_id(material_id)
    async with services.database.transaction() as connection:
        await restoring.restore(connection, caller, material_id)
    return redirect(f"/m/{material_id}/review", Flash.RESTORED)


HANDLERS = (show_deleted, delete, restore)
