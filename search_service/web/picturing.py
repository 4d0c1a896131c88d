"""Pictures of pages, for the pages that show them."""

from typing import Any

from litestar import get
from litestar.response import Response

from search_service.accounts.policy import READ
from search_service.files.page_images import Size
from search_service.serving import etag
from search_service.serving.authentication import limited, scoped
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.page_pictures import WantedPicture, find_picture
from search_service.serving.rate_limits import PICTURES
from search_service.web.materials import PathNumber, ordinal_of, require_id
from search_service.web.rendering import WebRequest


@get(
    "/m/{material_id:int}/s/{number:int}/image",
    opt=scoped(READ) | limited(PICTURES),
    name="web:image",
)
async def show_image(
    request: WebRequest,
    services: TheServices,
    caller: TheCaller,
    material_id: PathNumber,
    number: PathNumber,
) -> Response[Any]:
    """Give the picture of a page; `v` is its version, `size=thumb` asks for the small one."""
    require_id(material_id)
    require_id(number)
    parameters = request.query_params
    size = Size.THUMB if parameters.get("size") == Size.THUMB else Size.PAGE
    version = ordinal_of(parameters.get("v", "")) or None
    wanted = WantedPicture(material_id, number, version, size)
    found = await find_picture(services, caller.principal, wanted)
    if etag.is_unchanged(request.headers.get("If-None-Match"), found.etag):
        return Response(b"", status_code=304, headers=found.headers)
    return Response(found.data, media_type=found.media_type, headers=found.headers)


HANDLERS = (show_image,)
