"""Files on their way over HTTP: the blocks of one that comes in, the name of one that goes out."""

from collections.abc import AsyncIterator
from urllib.parse import quote

from litestar.datastructures import UploadFile

from search_service.config import MIB

READ_BYTES = 256 * 1024
# What a form's fields and borders take beside the file.
FORM_BYTES = MIB


async def blocks_of(file: UploadFile) -> AsyncIterator[bytes]:
    """Give the bytes of an uploaded file, a block at a time."""
    while block := await file.read(READ_BYTES):
        yield block


def content_disposition(file_name: str) -> str:
    """Give the field for a download: RFC 6266, with RFC 5987 beside plain ASCII."""
    plain = "".join(
        sign if sign.isascii() and sign.isprintable() and sign not in '"\\%' else "_"
        for sign in file_name
    )
    encoded = quote(file_name.encode("utf-8", "replace"), safe="")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
