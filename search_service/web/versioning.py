"""The versions of a material: listed, uploaded, and the way back to an older one."""

from litestar import Router, get, post
from litestar.datastructures import UploadFile
from litestar.response import Response

from search_service.accounts import policy
from search_service.accounts.policy import WRITE
from search_service.catalog import materials, versions
from search_service.catalog.editing import Target
from search_service.errors import FileRefusedError, InvalidInputError
from search_service.ingest.upload import Upload
from search_service.serving.admission import require_room
from search_service.serving.authentication import caller_of, require_caller, scoped
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.services import services_of
from search_service.serving.transfers import blocks_of
from search_service.web.materials import PathNumber, require_id
from search_service.web.rendering import Flash, Page, WebRequest, page, redirect
from search_service.web.uploading import limit_of, require_size
from search_service.web.views import reading
from search_service.web.views.versions import versions_of


@get("/m/{material_id:int}/versions", opt=scoped(WRITE), name="web:versions")
async def show_versions(request: WebRequest, material_id: PathNumber) -> Page:
    """List every file that the material had."""
    return await _versions_page(request, material_id)


@post("/m/{material_id:int}/versions", opt=scoped(WRITE), status_code=200)
async def upload_version(
    request: WebRequest, services: TheServices, caller: TheCaller, material_id: PathNumber
) -> Page | Response[None]:
    """Take a newer file; it is the present version once it has been read."""
    require_id(material_id)
    sent = await request.form()
    file, called = sent.get("file"), sent.get("version")
    if not isinstance(file, UploadFile) or not file.filename:
        return await _versions_page(request, material_id, "Choose a file first.")
    stated = {"version": called} if isinstance(called, str) and called.strip() else {}
    upload = Upload(file.filename, blocks_of(file), stated)
    try:
        taken = await services.intake.accept_version(caller, Target(material_id), upload)
    except (FileRefusedError, InvalidInputError) as error:
        return await _versions_page(request, material_id, error.message)
    flash = Flash.SAME_FILE if taken.duplicate else Flash.NEWER_FILE
    return redirect(f"/m/{material_id}/versions", flash)


@post("/m/{material_id:int}/versions/{ordinal:int}/restore", opt=scoped(WRITE), status_code=303)
async def restore(
    services: TheServices, caller: TheCaller, material_id: PathNumber, ordinal: PathNumber
) -> Response[None]:
    """Go back to an older file, as a new version."""
    require_id(material_id)
    require_id(ordinal)
    await services.intake.restore(caller, Target(material_id), ordinal)
    return redirect(f"/m/{material_id}/versions", Flash.NEWER_FILE)


async def _versions_page(request: WebRequest, material_id: int, problem: str = "") -> Page:
    services, caller = services_of(request), caller_of(request)
    require_id(material_id)
    async with services.database.reading() as connection:
        material = await materials.get(connection, caller.principal, material_id)
        policy.require_edit(caller.principal, material.owner_id)
        found = await versions.find(connection, caller.principal, material_id)
    head = reading.head_of(material, caller.principal)
    return page(
        request,
        "versions.html",
        "library",
        400 if problem else 200,
        head=head,
        rows=versions_of(head, found),
        problem=problem,
        limit=limit_of(services),
    )


# Size and room are looked at before `require_caller` looks for the form's token.
VERSIONS = Router(
    "/",
    route_handlers=[show_versions, upload_version, restore],
    guards=[require_size, require_room, require_caller],
    request_max_body_size=None,
)
