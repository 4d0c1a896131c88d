"""What a child may be asked to do, and how the request travels; it starts no process."""

import dataclasses
import json
from pathlib import Path
from typing import Any, TypeAlias

from extractors.limits import Limits
from extractors.recipe import ALL_PAGES, Recipe


@dataclasses.dataclass(frozen=True, slots=True)
class Read:
    """Give a file's header and pages, from a page on."""

    path: Path
    first_page: int = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Draw:
    """Draw a file's pages into a folder, from a page on."""

    path: Path
    folder: Path
    first_page: int = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Copy:
    """Write a clean copy of a file to the target, of the pages of the recipe."""

    path: Path
    target: Path
    recipe: Recipe = ALL_PAGES


@dataclasses.dataclass(frozen=True, slots=True)
class Convert:
    """Put a file into a folder as `converted` with a suffix, pptx or pdf, by LibreOffice."""

    path: Path
    folder: Path
    program: Path
    suffix: str

    @property
    def result(self) -> Path:
        """Where the converted file stands in the end."""
        return self.folder / f"converted.{self.suffix}"


@dataclasses.dataclass(frozen=True, slots=True)
class Recognise:
    """Give the words of one page of a PDF as a Page, by tesseract; the folder is scratch."""

    path: Path
    page: int
    folder: Path
    program: Path
    languages: str


Task: TypeAlias = Read | Draw | Copy | Convert | Recognise

_KINDS: dict[str, type[Task]] = {
    kind.__name__: kind for kind in (Read, Draw, Copy, Convert, Recognise)
}


def encode_request(task: Task, limits: Limits) -> bytes:
    """One line of ASCII JSON with its newline; paths absolute, whatever bytes they are of."""
    request = {
        "kind": type(task).__name__,
        "task": dataclasses.asdict(task),
        "limits": dataclasses.asdict(limits),
    }
    return json.dumps(request, default=_absolute).encode() + b"\n"


def decode_request(line: bytes) -> tuple[Task, Limits]:
    """The task and the limits of a line that `encode_request` wrote."""
    request = json.loads(line)
    kind = _KINDS[request["kind"]]
    given = {
        field.name: _value(field.type, request["task"][field.name])
        for field in dataclasses.fields(kind)
    }
    return kind(**given), Limits(**request["limits"])


def _absolute(path: Path) -> str:
    return str(path.absolute())


def _value(kind: object, written: Any) -> Any:
    if kind is Path:
        return Path(written)
    if kind is Recipe:
        return Recipe(tuple((first, last) for first, last in written["ranges"]))
    return written
