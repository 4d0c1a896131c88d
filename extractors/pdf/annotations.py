"""What readers and reviewers wrote on a PDF's pages: the texts of its comments.

Links, fields and watermarks belong to the page and are no comments; a mark without words has none.
"""

import ctypes
from typing import Any

import pypdfium2
from pypdfium2 import raw

_MOST = 500
_TEXT_BYTES = 20_000
_COMMENTS = frozenset({
    raw.FPDF_ANNOT_TEXT, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_LINE, raw.FPDF_ANNOT_SQUARE,
    raw.FPDF_ANNOT_CIRCLE, raw.FPDF_ANNOT_POLYGON, raw.FPDF_ANNOT_POLYLINE,
    raw.FPDF_ANNOT_HIGHLIGHT, raw.FPDF_ANNOT_UNDERLINE, raw.FPDF_ANNOT_SQUIGGLY,
    raw.FPDF_ANNOT_STRIKEOUT, raw.FPDF_ANNOT_STAMP, raw.FPDF_ANNOT_CARET, raw.FPDF_ANNOT_INK,
    raw.FPDF_ANNOT_FILEATTACHMENT,
})  # fmt: skip


def comments_of(page: pypdfium2.PdfPage) -> tuple[str, ...]:
    """The words of each comment on a page, in the file's order; at most 500 are looked at."""
    found = []
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            is_comment = raw.FPDFAnnot_GetSubtype(annotation) in _COMMENTS
            if is_comment and (words := _words(annotation)):
                found.append(words)
        finally:
            raw.FPDFPage_CloseAnnot(annotation)
    return tuple(found)


def _words(annotation: Any) -> str:
    size = min(raw.FPDFAnnot_GetStringValue(annotation, b"Contents", None, 0), _TEXT_BYTES)
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    if raw.FPDFAnnot_GetStringValue(annotation, b"Contents", buffer, size) > size:
        return ""  # longer than anybody writes
    return bytes(buffer).decode("utf-16-le", "replace").partition("\0")[0].strip()
