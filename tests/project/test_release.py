"""One version in three places: the package, the project file, the changelog."""

import re
import tomllib

from search_service import __version__
from tests.project.tree import ROOT


def test_the_project_file_has_the_packages_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["version"] == __version__


def test_the_changelog_has_a_section_for_what_comes_or_for_this_version() -> None:
    path = ROOT / "CHANGELOG.md"
    assert path.is_file(), "CHANGELOG.md is missing"
    headings = re.findall(r"^## \[?([^\]\s]+)", path.read_text(encoding="utf-8"), re.MULTILINE)

    assert {"Unreleased", __version__} & set(headings), (
        f"CHANGELOG.md has neither a section `## [Unreleased]` nor `## [{__version__}]`"
    )


def test_the_licence_is_the_one_that_the_project_file_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")

    assert project["license"] == "Apache-2.0"
    assert "Apache License" in licence
    assert "Version 2.0" in licence
