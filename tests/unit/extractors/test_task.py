import os
from pathlib import Path

import pytest

from extractors.limits import Limits
from extractors.recipe import Recipe
from extractors.task import (
    Convert,
    Copy,
    Draw,
    Read,
    Recognise,
    Task,
    decode_request,
    encode_request,
)

FILE, FOLDER, PROGRAM = Path("/a/b.pdf"), Path("/pictures"), Path("/usr/bin/program")


@pytest.mark.parametrize(
    "task",
    [
        *(Read(Path(name), 7) for name in ("/a/b.pdf", "/with\nnewline", os.fsdecode(b"/gr\xfcn"))),
        Draw(FILE, FOLDER, 2),
        Copy(FILE, Path("/copy"), Recipe(((1, 1), (5, 7)))),
        Convert(FILE, FOLDER, PROGRAM, "pptx"),
        Recognise(FILE, 3, FOLDER, PROGRAM, "eng+fra"),
    ],
)
def test_a_request_arrives_as_it_was_made(task: Task) -> None:
    limits = Limits(wall_s=2.5, restarts=0)
    line = encode_request(task, limits)
    assert line.count(b"\n") == 1
    assert decode_request(line) == (task, limits)


def test_relative_paths_are_those_of_whoever_asks() -> None:
    task, _ = decode_request(encode_request(Draw(Path("x"), Path("y")), Limits()))
    assert task == Draw(Path.cwd() / "x", Path.cwd() / "y")
