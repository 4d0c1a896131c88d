"""The README's configuration table and the settings are the same, in both directions."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from search_service.config import Settings
from tests.project.tree import ROOT, place, python_files

ROW = re.compile(r"^\| *`([A-Z][A-Z0-9_]*)` *\|(.*)\|\s*$", re.MULTILINE)


@pytest.fixture(scope="module")
def rows() -> dict[str, str]:
    """The rows of the README's tables whose first cell is a variable."""
    return dict(ROW.findall((ROOT / "README.md").read_text(encoding="utf-8")))


def test_every_setting_has_a_row_in_the_readme(rows: dict[str, str]) -> None:
    missing = [_row(item) for item in fields(Settings) if item.metadata["variable"] not in rows]

    assert missing == [], "README.md's configuration table lacks these rows:\n" + "\n".join(missing)


def test_every_row_of_the_readme_is_a_setting(rows: dict[str, str]) -> None:
    unknown = set(rows) - {item.metadata["variable"] for item in fields(Settings)}

    assert unknown == set(), "README.md names variables that are no setting"


def test_a_row_gives_the_default_and_what_the_setting_does(rows: dict[str, str]) -> None:
    wrong = [
        _row(item)
        for item in fields(Settings)
        if (row := rows.get(item.metadata["variable"])) is not None
        and not (item.metadata["about"] in row and _default(item) in row)
    ]

    assert wrong == [], "README.md's configuration table should read:\n" + "\n".join(wrong)


def test_every_setting_has_a_variable_of_its_own_and_says_what_it_does() -> None:
    variables = [item.metadata["variable"] for item in fields(Settings)]

    assert len(set(variables)) == len(variables)
    assert all(item.metadata["about"] for item in fields(Settings))


def test_nothing_but_config_reads_the_environment() -> None:
    readers = {
        place(path)
        for path in python_files("search_service")
        if path.name != "config.py" and _reads_environment(path)
    }

    assert readers == set()


def _row(item: Any) -> str:
    return f"| `{item.metadata['variable']}` | {_default(item)} | {item.metadata['about']} |"


def _default(item: Any) -> str:
    shown = str(item.default).lower() if isinstance(item.default, bool) else str(item.default)
    return f"`{shown}`" if shown else ""


def _reads_environment(path: Path) -> bool:
    # A child process may be given the whole of it; reading one variable is what config.py does.
    source = path.read_text(encoding="utf-8")
    return re.search(r"\bos\.(getenv|environ(\[|\.get\b))|from os import", source) is not None
