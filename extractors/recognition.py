"""A PDF's pictures of text: their pages are held back until their words have been recognised.

Each picture is recognised in a child of its own, after the whole file was read, within the caps on
their number and time. A page whose words cannot be recognised stays as it was read.
"""

import json
import tempfile
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

from extractors.conversion import ConvertedReading
from extractors.launcher import Launcher
from extractors.limits import Limits
from extractors.programs import Programs
from extractors.records import kind_of
from extractors.task import Task
from extractors.watched import Reading

_PAGE_WALL_S = 40.0
_PDF = b'"media_type":"application/pdf"'
_PICTURE = b'"code":"no_text_but_image"'
"""As it stands in a page's warnings; in a text its quotes would be escaped."""
_TOO_MANY = "its words were not recognised: the file has too many such pages"


class RecognisedReading:
    """As `ConvertedReading`, whose lines it relays with what was recognised in them."""

    def __init__(self, task: Task, limits: Limits, launcher: Launcher, programs: Programs) -> None:
        self._task = task
        self._limits = limits
        self._launcher = launcher
        self._programs = programs
        self._busy = threading.Lock()
        self._stopped = False
        self._current: Reading | ConvertedReading = ConvertedReading(
            task, limits, launcher, programs
        )
        self._lines = self._relay(self._current)

    def next_line(self) -> bytes | None:
        """The next line, newline included; None behind the summary. Blocks."""
        with self._busy:
            return next(self._lines, None)

    def stop(self) -> None:
        """End what runs and everything that it started; blocks while it goes."""
        self._stopped = True
        self._current.stop()
        with self._busy:
            self._lines.close()
        self._current.stop()

    def _relay(self, reading: ConvertedReading) -> Generator[bytes]:
        recognises = False
        held: list[bytes] = []
        while (line := reading.next_line()) is not None:
            if kind_of(line) == "document":
                recognises = self._programs.tesseract is not None and _PDF in line
            if held or (recognises and _PICTURE in line):
                held.append(line)
            else:
                yield line
        if held:
            with tempfile.TemporaryDirectory(prefix="extractors-") as folder:
                yield from self._recognised(held, Path(folder))

    def _recognised(self, held: list[bytes], folder: Path) -> Iterator[bytes]:
        deadline = time.monotonic() + self._limits.recognising_s
        left = self._limits.recognised_pages
        for line in held:
            if _PICTURE not in line or kind_of(line) != "page":
                yield line
                continue
            page = json.loads(line)
            room_s = min(deadline - time.monotonic(), _PAGE_WALL_S)
            if left <= 0 or room_s <= 0:
                yield _encoded(_unrecognised(page, _TOO_MANY))
                continue
            left -= 1
            yield _encoded(self._with_words(page, folder, room_s))

    def _with_words(self, page: dict[str, Any], folder: Path, room_s: float) -> dict[str, Any]:
        task = Task(
            self._task.path,
            page=page["number"],
            folder=folder,
            recogniser=self._programs.tesseract,
            languages=self._programs.languages,
        )
        reading = self._current = Reading(task, self._limits.recognising(room_s), self._launcher)
        if self._stopped:
            reading.stop()
        try:
            lines = [json.loads(line) for line in iter(reading.next_line, None)]
        finally:
            reading.stop()
        found = [line for line in lines if line["type"] == "page" and line["body"]]
        if found:
            return _recognised(page, found[0])
        code = lines[-1].get("code") if lines else "cancelled"
        return _unrecognised(page, f"its words were not recognised: {code}" if code else None)


def _recognised(page: dict[str, Any], words: dict[str, Any]) -> dict[str, Any]:
    """The page with the recognised words instead of the few that were read."""
    kept = [each for each in page["warnings"] if each["code"] != "no_text_but_image"]
    return page | {"body": words["body"], "warnings": [*kept, *words["warnings"]]}


def _unrecognised(page: dict[str, Any], detail: str | None) -> dict[str, Any]:
    told = [
        each | {"detail": detail or "no words were recognised in it"}
        if each["code"] == "no_text_but_image"
        else each
        for each in page["warnings"]
    ]
    return page | {"warnings": told}


def _encoded(page: dict[str, Any]) -> bytes:
    return json.dumps(page, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
