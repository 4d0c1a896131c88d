"""What `doctor` says of the programs of others: LibreOffice and tesseract.

The service works without them; only a setting that leads nowhere is a mistake.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from extractors.programs import OFF, find_programs
from search_service.config import Settings
from search_service.serving.readiness import Check

_ANSWERS_WITHIN_S = 20


@dataclass(frozen=True, slots=True)
class _Program:
    """A program with the setting that leads to it, and what is different without it."""

    name: str
    variable: str
    stated: str
    path: Path | None
    does: str
    without: str
    package: str


def checks(settings: Settings) -> list[Check]:
    """Say of each program whether it is found, and what to do about it where it is not."""
    found = find_programs(settings.soffice, settings.tesseract)
    office = _Program(
        name="LibreOffice",
        variable="SEARCH_SERVICE_SOFFICE",
        stated=settings.soffice,
        path=found.soffice,
        does="reads .ppt and .odp and draws slides",
        without=".ppt and .odp are refused, slides are shown as sketches",
        package="libreoffice-impress",
    )
    recogniser = _Program(
        name="tesseract",
        variable="SEARCH_SERVICE_TESSERACT",
        stated=settings.tesseract,
        path=found.tesseract,
        does=f"recognises scanned pages ({settings.ocr_languages})",
        without="the words of scanned pages are not found",
        package="tesseract-ocr",
    )
    missing = _missing_languages(found.tesseract, settings.ocr_languages)
    return [_check(office), missing or _check(recogniser)]


def _check(program: _Program) -> Check:
    name, without = program.name, program.without
    if program.path is not None:
        return Check(name, ok=True, detail=f"{program.path} {program.does}.")
    if program.stated == OFF:
        return Check(name, ok=True, detail=f"Switched off: {without}.")
    if program.stated:
        detail = f"{program.variable} is {program.stated}, and there is no such program."
        return Check(name, ok=False, detail=detail)
    how = f"Debian: apt-get install {program.package}"
    return Check(name, ok=True, detail=f"Not found: {without}; to change that, install it ({how}).")


def _missing_languages(tesseract: Path | None, languages: str) -> Check | None:
    """The check of a recogniser that lacks a language; None where it has all, or is not there."""
    if tesseract is None:
        return None
    command = [str(tesseract), "--list-langs"]
    try:
        told = subprocess.run(  # noqa: S603 - the program that the operator named
            command, capture_output=True, text=True, check=False, timeout=_ANSWERS_WITHIN_S
        ).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        return Check("tesseract", ok=False, detail=f"{tesseract} does not answer: {error}.")
    lacking = [each for each in languages.split("+") if each not in told.split()]
    if not lacking:
        return None
    names = ", ".join(lacking)
    return Check(
        "tesseract",
        ok=False,
        detail=f"{tesseract} lacks {names} of SEARCH_SERVICE_OCR_LANGUAGES, so that no scanned "
        f"page is recognised; install tesseract-ocr-{lacking[0]}, or leave it out.",
    )
