"""A file's way through LibreOffice where its own format is read or drawn by nobody here.

The original is tried first: only when its child asks for a converter is one run, in a child of its
own, and what it made is then read like any other file. The parent parses nothing of it.
"""

import json
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

from extractors import scratch
from extractors.launcher import Launcher
from extractors.limits import Limits
from extractors.programs import Programs
from extractors.records import encode, encode_fields, kind_of
from extractors.registry import media_type_of
from extractors.relay import Chain
from extractors.task import Convert, Draw, Read
from extractors.types import Code, ExtractionError, Summary
from extractors.watched import Reading

_READING_WALL_S = 90.0
"""For reading: somebody waits."""
_DRAWING_WALL_S = 180.0
_ASKS = b'"code":"converter_missing"'


class ConvertedReading(Chain):
    """As `Reading`, with what LibreOffice makes of a file that nobody here reads or draws."""

    def __init__(
        self, task: Read | Draw, limits: Limits, launcher: Launcher, programs: Programs
    ) -> None:
        self._task = task
        self._limits = limits
        self._launcher = launcher
        self._programs = programs
        super().__init__()

    def _relay(self) -> Generator[bytes]:
        for line in self._through(Reading(self._task, self._limits, self._launcher)):
            if self._programs.soffice and kind_of(line) == "summary" and _ASKS in line:
                yield from self._converted_or_refused(self._programs.soffice)
                return
            yield line

    def _converted_or_refused(self, soffice: Path) -> Generator[bytes]:
        try:
            yield from self._converted(soffice)
        except ExtractionError as error:
            yield encode(Summary("refused", error.code, error.detail))

    def _converted(self, soffice: Path) -> Generator[bytes]:
        task = self._task
        suffix, wall_s = (
            ("pdf", _DRAWING_WALL_S) if isinstance(task, Draw) else ("pptx", _READING_WALL_S)
        )
        with scratch.folder() as folder:
            work = Convert(task.path, folder, soffice, suffix)
            limits = self._limits.converting(wall_s)
            *_, summary = (b"", *self._through(Reading(work, limits, self._launcher)))
            if not work.result.is_file():
                yield summary or encode(Summary("refused", Code.CANCELLED))
                return
            reading = Reading(replace(task, path=work.result), self._limits, self._launcher)
            for line in self._through(reading):
                yield self._as_original(line) if kind_of(line) == "document" else line

    def _as_original(self, line: bytes) -> bytes:
        """The header of what was made, as that of the original."""
        header = json.loads(line)
        header["media_type"] = media_type_of(self._task.path, self._limits)
        header["extractor"] = f"libreoffice, {header['extractor']}"
        return encode_fields(header)
