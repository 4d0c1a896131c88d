"""What a child is asked to do, and how the request travels; it starts no process."""

import dataclasses
import json
from pathlib import Path

from extractors.limits import Limits


@dataclasses.dataclass(frozen=True, slots=True)
class Task:
    """What a child is asked to do: read the file's pages, or draw them into the folder."""

    path: Path
    first_page: int = 1
    folder: Path | None = None


def encode_request(task: Task, limits: Limits) -> bytes:
    """One line of ASCII JSON with its newline; paths absolute, whatever bytes they are of."""
    paths = {"path": str(task.path.absolute())}
    if task.folder:
        paths["folder"] = str(task.folder.absolute())
    request = {"task": dataclasses.asdict(task) | paths, "limits": dataclasses.asdict(limits)}
    return json.dumps(request).encode() + b"\n"


def decode_request(line: bytes) -> tuple[Task, Limits]:
    """The task and the limits of a line that `encode_request` wrote."""
    request = json.loads(line)
    fields = request["task"]
    folder = fields["folder"]
    paths = {"path": Path(fields["path"]), "folder": Path(folder) if folder else None}
    return Task(**fields | paths), Limits(**request["limits"])
