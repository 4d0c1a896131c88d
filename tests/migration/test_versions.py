"""The rules that every migration keeps, read from its source and from the statements it runs."""

import ast
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from search_service.db import migrate

VERSIONS = sorted((migrate.SCRIPTS / "versions").glob("[!_]*.py"))
ALLOWED_IMPORTS = {"alembic", "sqlalchemy", "__future__", "typing"}
REVISION_VARIABLES = ("revision", "down_revision", "branch_labels", "depends_on")
# Strings, quoted names, dollar-quoted bodies and comments: where a semicolon separates nothing.
QUOTED = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | (\$\w*\$).*?\1 | --[^\n]* | /\*.*?\*/""",
    re.VERBOSE | re.DOTALL,
)
DDL = re.compile(r"(CREATE|ALTER|DROP|COMMENT ON)\b", re.IGNORECASE)
# Locks differ, and Citus takes one action at a time.
ACTIONS = re.compile(
    r"\b(ADD|DROP|ALTER|RENAME|VALIDATE|ATTACH|DETACH|SET|ENABLE|DISABLE)\b", re.IGNORECASE
)


class Recorder:
    """Stands for alembic's `op` and keeps the statements given to `execute`."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def execute(self, statement: Any) -> None:
        self.statements.append(str(statement))


def each_version() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("version", VERSIONS, ids=lambda path: path.stem)


def load(version: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"migration_{version.stem}", version)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(version: Path, direction: str) -> list[str]:
    """Give the statements that a migration would execute, in order."""
    module, recorder = load(version), Recorder()
    module.__dict__["op"] = recorder
    getattr(module, direction)()
    return recorder.statements


def separate(script: str) -> list[str]:
    """Split a script at its semicolons, quoted text blanked out."""
    blank = QUOTED.sub(" '' ", script)
    return [" ".join(part.split()) for part in blank.split(";") if part.strip()]


def test_there_are_migrations() -> None:
    assert len(VERSIONS) >= 9


@each_version()
def test_a_migration_imports_alembic_and_sqlalchemy_only(version: Path) -> None:
    tree = ast.parse(version.read_text(encoding="utf-8"))

    assert set(_imported(tree)) <= ALLOWED_IMPORTS


@each_version()
def test_a_migration_reaches_the_database_by_op_execute_only(version: Path) -> None:
    tree = ast.parse(version.read_text(encoding="utf-8"))
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "op"
    }

    # get_context() opens the autocommit block that CREATE INDEX CONCURRENTLY needs.
    assert "execute" in used
    assert used <= {"execute", "get_context"}


@each_version()
def test_a_migrations_docstring_tells_its_locks(version: Path) -> None:
    docstring = ast.get_docstring(ast.parse(version.read_text(encoding="utf-8"))) or ""

    assert re.search(r"^Locks: \S", docstring, re.MULTILINE), (
        "no line of the docstring begins with `Locks:`"
    )


@each_version()
@pytest.mark.parametrize("direction", ["upgrade", "downgrade"])
def test_a_migration_executes_one_statement_of_ddl_at_a_time(version: Path, direction: str) -> None:
    for statement in run(version, direction):
        (only,) = separate(statement)
        assert DDL.match(only), f"{only[:60]} is no DDL"
        if only.upper().startswith("ALTER TABLE"):
            # ALTER COLUMN x SET y is one action of two words.
            actions = ACTIONS.findall(
                re.sub(r"(ALTER COLUMN \w+) (SET|DROP|ADD)", r"\1", only)[12:]
            )
            assert len(actions) == 1, f"{only} does several things"


@each_version()
def test_what_goes_up_has_a_way_down(version: Path) -> None:
    assert run(version, "upgrade")
    assert run(version, "downgrade")


@each_version()
def test_a_migrations_revision_is_the_number_of_its_file(version: Path) -> None:
    module = load(version)

    assert re.fullmatch(r"\d{3}_[a-z][a-z0-9_]*", version.stem)
    assert module.revision == version.stem[:3]
    assert [name for name in REVISION_VARIABLES if not hasattr(module, name)] == []
    assert module.branch_labels is None
    assert module.depends_on is None


def test_migrations_form_one_line_without_a_gap() -> None:
    loaded = [load(version) for version in VERSIONS]
    numbers = [f"{number:03}" for number in range(1, len(VERSIONS) + 1)]

    assert [module.revision for module in loaded] == numbers
    assert [module.down_revision for module in loaded] == [None, *numbers[:-1]]
    assert migrate.newest() == numbers[-1]


def test_semicolons_in_quotes_separate_nothing() -> None:
    body = "CREATE FUNCTION f() AS $x$ a; b; $x$; SELECT ';' -- ;\n, \";\" /* ; */"

    assert separate(body) == ["CREATE FUNCTION f() AS ''", "SELECT '' '' , '' ''"]
    assert len(separate("DROP TABLE a; DROP TABLE b")) == 2


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield (node.module or "").split(".")[0]
