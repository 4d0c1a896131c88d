"""The files that pages hand out: a version as it was uploaded, or a clean copy of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litestar import get
from litestar.response import Response, Stream

from search_service.accounts.caller import Caller
from search_service.accounts.policy import READ
from search_service.catalog import downloads, versions
from search_service.catalog.downloads import Download
from search_service.catalog.versions import VersionRecord
from search_service.errors import NotFoundError
from search_service.files.store import read_file
from search_service.serving.authentication import scoped
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.heads import is_head
from search_service.serving.services import Services
from search_service.serving.transfers import content_disposition
from search_service.web.materials import PathNumber, ordinal_of, require_id
from search_service.web.rendering import WebRequest


@get("/m/{material_id:int}/file", opt=scoped(READ), name="web:file")
async def download(
    request: WebRequest, services: TheServices, caller: TheCaller, material_id: PathNumber
) -> Response[Any]:
    """Give the present file under its own name, and count that; `v` is for those who may edit.

    With `clean`, or with `slides` such as 3,5-7, a clean copy of it.
    """
    require_id(material_id)
    wanted = ordinal_of(request.query_params.get("v", "")) or None
    async with services.database.reading() as connection:
        version = await versions.get(connection, caller.principal, material_id, wanted)
    file = await _wanted(request, services, caller, version)
    if not await services.store.exists(version.sha256):
        raise NotFoundError("The original is not in the file store; tell an administrator.")
    if not is_head(request.scope):
        async with services.database.transaction() as connection:
            sent = Download(version.ordinal, file.copy)
            await downloads.note(connection, caller, material_id, sent)
    return Stream(
        read_file(file.path),
        media_type=file.media_type,
        headers={
            "Content-Disposition": content_disposition(file.name),
            "Content-Length": str(file.size_bytes),
            "Cache-Control": "private, no-store",
        },
    )


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    name: str
    media_type: str
    size_bytes: int
    copy: str | None = None


async def _wanted(
    request: WebRequest, services: Services, caller: Caller, version: VersionRecord
) -> _File:
    slides = request.query_params.get("slides")
    # Whoever asks for a copy, however badly, never gets the original.
    if slides is not None or "clean" in request.query_params:
        copy = await services.copies.of(caller.principal.user_id, version, slides)
        stored = copy.stored
        return _File(stored.path, copy.file_name, copy.media_type, stored.size_bytes, copy.name)
    path = services.store.path_of(version.sha256)
    return _File(path, version.file_name, version.media_type, version.file_size)


HANDLERS = (download,)
