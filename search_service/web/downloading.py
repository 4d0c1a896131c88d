"""The files that pages hand out: a version as it was uploaded, or a clean copy of it."""

from typing import Any

from litestar import get
from litestar.response import Response, Stream

from search_service.accounts.policy import READ
from search_service.errors import InvalidInputError
from search_service.files.store import read_file
from search_service.serving.authentication import scoped
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.heads import is_head
from search_service.serving.outgoing import WantedFile, find_file, note_sent
from search_service.serving.transfers import content_disposition
from search_service.web.materials import (
    PathNumber,
    WrongSlides,
    know,
    material_page,
    ordinal_of,
    require_id,
)
from search_service.web.rendering import WebRequest


@get("/m/{material_id:int}/file", opt=scoped(READ), name="web:file")
async def download(
    request: WebRequest, services: TheServices, caller: TheCaller, material_id: PathNumber
) -> Response[Any]:
    """Give the present file under its own name, and count that; `v` is for those who may edit.

    With `clean`, or with `slides` such as 3,5-7, a clean copy of it; slides that are none lead back
    to the form that asks for them.
    """
    require_id(material_id)
    asked = request.query_params
    wanted = WantedFile(
        material_id,
        version=ordinal_of(asked.get("v", "")) or None,
        clean="clean" in asked,  # whoever asks for a copy, however badly, never gets the original
        slides=asked.get("slides"),
    )
    try:
        file = await find_file(services, caller, wanted)
    except InvalidInputError as error:
        if wanted.slides is None or error.details.get("field") != "slides":
            raise
        known = await know(services, caller, material_id)
        return await material_page(request, known, WrongSlides(wanted.slides, error.message))
    if not is_head(request.scope):
        await note_sent(services, caller, file)
    return Stream(
        read_file(file.path),
        media_type=file.media_type,
        headers={
            "Content-Disposition": content_disposition(file.file_name),
            "Content-Length": str(file.size_bytes),
            "Cache-Control": "private, no-store",
        },
    )


HANDLERS = (download,)
