"""Files out: the versions of a material and their bytes."""

from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.params import HeaderParameter
from litestar.response import Stream
from msgspec import convert

from search_service.api import ranges
from search_service.api.routes.materials import READ, IfNoneMatch
from search_service.api.routes.paths import PathId
from search_service.api.schemas.materials import (
    MaterialVersion,
    MaterialVersions,
    Receipt,
    VersionQuery,
)
from search_service.api.validation import query_opt, read_query
from search_service.catalog import editing, versions
from search_service.catalog.versions import VersionRecord
from search_service.errors import NotFoundError
from search_service.serving import etag
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.heads import is_head
from search_service.serving.services import Services
from search_service.serving.transfers import content_disposition

AnyRequest = Request[Any, Any, Any]
# Should a browser show a file all the same, nothing in it runs.
_SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
RangeField = Annotated[str | None, HeaderParameter(name="Range", description="bytes=START-END")]


@get("/materials/{material_id:int}/versions", opt=READ)
async def list_versions(
    services: TheServices, caller: TheCaller, material_id: PathId
) -> MaterialVersions:
    """List the versions that the caller may have: all for an editor, else the present one."""
    async with services.database.reading() as connection:
        found = await versions.find(connection, caller.principal, material_id)
    return MaterialVersions(
        tuple(convert(record, MaterialVersion, from_attributes=True) for record in found)
    )


@get("/materials/{material_id:int}/receipt", opt=READ | query_opt(VersionQuery))
async def get_receipt(
    request: AnyRequest, services: TheServices, caller: TheCaller, material_id: PathId
) -> Receipt:
    """Give the account of what was read of a version."""
    wanted = read_query(request, VersionQuery).version
    async with services.database.reading() as connection:
        version = await versions.get(connection, caller.principal, material_id, wanted)
    return Receipt(
        material_id,
        version.ordinal,
        version.extraction_status,
        version.extraction_code,
        version.receipt,
    )


@get(
    "/materials/{material_id:int}/file",
    opt=READ | query_opt(VersionQuery),
    media_type="application/octet-stream",
)
async def download_file(
    request: AnyRequest,
    services: TheServices,
    caller: TheCaller,
    material_id: PathId,
    range_field: RangeField = None,
    if_none_match: IfNoneMatch = None,
) -> Response[Any]:
    """Download a version, whole or in part; a download that begins at the start is counted."""
    wanted = read_query(request, VersionQuery).version
    async with services.database.reading() as connection:
        version = await versions.get(connection, caller.principal, material_id, wanted)
    if etag.is_unchanged(if_none_match, _tag(version)):
        return Response(b"", status_code=304, headers=_headers(version))
    try:
        part = ranges.part_of(_valid_range(request, range_field, version), version.file_size)
    except ranges.UnsatisfiableRangeError:
        headers = {"Content-Range": f"bytes */{version.file_size}"}
        return Response(b"", status_code=416, headers=_headers(version) | headers)
    if not await services.store.exists(version.sha256):
        raise NotFoundError("The original is not in the file store; tell whoever runs the service.")
    if not is_head(request.scope) and (part is None or part.start == 0):
        async with services.database.transaction() as connection:
            await editing.count_download(connection, caller, material_id)
    return _stream(services, version, part)


def _stream(services: Services, version: VersionRecord, part: ranges.Part | None) -> Stream:
    chosen = part or ranges.Part(0, version.file_size)
    # As a field: a stream's own media type gives way to that of the handler.
    headers = _headers(version) | {
        "Content-Type": version.media_type,
        "Content-Length": str(chosen.end - chosen.start),
    }
    if part is not None:
        last = part.end - 1
        headers["Content-Range"] = f"bytes {part.start}-{last}/{version.file_size}"
    return Stream(
        services.store.read(version.sha256, chosen.start, chosen.end),
        status_code=200 if part is None else 206,
        headers=headers,
    )


def _valid_range(request: AnyRequest, field: str | None, version: VersionRecord) -> str | None:
    """The Range field unless If-Range names another state of the file."""
    condition = request.headers.get("If-Range")
    return field if condition in {None, _tag(version)} else None


def _headers(version: VersionRecord) -> dict[str, str]:
    return {
        "ETag": _tag(version),
        "Cache-Control": "private, no-cache",
        "Accept-Ranges": "bytes",
        "Content-Disposition": content_disposition(version.file_name),
        "Content-Security-Policy": _SANDBOX,
    }


def _tag(version: VersionRecord) -> str:
    return f'"{version.sha256}"'


ROUTER = Router("/", route_handlers=[list_versions, get_receipt, download_file], tags=["Files"])
