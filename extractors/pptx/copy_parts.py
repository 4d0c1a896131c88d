"""Which parts a clean copy of a deck may have, by the relationship that leads to them.

What is not named here stays out: notes, comments, their authors, properties, thumbnails, custom
XML, tags, macros, ink, embedded workbooks and objects, printer settings, revision lists, and
whatever comes to be invented.
"""

import posixpath
import re
from typing import NamedTuple

_OFFICE = "application/vnd.openxmlformats-officedocument."
_SHOW, _DRAWING = f"{_OFFICE}presentationml.", f"{_OFFICE}drawingml."


class PartKind(NamedTuple):
    """Where a part of a kind stands in the copy, and the type of its content."""

    folder: str
    stem: str
    content_type: str


MAIN = "officeDocument"
KINDS = {
    MAIN: PartKind("ppt", "presentation", f"{_SHOW}presentation.main+xml"),
    "slide": PartKind("ppt/slides", "slide", f"{_SHOW}slide+xml"),
    "slideLayout": PartKind("ppt/slideLayouts", "slideLayout", f"{_SHOW}slideLayout+xml"),
    "slideMaster": PartKind("ppt/slideMasters", "slideMaster", f"{_SHOW}slideMaster+xml"),
    "theme": PartKind("ppt/theme", "theme", f"{_OFFICE}theme+xml"),
    "themeOverride": PartKind("ppt/theme", "themeOverride", f"{_OFFICE}themeOverride+xml"),
    "tableStyles": PartKind("ppt", "tableStyles", f"{_SHOW}tableStyles+xml"),
    "chart": PartKind("ppt/charts", "chart", f"{_DRAWING}chart+xml"),
    "chartEx": PartKind("ppt/charts", "chartEx", "application/vnd.ms-office.chartex+xml"),
    "chartStyle": PartKind("ppt/charts", "style", "application/vnd.ms-office.chartstyle+xml"),
    "chartColorStyle": PartKind(
        "ppt/charts", "colors", "application/vnd.ms-office.chartcolorstyle+xml"
    ),
    "chartUserShapes": PartKind("ppt/drawings", "drawing", f"{_DRAWING}chartshapes+xml"),
    "diagramData": PartKind("ppt/diagrams", "data", f"{_DRAWING}diagramData+xml"),
    "diagramLayout": PartKind("ppt/diagrams", "layout", f"{_DRAWING}diagramLayout+xml"),
    "diagramQuickStyle": PartKind("ppt/diagrams", "quickStyle", f"{_DRAWING}diagramStyle+xml"),
    "diagramColors": PartKind("ppt/diagrams", "colors", f"{_DRAWING}diagramColors+xml"),
    "diagramDrawing": PartKind(
        "ppt/diagrams", "drawing", "application/vnd.ms-office.drawingml.diagramDrawing+xml"
    ),
    "font": PartKind("ppt/fonts", "font", "application/x-fontdata"),
    "image": PartKind("ppt/media", "image", ""),
    "media": PartKind("ppt/media", "media", ""),
    "audio": PartKind("ppt/media", "media", ""),
    "video": PartKind("ppt/media", "media", ""),
}
BINARY = frozenset({"font", "image", "media", "audio", "video"})
IMPLICIT = frozenset({
    "slideLayout", "slideMaster", "theme", "tableStyles", "themeOverride", "chartStyle",
    "chartColorStyle",
})  # fmt: skip
"""Relationships that hold although no element names them."""

_EXTENSION = re.compile(r"\.([a-z0-9]{1,5})\Z", re.IGNORECASE)
_MEDIA_TYPES = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "jpe": "image/jpeg",
    "gif": "image/gif", "bmp": "image/bmp", "tif": "image/tiff", "tiff": "image/tiff",
    "emf": "image/x-emf", "wmf": "image/x-wmf", "svg": "image/svg+xml", "wdp": "image/vnd.ms-photo",
    "ico": "image/x-icon", "webp": "image/webp", "pct": "image/pict", "emz": "image/x-emz",
    "wmz": "image/x-wmz", "mp4": "video/mp4", "m4v": "video/mp4", "mov": "video/quicktime",
    "avi": "video/x-msvideo", "wmv": "video/x-ms-wmv", "mpg": "video/mpeg", "mpeg": "video/mpeg",
    "mp3": "audio/mpeg", "m4a": "audio/mp4", "wav": "audio/x-wav", "wma": "audio/x-ms-wma",
    "mid": "audio/mid", "aif": "audio/aiff", "aiff": "audio/aiff",
    "fntdata": "application/x-fontdata",
}  # fmt: skip
_SIGNS = (
    (b"\x89PNG", "png"), (b"\xff\xd8", "jpeg"), (b"GIF8", "gif"), (b"BM", "bmp"),
    (b"II*\0", "tiff"), (b"MM\0*", "tiff"), (b"\xd7\xcd\xc6\x9a", "wmf"), (b"\1\0\t\0", "wmf"),
)  # fmt: skip


def extension_of(name: str, data: bytes) -> str | None:
    """The extension of a binary part in the copy; None where nothing tells what it is."""
    if name.lower().endswith(".fntdata"):
        return "fntdata"
    for sign, extension in _SIGNS:
        if data.startswith(sign):
            return extension
    written = _EXTENSION.search(name)
    extension = written[1].lower() if written else ""
    return extension if extension in _MEDIA_TYPES else None


def media_type_of(extension: str) -> str:
    return _MEDIA_TYPES[extension]


def relationships_of(part: str) -> str:
    """The part that lists another one's relationships."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")
