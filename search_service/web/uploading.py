"""Uploading files and following how they are read; the list of what somebody has uploaded."""

from dataclasses import replace

from litestar import Router, get, post
from litestar.datastructures import UploadFile
from litestar.handlers import BaseRouteHandler

from search_service.accounts import policy
from search_service.accounts.caller import Caller
from search_service.accounts.policy import READ, WRITE, Principal
from search_service.catalog import attention, materials
from search_service.catalog.materials import MaterialFilter, MaterialRecord, Paging
from search_service.config import MIB
from search_service.db.enums import MaterialStatus
from search_service.errors import (
    FileRefusedError,
    InvalidInputError,
    TooLargeError,
    TooManyRequestsError,
    UnavailableError,
)
from search_service.ingest.upload import Upload
from search_service.jobs import progress
from search_service.serving.admission import require_room
from search_service.serving.authentication import Connection, require_caller, scoped
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.services import Services, services_of
from search_service.serving.transfers import FORM_BYTES, blocks_of
from search_service.web.rendering import Page, WebRequest, fragment, page
from search_service.web.views import library
from search_service.web.views.library import Counts, LibraryState
from search_service.web.views.progress import ProgressView, UploadRow, progress_of

PAGE = 50


@get(opt=scoped(WRITE), name="web:upload")
async def show_upload(request: WebRequest, services: TheServices, caller: TheCaller) -> Page:
    """Show the drop zone."""
    policy.require_upload(caller.principal)
    limit = limit_of(services)
    return page(request, "upload.html", "upload", rows=(), limit=limit)


@post(
    opt=scoped(WRITE),
    status_code=200,
    request_max_body_size=None,
)
async def upload(request: WebRequest, services: TheServices, caller: TheCaller) -> Page:
    """Take the files of the form; each is answered with a row that follows its reading."""
    policy.require_upload(caller.principal)
    form = await request.form()
    files = [file for file in form.getall("files", []) if isinstance(file, UploadFile)]
    rows = [await _take(services, caller, file) for file in files if file.filename]
    if request.headers.get("HX-Request") == "true":
        return fragment(request, "parts/upload_rows.html", rows=rows)
    limit = limit_of(services)
    return page(request, "upload.html", "upload", rows=rows, limit=limit)


@get("/library", opt=scoped(READ), name="web:library")
async def show_library(request: WebRequest, services: TheServices, caller: TheCaller) -> Page:
    """List materials with their states, one's own unless asked otherwise."""
    policy.require_upload(caller.principal)
    state = LibraryState.read(request.query_params)
    mine = (caller.principal.user_id or 0,)
    own = () if state.everybody else mine
    keepers = attention.owners_of(caller.principal, everybody=state.everybody)
    reasons = (state.reason,) if state.reason else ()
    wanted = MaterialFilter(statuses=state.statuses, owner_ids=own)
    if state.needs_review:
        wanted = MaterialFilter(owner_ids=keepers, needs_review=True, review_reasons=reasons)
    elif state.ready:
        wanted = MaterialFilter(owner_ids=keepers, ready=True)
    async with services.database.reading() as connection:
        paging = Paging(limit=PAGE, cursor=state.cursor)
        listing = await materials.find(connection, caller.principal, wanted, paging)
        counts = {
            status: await materials.count(
                connection, caller.principal, MaterialFilter(statuses=(status,), owner_ids=own)
            )
            for status in MaterialStatus
        }
        waiting = await attention.count(connection, caller.principal, keepers)
        ids = tuple(material.id for material in listing.items)
        jobs = await progress.latest_of(connection, ids)
    known = replace(listing, items=tuple(_for(caller.principal, item) for item in listing.items))
    view = library.library_of(state, known, Counts(counts, waiting), jobs)
    return page(request, "library.html", "library", view=view)


def _for(principal: Principal, material: MaterialRecord) -> MaterialRecord:
    """A material without what only those hear who may edit it."""
    known = policy.may_edit(principal, material.owner_id)
    return material if known else replace(material, review_reasons=())


async def _take(services: Services, caller: Caller, file: UploadFile) -> UploadRow:
    try:
        accepted = await services.intake.accept(caller, Upload(file.filename, blocks_of(file)))
    except (
        FileRefusedError, InvalidInputError, TooManyRequestsError, UnavailableError
    ) as error:  # fmt: skip
        return UploadRow(file.filename, refusal=error.message)
    item: ProgressView | None = None
    if accepted.job_id is not None:
        async with services.database.transaction() as connection:  # a standby may lag behind
            item = progress_of(await progress.get(connection, accepted.job_id), file.filename)
    return UploadRow(file.filename, item, accepted.material_id, accepted.duplicate)


def limit_of(services: Services) -> str:
    """Give how large an upload may be, in words."""
    return f"{services.settings.upload_max_bytes // MIB} MiB"


async def require_size(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Guard: refuse a body that says it is too large, or does not say, before reading it.

    Litestar's own limit is fixed when a route is declared, before there are settings.
    """
    if connection.scope.get("method") != "POST":
        return
    size = connection.headers.get("Content-Length", "")
    limit = services_of(connection).settings.upload_max_bytes
    if not size.isdecimal() or len(size) > 15 or int(size) > limit + FORM_BYTES:
        raise TooLargeError(
            f"The files are larger than {limit // MIB} MiB together; send them one by one.",
            max_bytes=limit,
        )


HANDLERS = (show_library,)
# Size and room are looked at before `require_caller` looks for the form's token.
UPLOADS = Router(
    "/upload",
    route_handlers=[show_upload, upload],
    guards=[require_size, require_room, require_caller],
)
