"""The project's own files, as a clone has them: what `.gitignore` names is not there."""

import ast
import io
import tokenize
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Where the rules for code hold; tests keep those that are about reading them.
CODE = ("search_service", "extractors", "migrations", "benchmarks")


@cache
def ignored_names() -> tuple[str, ...]:
    """Give the patterns of `.gitignore`, all of which are about single names."""
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    return (".git", *(line.strip("/") for line in lines))


def children(folder: Path) -> list[Path]:
    """Give what is in a folder, without what is ignored."""
    found = (path for path in folder.iterdir() if not _is_ignored(path.name))
    return sorted(path for path in found if path.is_file() or any(files_below(path)))


def files_below(folder: Path) -> Iterator[Path]:
    """Give every file below a folder, without what is ignored."""
    for path in sorted(folder.iterdir()):
        if _is_ignored(path.name):
            continue
        if path.is_dir():
            yield from files_below(path)
        else:
            yield path


def python_files(*folders: str) -> list[Path]:
    """Give the Python files of top-level folders."""
    return [
        path for folder in folders for path in files_below(ROOT / folder) if path.suffix == ".py"
    ]


def place(path: Path, line: int | None = None) -> str:
    """Give a path as a reader clicks it."""
    return f"{path.relative_to(ROOT)}" + (f":{line}" if line else "")


@cache
def parsed(path: Path) -> ast.Module:
    """Give the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def comments(path: Path) -> Iterator[tuple[int, str]]:
    """Give the comments of a Python file with their lines."""
    source = io.StringIO(path.read_text(encoding="utf-8"))
    for token in tokenize.generate_tokens(source.readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def _is_ignored(name: str) -> bool:
    return any(fnmatch(name, pattern) for pattern in ignored_names())
