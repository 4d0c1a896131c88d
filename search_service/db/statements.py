"""Named SQL blocks in `.sql` files: fixed statements that can be read, explained and tested.

A block starts at a line `--: NAME` and ends at the next one. `{{other}}` puts another block of the
same file in place, or an expression that the caller composed; `{{fragment(alias)}}` a fragment that
was handed in at the start, such as the access predicate. Values are bind parameters, always.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from importlib.resources import files

from sqlalchemy import TextClause, text

_BLOCK = re.compile(r"^--: (\w+)\n", re.MULTILINE)
_INCLUDE = re.compile(r"\{\{(\w+)(?:\((\w+)\))?\}\}")


class Statements:
    """The blocks of one file, by name."""

    def __init__(
        self, package: str, file: str, fragments: Mapping[str, Callable[[str], str]] | None = None
    ) -> None:
        self._fragments = dict(fragments or {})
        self._blocks = _read(package, file)

    def sql(self, name: str, composed: Mapping[str, str] | None = None) -> str:
        """Return the block's text with its includes filled in; KeyError for an unknown name."""

        def included(match: re.Match[str]) -> str:
            include, argument = match.groups()
            if argument:
                return self._fragments[include](argument)
            if composed and include in composed:
                return composed[include]
            return self.sql(include, composed)

        return _INCLUDE.sub(included, self._blocks[name])

    def __getitem__(self, name: str) -> TextClause:
        return _clause(self, name, ())

    def composed(self, name: str, composed: Mapping[str, str]) -> TextClause:
        """Return a block with the caller's expressions in their places."""
        return _clause(self, name, tuple(composed.items()))

    def first_line(self, name: str) -> str:
        """Return the line by which a block is known again in what was sent: its first comment."""
        return self._blocks[name].partition("\n")[0]

    def names(self) -> list[str]:
        return list(self._blocks)


@lru_cache(maxsize=512)
def _clause(statements: Statements, name: str, composed: tuple[tuple[str, str], ...]) -> TextClause:
    return clause(statements.sql(name, dict(composed)))


@lru_cache(maxsize=512)
def clause(sql: str) -> TextClause:
    """Give a statement; to find the parameters in a text takes longer than to send it."""
    return text(sql)


@cache
def _read(package: str, file: str) -> dict[str, str]:
    parts = _BLOCK.split(files(package).joinpath(file).read_text(encoding="utf-8"))
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}
