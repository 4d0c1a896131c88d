"""The mapped tables are the migrated ones: columns, defaults, keys, indexes, to the operator class.

Alembic's own comparison first. It overlooks operator classes, storage and constraint kinds, so the
tables are also made from the models, beside the migrated ones, and the two catalogues compared.
"""

import re
from typing import Any

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, NullPool
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import create_async_engine

from search_service.db import urls
from search_service.db.tables import Base
from search_service.db.tables.searched import PgSnapshot, Xid8
from tests.migration.catalogue import Catalogue, of_tables, read_catalogue, tables_of

pytestmark = pytest.mark.anyio

# pgqueuer's tables are read by pgqueuer alone; a partition is read through its parent.
WITHOUT_MODEL = {
    "audit_logs_default",
    "search_log_default",
    "pgqueuer",
    "pgqueuer_log",
    "pgqueuer_schedules",
    "pgqueuer_statistics",
}
MAPPED = frozenset(Base.metadata.tables)
# What a model cannot say; the migrations do.
ONLY_IN_THE_CATALOGUE = {
    ("table", "audit_logs"): ("partitioned by RANGE (logged_at)", "ordinary"),
    ("table", "search_log"): ("partitioned by RANGE (logged_at)", "ordinary"),
    ("column", "passages.search_vector"): (
        "#12 tsvector NOT NULL STORAGE m",
        "#12 tsvector NOT NULL",
    ),
    ("column", "top_postings.postings"): ("#3 bytea NOT NULL STORAGE e", "#3 bytea NOT NULL"),
    ("column", "top_postings.materials"): ("#4 bytea NOT NULL STORAGE e", "#4 bytea NOT NULL"),
}


async def test_every_table_has_a_model_but_those_that_others_read(database_url: str) -> None:
    tables = tables_of(await read_catalogue(database_url))

    assert tables - MAPPED == WITHOUT_MODEL
    assert tables >= MAPPED


async def test_alembic_finds_nothing_to_generate(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # SQLAlchemy reads no such columns from a catalogue by itself.
    monkeypatch.setitem(postgresql.base.ischema_names, "xid8", Xid8)
    monkeypatch.setitem(postgresql.base.ischema_names, "pg_snapshot", PgSnapshot)
    engine = create_async_engine(urls.parse(database_url).url, poolclass=NullPool)
    async with engine.connect() as connection:
        differences = await connection.run_sync(_differences)
    await engine.dispose()

    assert differences == []


async def test_tables_made_from_the_models_are_the_migrated_ones(
    database_url: str, empty_database_url: str
) -> None:
    await _make_from_models(empty_database_url)

    migrated = _comparable(of_tables(await read_catalogue(database_url), MAPPED))
    made = _comparable(await read_catalogue(empty_database_url))

    assert set(made) == set(migrated)
    differing = {key: (text, made[key]) for key, text in migrated.items() if made[key] != text}
    assert differing == ONLY_IN_THE_CATALOGUE


def _differences(connection: Connection) -> list[Any]:
    def is_mapped(name: str | None, kind: str, _parents: Any) -> bool:
        return kind != "table" or name in MAPPED

    options = {"compare_type": True, "compare_server_default": True, "include_name": is_mapped}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, Base.metadata))


async def _make_from_models(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE EXTENSION pg_trgm")
    await connection.close()
    engine = create_async_engine(urls.parse(url).url, poolclass=NullPool)
    async with engine.begin() as connected:
        await connected.run_sync(Base.metadata.create_all)
    await engine.dispose()


def _comparable(catalogue: Catalogue) -> dict[tuple[str, str], str]:
    """Leave out what stands beside tables, and the names of foreign keys, which nothing uses."""
    return {
        (thing.kind, _nameless(thing.name, text) if thing.kind == "constraint" else thing.name): (
            text.replace(" ON ONLY ", " ON ")  # an index of a partitioned table
        )
        for thing, text in catalogue.items()
        if thing.table and thing.kind != "trigger"
    }


def _nameless(name: str, definition: str) -> str:
    if not definition.startswith("FOREIGN KEY"):
        return name
    return re.sub(r"\..*", f": {definition}", name)
