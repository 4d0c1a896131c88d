"""The programs of others that reading can use where they are installed; it starts none."""

import shutil
from dataclasses import dataclass
from pathlib import Path

OFF = "off"


@dataclass(frozen=True, slots=True)
class Programs:
    """Where each program is; None: it is not there, or shall not be used."""

    soffice: Path | None = None
    """LibreOffice with Impress: converts .ppt and .odp, draws slides."""
    tesseract: Path | None = None
    """Recognises the text of scanned pages."""
    languages: str = "eng"
    """Those of scanned pages, as tesseract calls them, joined by plus signs."""


NO_PROGRAMS = Programs()


def find_programs(soffice: str = "", tesseract: str = "", languages: str = "eng") -> Programs:
    """The programs at the paths or names given; empty: under their usual name; `off`: none."""
    return Programs(_found(soffice, "soffice"), _found(tesseract, "tesseract"), languages)


def _found(stated: str, usual: str) -> Path | None:
    if stated == OFF:
        return None
    path = shutil.which(stated or usual)
    return None if path is None else Path(path)
