"""A PDF's pictures of text: their pages are held back until their words have been recognised.

Each picture is recognised in a child of its own, after the whole file was read, within the caps on
their number and time. A page whose words cannot be recognised stays as it was read.
"""

import json
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from extractors import scratch
from extractors.conversion import ConvertedReading
from extractors.launcher import Launcher
from extractors.limits import Limits
from extractors.programs import Programs
from extractors.records import encode_fields, kind_of
from extractors.relay import Chain
from extractors.task import Read, Recognise
from extractors.types import ExtractionError
from extractors.watched import Reading

_PAGE_WALL_S = 40.0
_PDF = b'"media_type":"application/pdf"'
_PICTURE = b'"code":"no_text_but_image"'
"""As it stands in a page's warnings; in a text its quotes would be escaped."""
_UNRECOGNISED = "its words were not recognised"


class RecognisedReading(Chain):
    """As `ConvertedReading`, whose lines it relays with what was recognised in them."""

    def __init__(self, task: Read, limits: Limits, launcher: Launcher, programs: Programs) -> None:
        self._task = task
        self._limits = limits
        self._launcher = launcher
        self._programs = programs
        super().__init__()

    def _relay(self) -> Generator[bytes]:
        reading = ConvertedReading(self._task, self._limits, self._launcher, self._programs)
        recognises = False
        held: list[bytes] = []
        for line in self._through(reading):
            if kind_of(line) == "document":
                recognises = self._programs.tesseract is not None and _PDF in line
            if held or (recognises and _PICTURE in line):
                held.append(line)
            else:
                yield line
        if held:
            yield from self._recognised_or_not(held)

    def _recognised_or_not(self, held: list[bytes]) -> Iterator[bytes]:
        """As they were read where there is no folder to work in: each says that it has no text."""
        with ExitStack() as opened:
            try:
                folder = opened.enter_context(scratch.folder())
            except ExtractionError:
                yield from held
                return
            yield from self._recognised(held, folder)

    def _recognised(self, held: list[bytes], folder: Path) -> Iterator[bytes]:
        deadline = time.monotonic() + self._limits.recognising_s
        left = self._limits.recognised_pages
        for line in held:
            if _PICTURE not in line or kind_of(line) != "page":
                yield line
                continue
            page = json.loads(line)
            room_s = min(deadline - time.monotonic(), _PAGE_WALL_S)
            if left <= 0:
                most = f"the file has more than {self._limits.recognised_pages} such pages"
                yield encode_fields(_unrecognised(page, most))
            elif room_s <= 0:
                over = "the time for such pages of the file was over"
                yield encode_fields(_unrecognised(page, over))
            else:
                left -= 1
                yield encode_fields(self._with_words(page, folder, room_s))

    def _with_words(self, page: dict[str, Any], folder: Path, room_s: float) -> dict[str, Any]:
        assert self._programs.tesseract is not None, "no page is held back without it"
        task = Recognise(
            self._task.path,
            page["number"],
            folder,
            self._programs.tesseract,
            self._programs.languages,
        )
        reading = Reading(task, self._limits.recognising(room_s), self._launcher)
        lines = [json.loads(line) for line in self._through(reading)]
        found = [line for line in lines if line["type"] == "page" and line["body"]]
        if found:
            return _recognised(page, found[0])
        return _unrecognised(page, lines[-1]["detail"] if lines else "reading was cancelled")


def _recognised(page: dict[str, Any], words: dict[str, Any]) -> dict[str, Any]:
    """The page with the recognised words instead of the few that were read."""
    kept = [each for each in page["warnings"] if each["code"] != "no_text_but_image"]
    return page | {"body": words["body"], "warnings": [*kept, *words["warnings"]]}


def _unrecognised(page: dict[str, Any], why: str | None) -> dict[str, Any]:
    """The page as it was read; None where it was looked at and holds no words."""
    detail = f"{_UNRECOGNISED}: {why}" if why else "no words were recognised in it"
    told = [
        each | {"detail": detail} if each["code"] == "no_text_but_image" else each
        for each in page["warnings"]
    ]
    return page | {"warnings": told}
