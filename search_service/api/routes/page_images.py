"""Pictures of pages."""

from typing import Any

from litestar import Request, Response, Router, get

from search_service.api.routes.materials import READ, IfNoneMatch
from search_service.api.routes.paths import PathId, PathNumber
from search_service.api.schemas.materials import PageImageQuery
from search_service.api.validation import query_opt, read_query
from search_service.serving import etag
from search_service.serving.authentication import limited
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.page_pictures import WantedPicture, find_picture
from search_service.serving.rate_limits import PICTURES


@get(
    "/materials/{material_id:int}/pages/{page_number:int}/image",
    opt=READ | limited(PICTURES) | query_opt(PageImageQuery),
    media_type="image/jpeg",
)
async def get_page_image(
    request: Request[Any, Any, Any],
    services: TheServices,
    caller: TheCaller,
    material_id: PathId,
    page_number: PathNumber,
    if_none_match: IfNoneMatch = None,
) -> Response[bytes]:
    """Give the picture of a page: JPEG (a thumb: WebP), or SVG, a sketch of the text if undrawn.

    With `version` a drawn page may be kept for a year; a sketch changes with its page.
    """
    query = read_query(request, PageImageQuery)
    wanted = WantedPicture(material_id, page_number, query.version, query.size)
    found = await find_picture(services, caller.principal, wanted)
    if etag.is_unchanged(if_none_match, found.etag):
        return Response(b"", status_code=304, headers=found.headers)
    return Response(found.data, media_type=found.media_type, headers=found.headers)


ROUTER = Router("/", route_handlers=[get_page_image], tags=["Pages"])
