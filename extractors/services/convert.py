"""One file turned into another format by LibreOffice, within the process that was confined for it.

The profile is made for this one run: no macros, no links that are followed, and no network where
the kernel lets a process leave it, else a proxy that is nobody. What counts is the file that comes
out; the exit code says nothing reliable.
"""

import signal
import subprocess
from pathlib import Path

from extractors.confinement import leave_network
from extractors.task import Convert
from extractors.types import Code, ExtractionError

_FILTERS = {
    "pptx": "pptx",
    # Else the pages behind a hidden slide would stand at other numbers than their slides.
    "pdf": 'pdf:impress_pdf_Export:{"ExportHiddenSlides":{"type":"boolean","value":"true"}}',
}
_FLAGS = ("--headless", "--invisible", "--norestore", "--nolockcheck", "--nodefault", "--nologo")
_MADE_ITS_PROFILE = 81
"""EXITHELPER_NORMAL_RESTART of LibreOffice: a new profile was made, run again."""
# Killed from outside, as by a kernel short of memory: that says nothing of the file.
_START_AGAIN = {_MADE_ITS_PROFILE, -signal.SIGKILL}
_MOST_STARTS = 3
_SETTINGS = {
    "Office.Common/Security/Scripting": {
        "MacroSecurityLevel": "3",
        "DisableMacrosExecution": "true",
        "BlockUntrustedRefererLinks": "true",
    },
    "Inet/Settings": {
        "ooInetProxyType": "2",
        "ooInetHTTPProxyName": "127.0.0.1",
        "ooInetHTTPProxyPort": "9",
        "ooInetHTTPSProxyName": "127.0.0.1",
        "ooInetHTTPSProxyPort": "9",
    },
}


def run(task: Convert) -> None:
    """Convert. Raises ExtractionError with damaged where LibreOffice gives no file."""
    leave_network()
    profile = task.folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_settings(), "utf-8")
    source = task.folder / "converted.source"
    source.symlink_to(task.path.absolute())  # whatever its name is, it is no option
    for _ in range(_MOST_STARTS):
        if _start(task, profile, source) not in _START_AGAIN:
            break
    if not task.result.is_file() or not task.result.stat().st_size:
        raise ExtractionError(
            Code.DAMAGED, "LibreOffice cannot open the file; save it as PPTX or PDF"
        )


def _start(task: Convert, profile: Path, source: Path) -> int:
    command = [
        str(_binary(task.program)),
        f"-env:UserInstallation={profile.as_uri()}",
        *_FLAGS,
        *("--convert-to", _FILTERS[task.suffix], "--outdir", str(task.folder), str(source)),
    ]
    return subprocess.run(  # noqa: S603 - the program that the operator named
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=task.folder,
        env={"HOME": str(task.folder), "LANG": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp"},
        check=False,
    ).returncode


def _binary(program: Path) -> Path:
    """The program behind the start script, which would leave a process between us and it."""
    binary = program.resolve().with_name("soffice.bin")
    return binary if binary.is_file() else program


def _settings() -> str:
    items = [
        f'<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for path, values in _SETTINGS.items()
        for name, value in values.items()
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        f"{''.join(items)}</oor:items>"
    )
