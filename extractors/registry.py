"""Which extractor reads a file, decided by its bytes alone; it reads no content.

A file's name and the type that an uploader claims are never looked at.
"""

import mmap
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from extractors.limits import Limits
from extractors.types import Code, Document, ExtractionError, Page, Source

if TYPE_CHECKING:
    from extractors.archive import Archive

Extractor: TypeAlias = Callable[[Source], Iterator[Document | Page]]

PDF = "application/pdf"
PPT = "application/vnd.ms-powerpoint"
ODP = "application/vnd.oasis.opendocument.presentation"
TEXT, MARKDOWN, HTML = "text/plain", "text/markdown", "text/html"
_OOXML = "application/vnd.openxmlformats-officedocument.presentationml."
_DECK_TYPES = {
    b"presentation": _OOXML + "presentation",
    b"slideshow": _OOXML + "slideshow",
    b"template": _OOXML + "template",
}
_MACRO_DECK_TYPES = {
    b"presentation": PPT + ".presentation.macroEnabled.12",
    b"slideshow": PPT + ".slideshow.macroEnabled.12",
    b"template": PPT + ".template.macroEnabled.12",
}

DECKS = frozenset({*_DECK_TYPES.values(), *_MACRO_DECK_TYPES.values()})

_HEAD_BYTES = 64 << 10
_MAIN_PART = re.compile(
    rb"(presentationml|ms-powerpoint)\.(presentation|slideshow|template)"
    rb"(?:\.macroEnabled(?:\.12)?)?\.main\+xml"
)
_PDF_HEADER = re.compile(rb".{0,1024}%PDF-|.{0,8192}%PDF-[12]\.\d", re.DOTALL)
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "the file is encrypted; save it without a password"
_ENCRYPTED_PPT = re.compile(
    rb"\x00\x00\xf6\x0f.{4}\x14\x00\x00\x00\xdf\xc4\xd1\xf3|"
    + re.escape("EncryptedSummary".encode("utf-16-le")),
    re.DOTALL,
)
"""A CurrentUserAtom with the headerToken of an encrypted file ([MS-PPT] 2.3.2), or a stream that
only encrypted files have."""
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HTML_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?(?><!--.{0,2000}?-->\s*)*+"
    rb"<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_MARKDOWN_SIGN = re.compile(
    rb"^(?: {0,3}#{1,6}[ \t]+\S|\S[^\n]*+\n(?:===+|---+)[ \t\r]*$)", re.MULTILINE
)
_FOREIGN_TEXT = (b"{\\rtf", b"<?xml", b"%!PS", b"<svg")


def media_type_of(path: Path, limits: Limits) -> str:
    """The media type that the file's bytes show.

    Raises ExtractionError: empty_file, unsupported_type, or what opening an archive raises.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head:
        raise ExtractionError(Code.EMPTY_FILE, "the file has no bytes")
    if head.startswith(b"PK\x03\x04"):
        return _archive_type(path, limits)
    if head.startswith(_OLE_MAGIC):
        return _compound_file_type(path)
    if _PDF_HEADER.match(head):
        return PDF
    if head.startswith(_TEXT_MARKS) or not _NOT_TEXT.search(head):
        return _text_type(head)
    raise ExtractionError(Code.UNSUPPORTED_TYPE, "the bytes are of no kind that is read here")


def extractor_for(media_type: str) -> Extractor:
    """The extractor of a media type that `media_type_of` gave; only its libraries are loaded."""
    if media_type == PDF:
        from extractors import pdf  # noqa: PLC0415 - a child loads one format's libraries only

        return pdf.extract
    if media_type in DECKS:
        from extractors import pptx  # noqa: PLC0415 - the same

        return pptx.extract
    if media_type in {TEXT, MARKDOWN, HTML}:
        from extractors import plain  # noqa: PLC0415 - the same

        return plain.extract
    raise ExtractionError(
        Code.CONVERTER_MISSING,
        "only LibreOffice reads this format; install LibreOffice Impress, or save the file as PPTX",
    )


def _archive_type(path: Path, limits: Limits) -> str:
    from extractors.archive import Archive  # noqa: PLC0415 - 20 ms that a PDF does without

    with Archive(path, limits) as archive:
        if "[Content_Types].xml" in archive:
            main = _MAIN_PART.search(archive.read("[Content_Types].xml"))
            if main:
                types = _MACRO_DECK_TYPES if b"macroEnabled" in main[0] else _DECK_TYPES
                return types[main[2]]
        elif "mimetype" in archive and archive.read("mimetype", 256).strip() == ODP.encode():
            _require_plain(archive)
            return ODP
        if "ppt/presentation.xml" in archive:
            return _DECK_TYPES[b"presentation"]
    raise ExtractionError(Code.UNSUPPORTED_TYPE, "the archive holds no presentation")


def _require_plain(archive: "Archive") -> None:
    """Raise ExtractionError with password_required for an encrypted OpenDocument file."""
    manifest = "META-INF/manifest.xml"
    if manifest in archive and b"encryption-data" in archive.read(manifest):
        raise ExtractionError(Code.PASSWORD_REQUIRED, _ENCRYPTED)


def _compound_file_type(path: Path) -> str:
    """OLE2 files name their streams in UTF-16; the name of the main stream tells the kind."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data.find("EncryptedPackage".encode("utf-16-le")) >= 0:
            raise ExtractionError(Code.PASSWORD_REQUIRED, _ENCRYPTED)
        if _ENCRYPTED_PPT.search(data):
            raise ExtractionError(Code.PASSWORD_REQUIRED, _ENCRYPTED)
        if data.find("PowerPoint Document".encode("utf-16-le")) >= 0:
            return PPT
    raise ExtractionError(Code.UNSUPPORTED_TYPE, "the compound file holds no presentation")


def _text_type(head: bytes) -> str:
    """The notation of a text; UTF-16 is read as plain text whatever its notation."""
    if _HTML_START.match(head):
        return HTML
    if head.lstrip().startswith(_FOREIGN_TEXT):
        raise ExtractionError(Code.UNSUPPORTED_TYPE, "markup of a kind that is not read here")
    return MARKDOWN if _MARKDOWN_SIGN.search(head) else TEXT
