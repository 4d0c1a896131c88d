"""The picture of a page as it goes out: the drawn one, else a sketch of the page's text.

Whoever may see the version may see it, and nobody else.
"""

from dataclasses import dataclass
from hashlib import sha256

from search_service.accounts.policy import Principal
from search_service.catalog import pages, versions
from search_service.catalog.pages import VersionKey
from search_service.files.page_images import MEDIA_TYPES, Size
from search_service.serving.services import Services
from search_service.serving.sketches import sketch_of

# A drawn page of a version never changes. A browser keeps one for each session, as people share
# machines; a sketch gives way to a correction, or to the drawn page.
_FOR_EVER = "private, max-age=31536000, immutable"
_ASK_AGAIN = "private, no-cache"
# Opened by itself an SVG is a document: nothing in it runs or loads.
_SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
SKETCH_TYPE = "image/svg+xml"


@dataclass(frozen=True, slots=True)
class WantedPicture:
    """Which page of which version, None being the present one, and how large."""

    material_id: int
    page_number: int
    version: int | None
    size: Size


@dataclass(frozen=True, slots=True)
class PagePicture:
    """The bytes of a picture with what HTTP says of them."""

    data: bytes
    media_type: str
    etag: str
    cache: str

    @property
    def headers(self) -> dict[str, str]:
        return {
            "ETag": self.etag,
            "Cache-Control": self.cache,
            "Vary": "Cookie, Authorization",
            "Content-Security-Policy": _SANDBOX,
        }


async def find_picture(
    services: Services, principal: Principal, wanted: WantedPicture
) -> PagePicture:
    """Give the picture of a page. Raises NotFoundError for one that the principal may not see."""
    async with services.database.reading() as connection:
        version = await versions.get(connection, principal, wanted.material_id, wanted.version)
        key = VersionKey(wanted.material_id, version.ordinal)
        page = await pages.get(connection, principal, key, wanted.page_number)
    drawn = await services.store.images.read(version.sha256, wanted.page_number, wanted.size)
    if drawn is not None:
        # The address without a version leads to another file's page one day.
        cache = _ASK_AGAIN if wanted.version is None else _FOR_EVER
        etag = f'"{version.sha256[:32]}-{wanted.page_number}-{wanted.size}"'
        return PagePicture(drawn, MEDIA_TYPES[wanted.size], etag, cache)
    portrait = not version.media_type.startswith("application/vnd")
    sketch = sketch_of(page, portrait=portrait, small=wanted.size is Size.THUMB)
    etag = f'"{sha256(sketch).hexdigest()[:32]}"'
    return PagePicture(sketch, SKETCH_TYPE, etag, _ASK_AGAIN)


async def is_drawn(services: Services, content_hash: str | None, page_number: int) -> bool:
    """Tell whether the page of a file has a picture, or only a sketch."""
    if content_hash is None:
        return False
    return await services.store.images.holds(content_hash, page_number)
