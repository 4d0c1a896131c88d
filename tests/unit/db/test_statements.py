"""Named blocks of SQL: how they are cut, put into one another and kept from values."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from search_service.db.statements import Statements
from search_service.embedding import store
from search_service.index import sql, statistics
from search_service.search import semantic
from search_service.search.sql import STATEMENTS

FILE = """Prose before the first block is no block.
--: first
-- What it does.
SELECT 1
--: second
SELECT {{first}}, {{composed}}, {{seen(m)}}

--: third
{{second}} :value
"""


@pytest.fixture
def statements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Statements]:
    package = tmp_path / "package_of_statements"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "some.sql").write_text(FILE)
    monkeypatch.syspath_prepend(tmp_path)
    yield Statements(package.name, "some.sql", {"seen": lambda row: f"{row}.ok"})
    sys.modules.pop(package.name, None)


def test_a_block_ends_where_the_next_begins(statements: Statements) -> None:
    assert statements.names() == ["first", "second", "third"]
    assert statements.sql("first") == "-- What it does.\nSELECT 1"


def test_blocks_fragments_and_composed_sql_are_put_in_place(statements: Statements) -> None:
    inner = "SELECT -- What it does.\nSELECT 1, 1 + 1, m.ok"

    assert statements.sql("second", {"composed": "1 + 1"}) == inner
    assert statements.sql("third", {"composed": "1 + 1"}) == f"{inner} :value"


def test_composed_sql_goes_before_a_block_of_the_same_name(statements: Statements) -> None:
    found = statements.sql("second", {"composed": "2", "first": "mine"})

    assert found == "SELECT mine, 2, m.ok"


def test_empty_composed_sql_is_empty(statements: Statements) -> None:
    assert statements.sql("second", {"composed": "", "first": ""}) == "SELECT , , m.ok"


@pytest.mark.parametrize("name", ["none", "second"])
def test_an_unknown_name_is_a_key_error(statements: Statements, name: str) -> None:
    with pytest.raises(KeyError):
        statements.sql(name)


def test_an_unknown_fragment_is_a_key_error(statements: Statements) -> None:
    bare = Statements("package_of_statements", "some.sql")
    with pytest.raises(KeyError, match="seen"):
        bare.sql("second", {"composed": "1"})


def test_values_stay_bind_parameters(statements: Statements) -> None:
    parameters = str(statements["first"]), statements["first"].compile().params
    assert parameters == ("-- What it does.\nSELECT 1", {})
    assert text(statements.sql("third", {"composed": "1"})).compile().params == {"value": None}


@pytest.mark.parametrize(
    "found",
    [STATEMENTS, sql.STATEMENTS, statistics.STATEMENTS, semantic.STATEMENTS, store.STATEMENTS],
)
def test_no_comment_of_ours_reads_as_a_parameter(found: Statements) -> None:
    for name in found.names():
        sql = found._blocks[name]
        comments = " ".join(line for line in sql.splitlines() if line.startswith("--"))
        assert not [word for word in comments.split() if word.startswith(":")]
