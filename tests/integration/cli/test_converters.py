"""What `doctor` says of LibreOffice and tesseract, whether they are there or not."""

from pathlib import Path

import pytest

from search_service.cli.converters import checks
from search_service.config import Settings


def program(path: Path, script: str = "exit 0") -> str:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_programs_that_are_there_say_what_they_do(tmp_path: Path) -> None:
    settings = Settings(
        soffice=program(tmp_path / "office"),
        tesseract=program(tmp_path / "ocr", "echo eng; echo fra"),
        ocr_languages="fra+eng",
    )
    office, recogniser = checks(settings)
    assert (office.ok, recogniser.ok) == (True, True)
    assert "office reads .ppt and .odp" in office.detail
    assert "(fra+eng)" in recogniser.detail


def test_programs_that_are_missing_are_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    found = checks(Settings())
    assert [check.ok for check in found] == [True, True]
    assert "apt-get install libreoffice-impress" in found[0].detail
    assert "apt-get install tesseract-ocr" in found[1].detail


def test_what_is_switched_off_is_said() -> None:
    found = checks(Settings(soffice="off", tesseract="off"))
    assert [check.detail.split(":")[0] for check in found] == ["Switched off"] * 2


def test_a_path_that_leads_nowhere_is_a_fault(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere")
    found = checks(Settings(soffice=nowhere, tesseract=nowhere))
    assert [check.ok for check in found] == [False, False]
    assert "SEARCH_SERVICE_TESSERACT" in found[1].detail


def test_a_language_that_is_missing_is_a_fault(tmp_path: Path) -> None:
    ocr = program(tmp_path / "ocr", "echo eng")
    _, found = checks(Settings(soffice="off", tesseract=ocr, ocr_languages="eng+deu+fra"))
    assert not found.ok
    assert "lacks deu, fra" in found.detail
    assert "tesseract-ocr-deu" in found.detail
