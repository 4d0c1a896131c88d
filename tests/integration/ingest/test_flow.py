from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from search_service.accounts.caller import Caller
from search_service.accounts.policy import Principal
from search_service.db.engine import Database
from search_service.db.enums import Role
from search_service.files.store import FileStore
from search_service.ingest.handlers import Workshop, extract
from search_service.ingest.upload import Intake, Upload
from search_service.jobs.worker import RunningJob
from tests.integration.ingest import files

pytestmark = pytest.mark.anyio


async def test_a_deck_becomes_pages_and_passages(database: Database, tmp_path: Path) -> None:
    async with database.transaction() as c:
        uid = await c.scalar(
            text(
                "insert into users (email, hashed_password, full_name) values ('a@b.c','x','A B') returning id"
            )
        )
    store = FileStore(tmp_path / "files")
    intake = Intake(database, store, 10_000_000, 100)
    caller = Caller(Principal(uid, "a@b.c", "A B", Role.PMM, False, None))
    for data, name in ((files.deck(), "k8s sales_deck.pptx"), (files.datasheet(), "store.pdf")):
        accepted = await intake.accept(caller, Upload(name, files.stream(data)))
        await extract(
            Workshop(database, store),
            RunningJob(1, "extract", {"job_id": accepted.job_id}, 1, False),
        )
    async with database.reading() as c:
        for t in (
            "materials",
            "material_details",
            "material_versions",
            "material_pages",
            "passages",
            "content_blocks",
            "content_block_usages",
            "ingest_jobs",
            "material_health_history",
            "audit_logs",
        ):
            for row in (await c.execute(text(f"select * from {t}"))).mappings():
                print(t, dict(row))
