"""The command's contract: JSON lines, a summary at the end, and three exit codes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.extractors.packages import slide, text_shape, write_deck
from tests.integration.extractors.pdfs import shown, write_pdf, write_streams

ROOT = Path(__file__).parents[3]


def run(*arguments: str | Path, **options: Any) -> tuple[int, list[dict[str, Any]]]:
    command = [sys.executable, "-m", "extractors", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False, **options)
    assert done.stderr == b""
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_a_file_read_whole_exits_0(tmp_path: Path) -> None:
    code, lines = run(write_pdf(tmp_path / "x.pdf", "some text"))
    assert code == 0
    assert [line["type"] for line in lines] == ["document", "page", "summary"]
    assert lines[0]["media_type"] == "application/pdf"
    assert lines[1]["body"] == "some text"
    assert lines[2]["status"] == "done"
    assert lines[2]["code"] is None


def test_a_page_has_every_key_that_others_rely_on(tmp_path: Path) -> None:
    _, lines = run(write_deck(tmp_path / "x.pptx", [slide(text_shape("T", "title"))]))
    assert {
        *("type", "number", "label", "title", "body", "notes", "tables", "alt_texts"),
        *("chart_texts", "diagram_texts", "comments", "hidden", "warnings", "links"),
    } <= lines[1].keys()


def test_a_file_read_in_part_exits_3(tmp_path: Path) -> None:
    code, lines = run(write_deck(tmp_path / "x", [slide(text_shape("T", "title")), None]))
    assert code == 3
    assert (lines[-1]["status"], lines[-1]["code"]) == ("partial", "damaged")
    assert lines[2]["warnings"][0]["code"] == "page_unreadable"


@pytest.mark.parametrize("name", ["missing.pdf", ".", "empty", "png", "unreadable", "legacy.ppt"])
def test_a_file_that_cannot_be_read_exits_2_with_a_code(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "png").write_bytes(b"\x89PNG\r\n\x1a\n\0")
    (tmp_path / "unreadable").symlink_to(tmp_path / "unreadable")
    legacy = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "PowerPoint Document".encode("utf-16-le")
    (tmp_path / "legacy.ppt").write_bytes(legacy)
    code, (*_, summary) = run(tmp_path / name)
    assert code == 2
    assert summary["status"] == "refused"
    assert summary["code"]
    assert summary["detail"]


@pytest.mark.parametrize("arguments", [[], ["--what"], ["a", "b"]])
def test_arguments_that_are_not_understood_exit_2(arguments: list[str]) -> None:
    code, (summary,) = run(*arguments)
    assert (code, summary["code"]) == (2, "bad_arguments")


def test_a_name_that_is_no_utf8_is_read(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/gr\xfcn"))
    write_pdf(path, "text")
    command = [os.fsencode(part) for part in (sys.executable, "-m", "extractors", path)]
    assert subprocess.run(command, cwd=ROOT, check=False, capture_output=True).returncode == 0


def test_it_runs_from_any_folder(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "x.pdf", "text")
    command = [sys.executable, "-m", "extractors", path.name]
    environment = {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, check=False, capture_output=True)
    assert done.returncode == 0


@pytest.fixture(params=[signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def number(request: pytest.FixtureRequest) -> Iterator[signal.Signals]:
    """A signal that a child does not find ignored, as in the background of a script it would."""
    given: signal.Signals = request.param
    before = signal.signal(given, signal.default_int_handler)
    yield given
    signal.signal(given, before)


def test_an_interrupted_command_says_so_and_leaves_no_child(
    tmp_path: Path, number: signal.Signals
) -> None:
    path = write_streams(tmp_path / "x", shown("one"), b"BT " + b"(x) Tj 0 0 Td " * 4_000_000)
    command = [sys.executable, "-m", "extractors", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout
        assert json.loads(process.stdout.readline())["type"] == "document"
        assert json.loads(process.stdout.readline())["body"] == "one"
        (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.send_signal(number)
        summary = json.loads(process.stdout.readlines()[-1])
    assert (process.returncode, summary["code"]) == (3, "cancelled")
    assert not Path(f"/proc/{child}").exists()


def test_a_reader_that_goes_away_ends_the_command(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "x", *["long text " * 500] * 60)
    command = [sys.executable, "-m", "extractors", str(path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 3
