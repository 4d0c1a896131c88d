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
    FileQuery,
    MaterialVersion,
    MaterialVersions,
    Receipt,
    VersionQuery,
)
from search_service.api.validation import query_opt, read_query
from search_service.catalog import versions
from search_service.errors import InvalidInputError
from search_service.files.store import read_file
from search_service.serving import etag
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.heads import is_head
from search_service.serving.outgoing import OutgoingFile, WantedFile, find_file, note_sent
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
    opt=READ | query_opt(FileQuery),
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
    """Download a version, or a clean copy of it, whole or in part.

    A download that begins at the start is counted; the audit log has every part that was sent.
    """
    query = _read(request)
    wanted = WantedFile(material_id, query.version, query.clean, query.slides)
    file = await find_file(services, caller, wanted)
    if etag.is_unchanged(if_none_match, file.tag):
        return Response(b"", status_code=304, headers=_headers(file))
    try:
        part = ranges.part_of(_valid_range(request, range_field, file), file.size_bytes)
    except ranges.UnsatisfiableRangeError:
        headers = {"Content-Range": f"bytes */{file.size_bytes}"}
        return Response(b"", status_code=416, headers=_headers(file) | headers)
    if not is_head(request.scope):
        await note_sent(services, caller, file, (part.start, part.end) if part else None)
    return _stream(file, part)


def _headers(file: OutgoingFile) -> dict[str, str]:
    return {
        "ETag": file.tag,
        "Cache-Control": "private, no-cache",
        "Accept-Ranges": "bytes",
        "Content-Disposition": content_disposition(file.file_name),
        "Content-Security-Policy": _SANDBOX,
    }


def _read(request: AnyRequest) -> FileQuery:
    """The query; a blank value is refused, as it would give the original to whoever wants a copy.

    Raises InvalidInputError.
    """
    for name in ("clean", "slides"):
        if request.query_params.get(name) == "":
            raise InvalidInputError(
                f"{name} is empty; say what you want, or leave it out for the original.", field=name
            )
    return read_query(request, FileQuery)


def _stream(file: OutgoingFile, part: ranges.Part | None) -> Stream:
    chosen = part or ranges.Part(0, file.size_bytes)
    # As a field: a stream's own media type gives way to that of the handler.
    headers = _headers(file) | {
        "Content-Type": file.media_type,
        "Content-Length": str(chosen.end - chosen.start),
    }
    if part is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{file.size_bytes}"
    return Stream(
        read_file(file.path, chosen.start, chosen.end),
        status_code=200 if part is None else 206,
        headers=headers,
    )


def _valid_range(request: AnyRequest, field: str | None, file: OutgoingFile) -> str | None:
    """The Range field unless If-Range names another state of the file."""
    condition = request.headers.get("If-Range")
    return field if condition in {None, file.tag} else None


ROUTER = Router("/", route_handlers=[list_versions, get_receipt, download_file], tags=["Files"])
