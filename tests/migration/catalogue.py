"""A schema as PostgreSQL's catalogue tells it: flat, so that two of them compare by their names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import asyncpg

QUERY = Path(__file__).with_name("catalogue.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Thing:
    """An object of a schema: `kind` is "table", "column", "index" …, `table` "" where it has none.

    `name` is unique within its kind; a column's and a constraint's begin with their table.
    """

    kind: str
    table: str
    name: str


Catalogue = Mapping[Thing, str]


async def read_catalogue(url: str, schema: str = "public") -> Catalogue:
    """Give every object of a schema with its definition, as catalogue.sql tells it."""
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(QUERY, schema)
    finally:
        await connection.close()
    return {Thing(row["kind"], row["table_name"], row["name"]): row["definition"] for row in rows}


def of_tables(catalogue: Catalogue, tables: Iterable[str]) -> Catalogue:
    """Give what belongs to the tables named, them included."""
    wanted = frozenset(tables)
    return {thing: text for thing, text in catalogue.items() if thing.table in wanted}


def tables_of(catalogue: Catalogue) -> frozenset[str]:
    """Give the names of the tables."""
    return frozenset(thing.name for thing in catalogue if thing.kind == "table")


def added(before: Catalogue, after: Catalogue) -> dict[tuple[str, str], str]:
    """Give what only `after` holds, by kind and name."""
    return {(thing.kind, thing.name): text for thing, text in after.items() if thing not in before}


def changed(before: Catalogue, after: Catalogue) -> dict[tuple[str, str], tuple[str, str]]:
    """Give what both hold with different definitions: those of `before` and of `after`."""
    return {
        (thing.kind, thing.name): (text, after[thing])
        for thing, text in before.items()
        if thing in after and after[thing] != text
    }
