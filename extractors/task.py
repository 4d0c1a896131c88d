"""What a child is asked to do, and how the request travels; it starts no process."""

import dataclasses
import json
from pathlib import Path

from extractors.limits import Limits
from extractors.recipe import ALL_PAGES, Recipe

_PATHS = ("path", "folder", "target", "converter", "recogniser")


@dataclasses.dataclass(frozen=True, slots=True)
class Task:
    """What a child is asked to do: read the file's pages, draw them into the folder, or write a
    clean copy to the target, of the pages of the recipe.

    With a converter (LibreOffice): put the file into the folder as `converted` with the suffix.
    With a recogniser (tesseract): give the words of the one page as a Page; the folder is scratch.
    """

    path: Path
    first_page: int = 1
    folder: Path | None = None
    target: Path | None = None
    recipe: Recipe = ALL_PAGES
    converter: Path | None = None
    suffix: str = ""
    recogniser: Path | None = None
    languages: str = ""
    page: int = 1


def encode_request(task: Task, limits: Limits) -> bytes:
    """One line of ASCII JSON with its newline; paths absolute, whatever bytes they are of."""
    fields = dataclasses.asdict(task)
    fields |= {name: str(fields[name].absolute()) for name in _PATHS if fields[name]}
    return json.dumps({"task": fields, "limits": dataclasses.asdict(limits)}).encode() + b"\n"


def decode_request(line: bytes) -> tuple[Task, Limits]:
    """The task and the limits of a line that `encode_request` wrote."""
    request = json.loads(line)
    fields = request["task"]
    fields |= {name: Path(fields[name]) for name in _PATHS if fields[name]}
    fields["recipe"] = Recipe(tuple((first, last) for first, last in fields["recipe"]["ranges"]))
    return Task(**fields), Limits(**request["limits"])
