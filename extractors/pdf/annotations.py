"""What readers and reviewers wrote on a PDF's pages: the texts of its comments.

Links, fields and watermarks belong to the page and are no comments; a mark without words has none,
but a file that is attached to a page is told in any case.
"""

import ctypes
from itertools import islice
from typing import Any

import pypdfium2
from pypdfium2 import raw

_MOST = 500
_CHARACTERS = 10_000
_ATTACHED = "(attached file)"
_COMMENTS = frozenset({
    raw.FPDF_ANNOT_TEXT, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_LINE, raw.FPDF_ANNOT_SQUARE,
    raw.FPDF_ANNOT_CIRCLE, raw.FPDF_ANNOT_POLYGON, raw.FPDF_ANNOT_POLYLINE,
    raw.FPDF_ANNOT_HIGHLIGHT, raw.FPDF_ANNOT_UNDERLINE, raw.FPDF_ANNOT_SQUIGGLY,
    raw.FPDF_ANNOT_STRIKEOUT, raw.FPDF_ANNOT_STAMP, raw.FPDF_ANNOT_CARET, raw.FPDF_ANNOT_INK,
    raw.FPDF_ANNOT_FILEATTACHMENT,
})  # fmt: skip


def comments_of(page: pypdfium2.PdfPage) -> tuple[str, ...]:
    """The words of each comment on a page, in the file's order; at most 500 of them."""
    annotations = range(raw.FPDFPage_GetAnnotCount(page))
    found = (_comment(page, index) for index in annotations)
    return tuple(islice(filter(None, found), _MOST))


def _comment(page: pypdfium2.PdfPage, index: int) -> str:
    annotation = raw.FPDFPage_GetAnnot(page, index)
    if not annotation:
        return ""
    try:
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        if kind not in _COMMENTS:
            return ""
        return _words(annotation) or (_ATTACHED if kind == raw.FPDF_ANNOT_FILEATTACHMENT else "")
    finally:
        raw.FPDFPage_CloseAnnot(annotation)


def _words(annotation: Any) -> str:
    size = raw.FPDFAnnot_GetStringValue(annotation, b"Contents", None, 0)
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    raw.FPDFAnnot_GetStringValue(annotation, b"Contents", buffer, size)
    words = bytes(buffer).decode("utf-16-le", "replace").partition("\0")[0].strip()
    return words[:_CHARACTERS]
