"""Migrating: once, whoever asks and however many at a time."""

import asyncio
import shutil
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from search_service.db import migrate, urls
from search_service.errors import ConfigurationError, UnavailableError

pytestmark = pytest.mark.anyio

FIRST = """
from alembic import op

revision, down_revision = "first", None


def upgrade():
    op.execute("CREATE TABLE things AS SELECT 1 AS id FROM pg_sleep(0.5)")


def downgrade():
    op.execute("DROP TABLE things")
"""
SECOND = """
from alembic import op

revision, down_revision = "second", "first"


def upgrade():
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY things_id ON things (id)")


def downgrade():
    op.execute("DROP INDEX things_id")
"""


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """A folder of two migrations, slow enough to be met half-way."""
    folder = tmp_path / "100% new scripts"
    (folder / "versions").mkdir(parents=True)
    for name in ("env.py", "script.py.mako"):
        shutil.copy(migrate.SCRIPTS / name, folder)
    (folder / "versions" / "first.py").write_text(FIRST)
    (folder / "versions" / "second.py").write_text(SECOND)
    return folder


async def test_an_empty_database_goes_up_step_by_step_and_down_again(
    empty_database_url: str, scripts: Path
) -> None:
    assert await _state(empty_database_url, scripts) == (None, False)

    await migrate.upgrade(empty_database_url, "first", scripts)
    assert await _state(empty_database_url, scripts) == ("first", False)

    await migrate.upgrade(empty_database_url, scripts=scripts)
    assert await _state(empty_database_url, scripts) == ("second", True)

    await migrate.downgrade(empty_database_url, "base", scripts)
    assert await _state(empty_database_url, scripts) == (None, False)


async def test_several_that_migrate_at_once_do_it_one_after_the_other(
    empty_database_url: str, scripts: Path
) -> None:
    # The second migration needs every older snapshot gone: a waiting one would be a deadlock.
    await asyncio.gather(*(migrate.upgrade(empty_database_url, scripts=scripts) for _ in range(4)))

    assert await _state(empty_database_url, scripts) == ("second", True)


async def test_a_migration_waits_for_the_lock_and_gives_up_in_the_end(
    empty_database_url: str, scripts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "LOCK_LIMIT_S", 0.3)
    other = await asyncpg.connect(empty_database_url)
    await other.execute(f"SELECT pg_advisory_lock({migrate.LOCK_KEY})")

    with pytest.raises(UnavailableError, match="pg_stat_activity"):
        await migrate.upgrade(empty_database_url, scripts=scripts)
    await other.close()

    await migrate.upgrade(empty_database_url, scripts=scripts)
    assert await _state(empty_database_url, scripts) == ("second", True)


async def test_a_failed_migration_leaves_the_last_good_state_and_no_lock(
    empty_database_url: str, scripts: Path
) -> None:
    second = scripts / "versions" / "second.py"
    second.write_text(SECOND.replace("ON things", "ON nothing"))
    with pytest.raises(Exception, match="nothing"):
        await migrate.upgrade(empty_database_url, scripts=scripts)
    assert await _state(empty_database_url, scripts) == ("first", False)

    second.write_text(SECOND)
    await migrate.upgrade(empty_database_url, scripts=scripts)
    assert await _state(empty_database_url, scripts) == ("second", True)


async def test_the_schema_of_a_newer_version_is_named_as_the_fault(
    empty_database_url: str, scripts: Path
) -> None:
    await migrate.upgrade(empty_database_url, scripts=scripts)
    (scripts / "versions" / "second.py").unlink()
    shutil.rmtree(scripts / "versions" / "__pycache__", ignore_errors=True)

    with pytest.raises(ConfigurationError, match="newer version"):
        await migrate.upgrade(empty_database_url, scripts=scripts)


async def test_the_services_own_scripts_have_one_newest_revision(database_url: str) -> None:
    newest = migrate.newest()

    assert newest is not None
    assert await _state(database_url, migrate.SCRIPTS) == (newest, True)


async def _state(url: str, scripts: Path) -> tuple[str | None, bool]:
    engine = create_async_engine(urls.parse(url).url, poolclass=NullPool)
    async with engine.connect() as connection:
        state = await migrate.current(connection), await migrate.is_current(connection, scripts)
        await connection.execute(text("SELECT 1"))  # it can go on being used
    await engine.dispose()
    return state
