"""Chooses the reader of a PDF, once for the whole file: PDFium where it opens it, else pypdf.

The two order words differently, so one page never holds text of both.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from extractors.pdf import pdfium
from extractors.types import (
    Code,
    Document,
    ExtractionError,
    Page,
    ReadWarning,
    Source,
    WarningCode,
)

_HEADER = b"%PDF-"
_HEADER_WITHIN_BYTES = 64 << 10


def extract(source: Source) -> Iterator[Document | Page]:
    """The header, then the pages from the first one asked for.

    Raises ExtractionError: password_required, or damaged where neither reader opens the file.
    """
    data, warnings = readable_input(source.path)
    try:
        opened = pdfium.open_document(data)
    except ExtractionError as error:
        from extractors.pdf import fallback  # noqa: PLC0415 - pypdf costs 300 ms, few files need it

        records = fallback.read(data, error, source)
    else:
        records = pdfium.read(opened, source)
    for record in records:
        if warnings and isinstance(record, Document):
            yield replace(record, warnings=(*record.warnings, *warnings))
        else:
            yield record


def readable_input(path: Path) -> tuple[Path | bytes, tuple[ReadWarning, ...]]:
    """The path itself, or the bytes from the header on, with a warning, where junk precedes it."""
    with path.open("rb") as file:
        start = file.read(_HEADER_WITHIN_BYTES).find(_HEADER)
        if start < 0:
            raise ExtractionError(Code.DAMAGED, "the file has no PDF header")
        if start == 0:
            return path, ()
        file.seek(start)
        return file.read(), (ReadWarning(WarningCode.JUNK_PREFIX, f"{start} bytes"),)
