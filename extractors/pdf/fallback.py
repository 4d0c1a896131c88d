"""pypdf's view of a file that PDFium cannot open: slower, and with poorer word order.

pypdf loops on some hostile files and raises nearly anything on damaged ones; the sandbox's limits
end the first, and every failure is translated here.
"""

import logging
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pypdf
from pypdf.errors import DeprecationError, PyPdfError

from extractors.pdf.lines import signs
from extractors.types import Code, Document, ExtractionError, Page, ReadWarning, Source, WarningCode

_FAILURES = (
    PyPdfError,
    DeprecationError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What pypdf 7 was seen to raise on the corpus, by family."""


def read(data: Path | bytes, refusal: ExtractionError, source: Source) -> Iterator[Document | Page]:
    """The header, then the pages asked for.

    Raises `refusal`, which is why PDFium did not open the file, where pypdf does not either.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(BytesIO(data) if isinstance(data, bytes) else data)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ExtractionError(
                Code.PASSWORD_REQUIRED, "the PDF opens only with a password; save it without one"
            )
        pages = len(reader.pages)
    except _FAILURES as error:
        raise refusal from error
    if not pages:
        raise refusal
    yield _header(reader, pages)
    for number in range(source.first_page, min(pages, source.limits.pages + 1) + 1):
        yield _page(reader, number)


def _header(reader: pypdf.PdfReader, pages: int) -> Document:
    title = author = modified = None
    try:
        if reader.metadata:
            title, author = reader.metadata.title, reader.metadata.author
            modified = reader.metadata.modification_date_raw
    except _FAILURES:
        title = author = modified = None  # a damaged property never loses the pages
    return Document(
        media_type="application/pdf",
        extractor=f"pypdf {pypdf.__version__}",
        title=title or None,
        author=author or None,
        modified=modified or None,
        pages=pages,
        encrypted=reader.is_encrypted,
        title_in_body=True,
        warnings=(ReadWarning(WarningCode.FALLBACK_READER),),
    )


def _page(reader: pypdf.PdfReader, number: int) -> Page:
    try:
        page = reader.pages[number - 1]
        body = page.extract_text()
        width, height = float(page.mediabox.width), float(page.mediabox.height)
    except _FAILURES:
        return Page(number, warnings=(ReadWarning(WarningCode.PAGE_UNREADABLE),))
    return Page(
        number=number,
        title=_first_line(body),
        body=body,
        width=width,
        height=height,
        warnings=tuple(signs(body)),
    )


def _first_line(body: str) -> str | None:
    line = next((line.strip() for line in body.splitlines() if line.strip()), "")
    return line if 0 < len(line) <= 100 else None
