"""What style.md asks of every source file, as far as a machine can tell."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project.tree import CODE, ROOT, comments, files_below, parsed, place, python_files

FILE_LIMIT_LINES = 500
FUNCTION_LIMIT_LINES = 50
TEXTS = {".py", ".sql", ".html", ".js", ".css", ".toml", ".yaml", ".yml", ".md"}
# Written by others and kept as they are.
VENDORED = re.compile(r"\.min\.(js|css)$|/vendor/")
# In two pieces, so that a search for what is left open does not find this line.
LEFT_OPEN = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX|raise Not" r"Implemented(Error)?)\b")
SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore|mypy:|pyright:|ruff:|pylint:)")
# A code, then a reason behind a dash or a second hash.
REASONED = re.compile(
    r"#\s*(noqa: [A-Z]+\d+(, ?[A-Z]+\d+)*|type: ignore\[[a-z-]+(, ?[a-z-]+)*\])\s+(-|—|#) \S"
)


def test_the_rules_below_look_at_something() -> None:
    assert len(python_files(*CODE)) > 100


def test_no_file_is_longer_than_500_lines() -> None:
    lengths = {place(path): _lines(path) for path in python_files(*CODE)}

    assert {name: count for name, count in lengths.items() if count > FILE_LIMIT_LINES} == {}


def test_no_function_is_longer_than_50_lines() -> None:
    lengths = {
        f"{place(path, function.lineno)} {function.name}": _length(function)
        for path in python_files(*CODE)
        for function in _functions(parsed(path))
    }

    assert {name: count for name, count in lengths.items() if count > FUNCTION_LIMIT_LINES} == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        place(path)
        for path in python_files(*CODE)
        if path.stat().st_size and not (ast.get_docstring(parsed(path)) or "").strip()
    ]

    assert silent == [], "these have no module docstring"


def test_every_package_of_the_service_says_what_it_is_for() -> None:
    packages = [
        path
        for path in python_files("search_service", "extractors")
        if path.name == "__init__.py" and not path.stat().st_size
    ]

    assert [place(path) for path in packages] == [], "these are empty"


def test_every_suppression_names_its_rule_and_its_reason() -> None:
    bare = [
        f"{place(path, line)} {comment}"
        for path in python_files(*CODE, "tests")
        for line, comment in comments(path)
        if SUPPRESSION.search(comment) and not REASONED.search(comment)
    ]

    assert bare == []


@pytest.mark.parametrize(
    ("comment", "enough"),
    [
        ("# noqa: S603 - our own program", True),
        ("# noqa: S603, S607 - our own program", True),
        ("# type: ignore[arg-type] # a key is enough", True),
        ("# type: ignore[arg-type]  # a key is enough", True),
        ("# type: ignore[arg-type]", False),
        ("# type: ignore # no rule", False),
        ("# noqa", False),
        ("# noqa: S603", False),
        ("# noqa: S603 -", False),
    ],
)
def test_a_reason_is_told_from_none(comment: str, enough: bool) -> None:
    assert SUPPRESSION.search(comment)
    assert bool(REASONED.search(comment)) is enough


def test_nothing_is_left_open() -> None:
    found = [
        f"{place(path, number)} {line.strip()}"
        for path in files_below(ROOT)
        if path.suffix in TEXTS and not VENDORED.search(str(path))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if LEFT_OPEN.search(line)
    ]

    assert found == []


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1
