"""Logging: one line a record on standard error, as JSON or for a console."""

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from search_service import log


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Put back what `configure` changes for the whole process."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    levels = {
        name: logging.getLogger(name).level for name in ("pypdf", "PIL", "pgqueuer", "alembic")
    }
    structured = structlog.get_config()
    yield
    root.handlers = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.configure(**structured)
    structlog.contextvars.clear_contextvars()


def records(captured: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    out, err = captured.readouterr()
    assert out == ""
    return [json.loads(line) for line in err.splitlines()]


def test_a_record_is_one_line_of_json_on_standard_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log.configure("info", "json")

    log.get_logger("search_service.test").info("file_read", pages=3, name="two\nlines")

    (record,) = records(capsys)
    assert record.pop("timestamp").endswith("Z")
    assert record == {
        "event": "file_read",
        "pages": 3,
        "name": "two\nlines",
        "level": "info",
        "logger": "search_service.test",
    }


def test_a_bound_request_id_stands_in_every_record(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("info", "json")

    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        log.get_logger("ours").info("asked")
        logging.getLogger("theirs").warning("slow")
    log.get_logger("ours").info("after")

    asked, slow, after = records(capsys)
    assert asked["request_id"] == slow["request_id"] == "r-1"
    assert "request_id" not in after


def test_records_of_the_standard_library_have_the_same_form(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log.configure("info", "json")

    logging.getLogger("uvicorn.error").warning("%d connections", 3)

    (record,) = records(capsys)
    assert record["event"] == "3 connections"
    assert (record["level"], record["logger"]) == ("warning", "uvicorn.error")


def test_an_exception_is_told_within_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("info", "json")

    try:
        int("broken page")
    except ValueError:
        log.get_logger("ours").exception("failed")

    (record,) = records(capsys)
    assert record["level"] == "error"
    assert "ValueError: invalid literal" in record["exception"]


@pytest.mark.parametrize(
    ("level", "heard"),
    [("debug", ["debug", "info", "error"]), ("info", ["info", "error"]), ("ERROR", ["error"])],
)
def test_what_is_below_the_level_is_left_out(
    level: str, heard: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    log.configure(level, "json")

    for name in ("debug", "info", "error"):
        getattr(log.get_logger("ours"), name)(name)
    ours = [record["event"] for record in records(capsys)]
    for name in ("debug", "info", "error"):
        getattr(logging.getLogger("theirs"), name)(name)
    theirs = [record["event"] for record in records(capsys)]

    assert ours == theirs == heard


def test_chatty_libraries_are_heard_from_warnings_up(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("debug", "json")

    logging.getLogger("pypdf").info("a stray object")
    logging.getLogger("pypdf").warning("a damaged object")

    assert [record["event"] for record in records(capsys)] == ["a damaged object"]


def test_the_console_form_is_for_reading(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("info", "console")

    log.get_logger("ours").info("file_read", pages=3)

    line = capsys.readouterr().err
    assert "file_read" in line
    assert "pages=3" in line
    assert "\x1b" not in line, "no colours where nobody reads a terminal"
    with pytest.raises(json.JSONDecodeError):
        json.loads(line)


def test_configuring_again_replaces_what_was_before(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("info", "console")
    log.configure("info", "json")

    logging.getLogger("theirs").error("once")

    assert len(records(capsys)) == 1
    (handler,) = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    assert handler.stream is sys.stderr
