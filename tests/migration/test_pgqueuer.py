"""The queue's tables are those that the installed pgqueuer declares, by its judgement and ours."""

import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import pytest
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence import schema_ddl
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.schema.declaration import target
from pgqueuer.domain.settings import DBSettings
from pgqueuer.queries import Queries

from search_service.db import migrate
from tests.migration.test_versions import run

JOBS = migrate.SCRIPTS / "versions" / "008_jobs.py"

RENDERERS: dict[str, Callable[..., str]] = {
    "enums": schema_ddl.render_enum,
    "tables": schema_ddl.render_table,
    "indexes": schema_ddl.render_index,
    "functions": schema_ddl.render_function,
    "triggers": schema_ddl.render_trigger,
}


@pytest.fixture
async def queries(database_url: str) -> AsyncIterator[Queries]:
    """pgqueuer's own statements on a migrated database."""
    connection = await asyncpg.connect(database_url)
    yield Queries(AsyncpgDriver(connection))
    await connection.close()


@pytest.mark.anyio
async def test_pgqueuer_accepts_the_migrated_schema(queries: Queries) -> None:
    await QueueManager(queries).verify_structure()


@pytest.mark.anyio
async def test_pgqueuer_would_upgrade_nothing(queries: Queries) -> None:
    plan = await queries.plan_upgrade()

    assert plan.statements == ()
    assert plan.notes == ()


@pytest.mark.parametrize("kind", RENDERERS)
def test_the_migration_runs_what_the_installed_release_renders(kind: str) -> None:
    rendered = _rendered(kind)

    assert rendered
    assert rendered <= _ours()


def test_the_migration_runs_no_more_than_the_release_renders() -> None:
    rendered = [statement for kind in RENDERERS for statement in _rendered(kind)]

    assert len(_ours()) == len(rendered)


def _rendered(kind: str) -> set[str]:
    settings = DBSettings()
    entries: tuple[Any, ...] = getattr(target(settings), kind)
    return {_normalised(RENDERERS[kind](entry, settings)) for entry in entries}


def _ours() -> set[str]:
    return {_normalised(text) for text in run(JOBS, "upgrade") if "ingest_jobs" not in text}


def _normalised(statement: str) -> str:
    default_left_out = statement.replace(" USING btree", "")
    spaced = re.sub(r"\s+", " ", default_left_out).strip(" ;")
    return re.sub(r" ?([(),]) ?", r"\1", spaced)
