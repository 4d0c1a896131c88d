"""Files in: new materials, newer versions, and reading one once more."""

from typing import Any

from litestar import Request, Response, Router, post
from litestar.connection import ASGIConnection
from litestar.datastructures import UploadFile
from litestar.handlers import BaseRouteHandler
from msgspec import structs

from search_service.accounts import policy
from search_service.api import links
from search_service.api.routes.materials import WRITE, IfMatch
from search_service.api.routes.paths import PathId, PathNumber
from search_service.api.schemas.materials import Accepted, UploadFields, VersionFields
from search_service.api.validation import form_opt, read_form
from search_service.catalog.editing import Target
from search_service.ingest.upload import Accepted as Taken
from search_service.ingest.upload import Upload
from search_service.serving import etag
from search_service.serving.admission import require_room
from search_service.serving.authentication import caller_of
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.services import Services
from search_service.serving.transfers import FORM_BYTES, blocks_of

AnyRequest = Request[Any, Any, Any]


async def require_uploader(
    connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler
) -> None:
    """Guard: before a byte of the file is read, see that the caller may upload at all."""
    policy.require_upload(caller_of(connection).principal)


@post(
    "/materials",
    status_code=202,
    opt=WRITE | form_opt(UploadFields),
    guards=[require_uploader, require_room],
)
async def upload_material(
    request: AnyRequest, services: TheServices, caller: TheCaller
) -> Response[Accepted]:
    """Upload a file; it is safe when this answers, and read by the job that Location names."""
    file, fields = await read_form(request, UploadFields)
    return _answer(services, await services.intake.accept(caller, _upload(file, fields)))


@post(
    "/materials/{material_id:int}/file",
    status_code=202,
    opt=WRITE | form_opt(VersionFields),
    guards=[require_uploader, require_room],
)
async def upload_version(
    request: AnyRequest,
    services: TheServices,
    caller: TheCaller,
    material_id: PathId,
    if_match: IfMatch = None,
) -> Response[Accepted]:
    """Upload a newer file; it takes the place of the present one once it has been read."""
    file, fields = await read_form(request, VersionFields)
    target = Target(material_id, etag.expected(if_match) if if_match else None)
    taken = await services.intake.accept_version(caller, target, _upload(file, fields))
    return _answer(services, taken)


@post("/materials/{material_id:int}/extract", status_code=202, opt=WRITE)
async def extract_again(
    services: TheServices, caller: TheCaller, material_id: PathId
) -> Response[Accepted]:
    """Read the present file once more; what people edited stays."""
    return _answer(services, await services.intake.extract_again(caller, material_id))


@post("/materials/{material_id:int}/versions/{ordinal:int}/restore", status_code=202, opt=WRITE)
async def restore_version(
    services: TheServices,
    caller: TheCaller,
    material_id: PathId,
    ordinal: PathNumber,
    if_match: IfMatch = None,
) -> Response[Accepted]:
    """Go back to the file of an older version, as a new version; nothing in between is lost."""
    target = Target(material_id, etag.expected(if_match) if if_match else None)
    return _answer(services, await services.intake.restore(caller, target, ordinal))


def _answer(services: Services, taken: Taken) -> Response[Accepted]:
    url = links.material(services.settings, taken.material_id)
    location = links.job(taken.job_id) if taken.job_id is not None else url
    accepted = Accepted(
        taken.material_id, taken.version_ordinal, taken.job_id, taken.duplicate, url
    )
    return Response(accepted, status_code=202, headers={"Location": location})


def _upload(file: UploadFile, fields: UploadFields | VersionFields) -> Upload:
    given = structs.asdict(fields)
    stated = {name: value for name, value in given.items() if value is not None}
    return Upload(file.filename, blocks_of(file), stated)


def router(upload_max_bytes: int) -> Router:
    """Give the routes, which take bodies as large as the settings allow."""
    return Router(
        "/",
        route_handlers=[upload_material, upload_version, restore_version, extract_again],
        request_max_body_size=upload_max_bytes + FORM_BYTES,
        tags=["Materials"],
    )
