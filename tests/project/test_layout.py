"""The folders are those of ARCHITECTURE.md, and a name says what stands there."""

import pytest

from tests.project.tree import CODE, ROOT, children, files_below, place, python_files

REQUIRED = {
    "search_service",
    "extractors",
    "migrations",
    "tests",
    "benchmarks",
    "pyproject.toml",
    "compose.yaml",
    "README.md",
}
FOR_TOOLS = {
    "uv.lock",
    "alembic.ini",
    ".ci",
    ".pre-commit-config.yaml",
    ".gitignore",
    ".dockerignore",
    "Dockerfile",
    "LICENSE",
    "CHANGELOG.md",
    "docs",
}
PACKAGES = {
    "text",
    "db",
    "jobs",
    "audit",
    "files",
    "accounts",
    "index",
    "embedding",
    "catalog",
    "search",
    "ingest",
    "insights",
    "serving",
    "api",
    "web",
    "integrations",
    "cli",
}
MODULES = {
    "__init__.py",
    "__main__.py",
    "ARCHITECTURE.md",
    "app.py",
    "config.py",
    "errors.py",
    "log.py",
    "py.typed",
}
KINDS_OF_TESTS = {"unit", "integration", "api", "web", "acceptance", "migration", "project"}
BANNED = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "misc"}


def test_the_top_level_is_exactly_what_the_architecture_allows() -> None:
    found = {path.name for path in children(ROOT)}

    assert found - REQUIRED - FOR_TOOLS == set(), "these do not belong at the top"
    assert REQUIRED - found == set(), "these are missing at the top"


def test_the_packages_of_the_service_are_the_listed_ones() -> None:
    found = children(ROOT / "search_service")

    assert {path.name for path in found if path.is_dir()} - PACKAGES == set()
    assert {path.name for path in found if path.is_file()} - MODULES == set()


def test_the_architecture_is_described_beside_the_code() -> None:
    assert (ROOT / "search_service" / "ARCHITECTURE.md").is_file(), (
        "search_service/ARCHITECTURE.md is missing: the code map and the invariants"
    )


def test_tests_are_sorted_by_their_kind() -> None:
    folders = {path.name for path in children(ROOT / "tests") if path.is_dir()}

    assert folders - KINDS_OF_TESTS == set()


@pytest.mark.parametrize("folder", [*CODE, "tests"])
def test_no_module_has_a_name_that_says_nothing(folder: str) -> None:
    parts = {
        place(path)
        for path in files_below(ROOT / folder)
        for part in path.relative_to(ROOT).parts
        if part.split(".")[0] in BANNED and path.suffix in {".py", ".sql"}
    }

    assert parts == set()


def test_every_folder_of_python_is_a_package() -> None:
    folders = {path.parent for path in python_files(*CODE, "tests")}

    assert {place(folder) for folder in folders if not (folder / "__init__.py").exists()} == set()
