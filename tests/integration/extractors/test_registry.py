from pathlib import Path

import pytest

from extractors.limits import Limits
from extractors.registry import media_type_of
from extractors.types import Code, ExtractionError
from tests.integration.extractors.packages import slide, write_deck, write_zip

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"%PDF-1.4\n", "application/pdf"),
        (b"junk\n" * 300 + b"%PDF-1.4\n", "application/pdf"),
        (OLE + "PowerPoint Document".encode("utf-16-le"), "application/vnd.ms-powerpoint"),
        (b"Just a note", "text/plain"),
        ("Größe".encode("utf-16"), "text/plain"),
        (b"Title\n=====\n\ntext", "text/markdown"),
        (b"## Heading\ntext", "text/markdown"),
        (b"\n<!-- saved --><!DOCTYPE html><p>x", "text/html"),
        (b'<?xml version="1.0"?><html xmlns="x"/>', "text/html"),
    ],
)
def test_the_bytes_show_the_type(tmp_path: Path, data: bytes, media_type: str) -> None:
    path = tmp_path / "misleading.pptx"
    path.write_bytes(data)
    assert media_type_of(path, Limits()) == media_type


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", Code.EMPTY_FILE),
        (b"\x89PNG\r\n\x1a\n\0\0", Code.UNSUPPORTED_TYPE),
        (b"{\\rtf1 text}", Code.UNSUPPORTED_TYPE),
        (b'<?xml version="1.0"?><data/>', Code.UNSUPPORTED_TYPE),
        (OLE + "WordDocument".encode("utf-16-le"), Code.UNSUPPORTED_TYPE),
        (OLE + "EncryptedPackage".encode("utf-16-le"), Code.PASSWORD_REQUIRED),
        (b"PK\x03\x04 and nothing more", Code.DAMAGED),
    ],
)
def test_what_cannot_be_read_is_refused_by_code(tmp_path: Path, data: bytes, code: Code) -> None:
    path = tmp_path / "misleading.pdf"
    path.write_bytes(data)
    with pytest.raises(ExtractionError) as caught:
        media_type_of(path, Limits())
    assert caught.value.code is code


def test_other_archives_named_like_decks_are_refused(tmp_path: Path) -> None:
    word = "vnd.openxmlformats-officedocument.wordprocessingml.document"
    document = write_deck(tmp_path / "docx.pptx", [slide("")], main_type=word)
    document = write_zip(
        tmp_path / "docx.pptx",
        {"[Content_Types].xml": f"<Types ContentType='application/{word}.main+xml'/>"},
    )
    for path in (document, write_zip(tmp_path / "zip.pptx", {"a.txt": "a"})):
        with pytest.raises(ExtractionError) as caught:
            media_type_of(path, Limits())
        assert caught.value.code is Code.UNSUPPORTED_TYPE


def test_an_open_document_presentation_is_known(tmp_path: Path) -> None:
    odp = "application/vnd.oasis.opendocument.presentation"
    path = write_zip(tmp_path / "x", {"mimetype": odp, "content.xml": "<x/>"})
    assert media_type_of(path, Limits()) == odp


def test_too_many_entries_are_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x", {f"{number}": "" for number in range(30)})
    with pytest.raises(ExtractionError) as caught:
        media_type_of(path, Limits(zip_entries=20))
    assert caught.value.code is Code.TOO_LARGE


def test_a_hostile_head_takes_no_time(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for data in (b"<!---->" * 9_000, b"a" * 70_000, b"a \n" * 20_000):
        path.write_bytes(data)
        assert media_type_of(path, Limits()) == "text/plain"
