"""PDFium's view of a file: pages as text, links and size; outline, labels and properties.

`get_text_range` gives every character of the page; `get_text_bounded` silently drops those outside
the page box. PDFium aborts the process when memory runs out: run it in a sandbox.
"""

import ctypes
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pypdfium2
from pypdfium2 import raw

from extractors.pdf.annotations import comments_of
from extractors.pdf.glyphs import corrected, height_and_top
from extractors.pdf.lines import Vocabulary, joined_hyphens, parted_scripts, signs
from extractors.pdf.titles import Line, page_title
from extractors.types import (
    IMAGE_ONLY_BELOW,
    Baggage,
    Code,
    Document,
    ExtractionError,
    OutlineEntry,
    Page,
    ReadWarning,
    Source,
    WarningCode,
)

_OUTLINE_ENTRIES = 1_000
# Of a PDF's properties those that name people or companies; Acrobat writes the latter.
_NAMING = ("Author", "Company", "Manager")
_LINKS_PER_PAGE = 200
_TITLE_LINES = 40


def open_document(source: Path | bytes) -> pypdfium2.PdfDocument:
    """The opened file.

    Raises ExtractionError with password_required or damaged; pypdf may yet be able to open it.
    """
    try:
        return pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise ExtractionError(
                Code.PASSWORD_REQUIRED, "the PDF opens only with a password; save it without one"
            ) from error
        raise ExtractionError(
            Code.DAMAGED, "the PDF is damaged where it lists its pages"
        ) from error


def read(pdf: pypdfium2.PdfDocument, source: Source) -> Iterator[Document | Page]:
    """The header, then the pages asked for; an unreadable page becomes a warning."""
    yield header(pdf)
    vocabulary = Vocabulary()
    # One past the cap, so that whoever counts pages sees that there are more.
    for number in range(source.first_page, min(len(pdf), source.limits.pages + 1) + 1):
        try:
            yield _page(pdf, number, vocabulary)
        except pypdfium2.PdfiumError:
            lost = ReadWarning(WarningCode.PAGE_UNREADABLE)
            yield Page(number, _label(pdf, number), warnings=(lost,))


def header(pdf: pypdfium2.PdfDocument) -> Document:
    """The file's properties, outline and number of pages."""
    author = pdf.get_metadata_value("Author").strip() or None
    return Document(
        media_type="application/pdf",
        extractor=f"pdfium {pypdfium2.PDFIUM_INFO.build}",
        title=pdf.get_metadata_value("Title").strip() or None,
        author=author,
        modified=pdf.get_metadata_value("ModDate").strip() or None,
        pages=len(pdf),
        outline=tuple(_outline(pdf)),
        encrypted=raw.FPDF_GetSecurityHandlerRevision(pdf) != -1,
        language=_language(pdf),
        title_in_body=True,
        baggage=Baggage(
            embedded_workbooks=max(raw.FPDFDoc_GetAttachmentCount(pdf), 0),
            author_metadata=sum(bool(pdf.get_metadata_value(name).strip()) for name in _NAMING),
        ),
    )


def _outline(pdf: pypdfium2.PdfDocument) -> Iterator[OutlineEntry]:
    for bookmark in islice(pdf.get_toc(), _OUTLINE_ENTRIES):
        destination = bookmark.get_dest()
        index = destination.get_index() if destination else None
        yield OutlineEntry(
            bookmark.level, bookmark.get_title().strip(), None if index is None else index + 1
        )


def _language(pdf: pypdfium2.PdfDocument) -> str | None:
    size = raw.FPDFCatalog_GetLanguage(pdf, None, 0)
    if not 2 < size <= 128:
        return None
    buffer = (ctypes.c_ushort * (size // 2))()
    raw.FPDFCatalog_GetLanguage(pdf, buffer, size)
    return bytes(buffer).decode("utf-16-le", "ignore").rstrip("\0").strip() or None


def _page(pdf: pypdfium2.PdfDocument, number: int, vocabulary: Vocabulary) -> Page:
    page = pdf[number - 1]
    textpage = page.get_textpage()
    try:
        text = textpage.get_text_range()
        mended = corrected(textpage, text, vocabulary)
        body = parted_scripts(joined_hyphens(mended, vocabulary))
        width, height = page.get_size()
        return Page(
            number=number,
            label=_label(pdf, number),
            title=_title(textpage, text, vocabulary),
            body=body,
            comments=comments_of(page),
            links=_links(pdf, page),
            width=round(width, 2),
            height=round(height, 2),
            warnings=(*signs(body), *_picture_sign(page, body)),
        )
    finally:
        textpage.close()
        page.close()


def _label(pdf: pypdfium2.PdfDocument, number: int) -> str | None:
    return pdf.get_page_label(number - 1).strip() or None


def _title(textpage: pypdfium2.PdfTextPage, text: str, vocabulary: Vocabulary) -> str | None:
    title = page_title(_lines(textpage, text))
    return parted_scripts(joined_hyphens(title, vocabulary)) if title else None


def _lines(textpage: pypdfium2.PdfTextPage, text: str) -> Iterator[Line]:
    """The page's first lines with the height of one character each, drawn lines top down."""
    start = 0
    for line in islice(text.split("\r\n"), _TITLE_LINES):
        content = line.strip()
        if content:
            middle = start + line.index(content[len(content) // 2])
            yield Line(content, *height_and_top(textpage, middle))
        start += len(line) + 2


def _links(pdf: pypdfium2.PdfDocument, page: pypdfium2.PdfPage) -> tuple[str, ...]:
    """Targets of link annotations that lead outside the file."""
    position = ctypes.c_int(0)
    link = raw.FPDF_LINK()
    found: dict[str, None] = {}
    for _ in range(_LINKS_PER_PAGE):
        if not raw.FPDFLink_Enumerate(page, position, link):
            break
        if address := _address(pdf, raw.FPDFLink_GetAction(link)):
            found[address] = None
    return tuple(found)


def _address(pdf: pypdfium2.PdfDocument, action: Any) -> str | None:
    if not action or raw.FPDFAction_GetType(action) != raw.PDFACTION_URI:
        return None
    size = raw.FPDFAction_GetURIPath(pdf, action, None, 0)
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFAction_GetURIPath(pdf, action, buffer, size)
    return buffer.value.decode("utf-8", "replace").strip() or None


def _picture_sign(page: pypdfium2.PdfPage, body: str) -> tuple[ReadWarning, ...]:
    if len(body.strip()) >= IMAGE_ONLY_BELOW:
        return ()
    images = page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)
    return (ReadWarning(WarningCode.NO_TEXT_BUT_IMAGE),) if next(images, None) else ()
