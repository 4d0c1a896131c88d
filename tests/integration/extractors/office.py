"""LibreOffice for tests: the real one where it is, programs that pretend to be it, its files."""

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

_PARTS = {
    "META-INF/manifest.xml": (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" '
        'manifest:media-type="application/vnd.oasis.opendocument.presentation"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    ),
}
_CONTENT = (
    "<office:document-content office:version='1.2' {spaces}><office:body><office:presentation>"
    "{pages}</office:presentation></office:body></office:document-content>"
)
_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in (
        ("office", "office"),
        ("draw", "drawing"),
        ("text", "text"),
        ("svg", "svg-compatible"),
    )
)


def libreoffice() -> Path:
    """The real program; without it the test is skipped, but not in CI."""
    found = shutil.which("soffice")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("soffice is not there: apt-get install libreoffice-impress")
        pytest.skip("soffice is not there: apt-get install libreoffice-impress")
    return Path(found)


def pretended(path: Path, script: str) -> Path:
    """A program that is called like LibreOffice; `$OUT` is the folder that it shall write to."""
    find_out = 'while [ "$1" != --outdir ]; do shift; done; OUT="$2"'
    path.write_text(f"#!/bin/sh\n{find_out}\n{script}\n")
    path.chmod(0o755)
    return path


def write_odp(path: Path, *texts: str, extra: str = "") -> Path:
    """A presentation with a text on each slide; `extra` is markup on the first one."""
    box = 'svg:x="2cm" svg:y="2cm" svg:width="20cm" svg:height="4cm"'
    pages = "".join(
        f'<draw:page draw:name="page{number}"><draw:frame {box}><draw:text-box>'
        f"<text:p>{text}</text:p></draw:text-box></draw:frame>{extra if not number else ''}"
        "</draw:page>"
        for number, text in enumerate(texts)
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.presentation")
        for name, content in _PARTS.items():
            archive.writestr(name, content)
        archive.writestr("content.xml", _CONTENT.format(spaces=_SPACES, pages=pages))
    return path


def as_ppt(deck: Path) -> Path:
    """The deck saved as PowerPoint 97 by LibreOffice, as nothing else here writes that."""
    profile = deck.parent / "profile"
    command = [str(libreoffice()), f"-env:UserInstallation={profile.as_uri()}", "--headless"]
    command += ["--convert-to", "ppt", "--outdir", str(deck.parent), str(deck)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=90)
    return deck.with_suffix(".ppt")
