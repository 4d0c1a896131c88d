import os
from pathlib import Path

import pytest

from extractors.limits import Limits
from extractors.task import Task, decode_request, encode_request


@pytest.mark.parametrize("name", ["/a/b.pdf", "/with\nnewline", os.fsdecode(b"/gr\xfcn")])
@pytest.mark.parametrize("folder", [None, Path("/pictures")])
def test_a_request_arrives_as_it_was_made(name: str, folder: Path | None) -> None:
    task, limits = Task(Path(name), 7, folder), Limits(wall_s=2.5, restarts=0)
    line = encode_request(task, limits)
    assert line.count(b"\n") == 1
    assert decode_request(line) == (task, limits)


def test_relative_paths_are_those_of_whoever_asks() -> None:
    task, _ = decode_request(encode_request(Task(Path("x"), folder=Path("y")), Limits()))
    assert (task.path, task.folder) == (Path.cwd() / "x", Path.cwd() / "y")
