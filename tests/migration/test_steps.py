"""Every migration goes up, down and up again, leaves nothing behind and loses no document's row."""

from typing import Any

import asyncpg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from search_service.db import migrate
from tests.migration.catalogue import read_catalogue, tables_of

pytestmark = pytest.mark.anyio

# One row in each table that migrations 001 to 003 make, with what later ones could trip over.
ROWS = """
INSERT INTO users (email, hashed_password, full_name) VALUES ('ada@example.com', 'x', 'Ada');
INSERT INTO materials (name, material_type, audience, tags, owner_id)
VALUES ('Café «déjà vu»', 'PRODUCT_BRIEF', 'BOTH', ARRAY['a', NULL], 1);
INSERT INTO materials (name, material_type, audience) VALUES ('', 'PRODUCT_CATALOG', 'INTERNAL');
INSERT INTO personas (name) VALUES ('Buyer');
INSERT INTO segments (name) VALUES ('Retail');
INSERT INTO material_persona_association VALUES (1, 1);
INSERT INTO material_segment_association VALUES (1, 1);
INSERT INTO content_blocks (name, content) VALUES ('Prices', 'From 3 €');
INSERT INTO content_block_usages (content_block_id, material_id) VALUES (1, 1);
INSERT INTO material_health_history (material_id, health_score) VALUES (1, 40);
"""


def revisions() -> list[str]:
    """Give the revisions from the first to the newest."""
    config = Config()
    config.set_main_option("script_location", str(migrate.SCRIPTS))
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    return [script.revision for script in scripts][::-1]


REVISIONS = revisions()


@pytest.mark.parametrize(
    ("previous", "revision"), list(zip(["base", *REVISIONS], REVISIONS, strict=False))
)
async def test_a_migration_undoes_what_it_did_and_does_it_again(
    empty_database_url: str, previous: str, revision: str
) -> None:
    if previous != "base":
        await migrate.upgrade(empty_database_url, previous)
    before = await read_catalogue(empty_database_url)

    await migrate.upgrade(empty_database_url, revision)
    after = await read_catalogue(empty_database_url)
    assert after != before

    await migrate.downgrade(empty_database_url, previous)
    assert await read_catalogue(empty_database_url) == before

    await migrate.upgrade(empty_database_url, revision)
    assert await read_catalogue(empty_database_url) == after


async def test_all_the_way_down_leaves_an_empty_schema(database_url: str) -> None:
    await migrate.downgrade(database_url, "base")

    assert await read_catalogue(database_url) == {}


async def test_rows_of_the_documents_tables_outlive_all_later_migrations(
    empty_database_url: str,
) -> None:
    await migrate.upgrade(empty_database_url, "003")
    documented = sorted(tables_of(await read_catalogue(empty_database_url)))
    await _execute(empty_database_url, ROWS)
    before = await _rows(empty_database_url, documented)
    assert all(before.values())

    await migrate.upgrade(empty_database_url)
    up = await _rows(empty_database_url, documented)
    await migrate.downgrade(empty_database_url, "003")

    assert await _rows(empty_database_url, documented) == before
    assert [row.pop("search_vector") for row in up["materials"]] == [None, None]
    assert up == before


async def _execute(url: str, script: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(script)
    await connection.close()


async def _rows(url: str, tables: list[str]) -> dict[str, list[dict[str, Any]]]:
    connection = await asyncpg.connect(url)
    found = {
        table: [dict(row) for row in await connection.fetch(f"SELECT * FROM {table} ORDER BY 1")]
        for table in tables
    }
    await connection.close()
    return found
