"""Reproducible Office packages."""

from datetime import date
from io import BytesIO
from zipfile import ZipFile, ZipInfo

from search_service.cli.demo_library.packages import freeze_package

_CORE = b'<dcterms:created xsi:type="dcterms:W3CDTF">%s</dcterms:created>'


def _package(second: int, inner: bytes = b"") -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as package:
        moment = (2026, 3, 4, 5, 6, second)
        package.writestr(ZipInfo("docProps/core.xml", moment), _CORE % str(second).encode())
        package.writestr(ZipInfo("ppt/slide1.xml", moment), b"<slide/>")
        if inner:
            package.writestr(ZipInfo("ppt/embeddings/book.xlsx", moment), inner)
    return stream.getvalue()


def test_the_clock_leaves_no_trace_in_the_package_nor_in_its_workbook() -> None:
    issued = date(2026, 1, 2)
    first = freeze_package(_package(2, inner=_package(4)), issued)
    second = freeze_package(_package(6, inner=_package(8)), issued)
    assert first == second


def test_content_survives_and_the_date_is_the_issue_date() -> None:
    with ZipFile(BytesIO(freeze_package(_package(2), date(2026, 1, 2)))) as package:
        assert package.read("ppt/slide1.xml") == b"<slide/>"
        assert b"2026-01-02T09:00:00Z" in package.read("docProps/core.xml")
        assert {entry.date_time[:3] for entry in package.infolist()} == {(2026, 1, 2)}
