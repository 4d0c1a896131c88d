"""What a person reads of a broken file is said by us, never by a library's exception."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.extractors.packages import slide, text_shape, write_deck, write_zip
from tests.integration.extractors.pdfs import write_objects
from tests.integration.extractors.reads import Outcome, read_here

DECK = [slide(text_shape("T", "title"))]
LIBRARIES = re.compile(
    r"PDFium|Failed|zip file|zlib|CRC|line 1|column|password required for|Error|'<'"
)


def truncated_pdf(path: Path) -> Path:
    path.write_bytes(b"%PDF-1.7\nnothing of a document")
    return path


def pages_that_lead_nowhere(path: Path) -> Path:
    pages = "<</Type/Pages/Kids[3 0 R 9 0 R]/Count 2/MediaBox[0 0 99 99]>>"
    page = "<</Type/Page/Parent 2 0 R>>"
    return write_objects(path, {1: "<</Type/Catalog/Pages 2 0 R>>", 2: pages, 3: page})


def cut_archive(path: Path) -> Path:
    write_deck(path, DECK)
    path.write_bytes(path.read_bytes()[:400])
    return path


def bytes_changed_in(part: bytes) -> Callable[[Path], Path]:
    def changed(path: Path) -> Path:
        write_deck(path, DECK)
        data = bytearray(path.read_bytes())
        place = data.index(part) + len(part) + 5
        data[place : place + 8] = b"\xff" * 8
        path.write_bytes(bytes(data))
        return path

    return changed


def locked_part(path: Path) -> Path:
    write_deck(path, DECK)
    data = bytearray(path.read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(header)
        while place >= 0:
            data[place + flags] |= 1
            place = data.find(header, place + 4)
    path.write_bytes(bytes(data))
    return path


def no_xml(path: Path) -> Path:
    types = '<Types><Override ContentType="a.presentationml.presentation.main+xml"/></Types>'
    return write_zip(path, {"[Content_Types].xml": types, "ppt/presentation.xml": "no markup"})


@pytest.mark.parametrize(
    "make",
    [
        truncated_pdf, pages_that_lead_nowhere, cut_archive, locked_part, no_xml,
        bytes_changed_in(b"[Content_Types].xml"), bytes_changed_in(b"ppt/slides/slide0.xml"),
    ],
)  # fmt: skip
def test_no_library_speaks_to_people(make: Callable[[Path], Path], tmp_path: Path) -> None:
    outcome = read_here(make(tmp_path / "x"))
    assert outcome.summary.status != "done"
    said = details(outcome)
    assert not [each for each in said if LIBRARIES.search(each)]
    assert outcome.summary.detail


def details(outcome: Outcome) -> list[str]:
    warnings = [warning for page in outcome.pages for warning in page.warnings]
    return [outcome.summary.detail or "", *(warning.detail or "" for warning in warnings)]
