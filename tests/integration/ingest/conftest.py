"""What the tests of ingestion share: the way in, the workshop, and looks at the outcome."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from search_service.accounts.caller import Caller
from search_service.catalog import materials
from search_service.catalog.editing import Target
from search_service.catalog.materials import MaterialRecord
from search_service.db.engine import Database
from search_service.db.enums import MaterialStatus, Role
from search_service.files.store import FileStore
from search_service.ingest.handlers import Workshop, extract
from search_service.ingest.upload import Accepted, Intake, Upload
from search_service.jobs import progress
from search_service.jobs.progress import JobRecord
from search_service.jobs.worker import RunningJob
from tests.integration.catalog.making import person
from tests.integration.ingest import files

# Every table that an ingest writes, with what tells its rows apart; times and ids made by the
# database are left out.
TABLES: Mapping[str, str] = {
    "materials": "id, name, material_type, keywords, file_path, search_vector::text,"
    " completeness_score, health_score",
    "material_details": "material_id, language, current_version, content_hash, page_count,"
    " edited_fields, guessed_fields, completeness_reasons, health_reasons",
    "material_versions": "material_id, ordinal, sha256, extraction_status, extraction_code,"
    " receipt - 'duration_s'",
    "material_pages": "material_id, version_ordinal, page_number, title, body, notes, tables",
    "passages": "material_id, ordinal, version_ordinal, page_number, title, body, notes,"
    " content_hash, search_vector::text",
    "content_blocks": "id, name, content, block_type",
    "content_block_usages": "id, content_block_id, material_id, slide_number, usage_context",
    "block_fingerprints": "content_block_id, fingerprint, bands_version",
    "block_bands": "content_block_id, band",
    "block_variants": "content_block_id, variant_id, similarity",
    "block_sightings": "material_id, content_block_id, version_ordinal, since",
    "keyword_bases": "material_id, passages",
    "material_health_history": "id, material_id, health_score, issues_found",
}


@dataclass(frozen=True, slots=True)
class Service:
    """The whole way of a file, without HTTP."""

    database: Database
    store: FileStore
    intake: Intake
    workshop: Workshop

    async def person(self, role: Role = Role.PMM) -> Caller:
        async with self.database.transaction() as connection:
            return await person(connection, role)

    async def accept(
        self,
        caller: Caller,
        data: bytes,
        file_name: str = "deck.pptx",
        status: MaterialStatus | None = None,
        **metadata: Any,
    ) -> Accepted:
        upload = Upload(file_name, files.stream(data), metadata, status)
        return await self.intake.accept(caller, upload)

    async def accept_version(self, caller: Caller, material_id: int, data: bytes) -> Accepted:
        upload = Upload("newer.pptx", files.stream(data))
        return await self.intake.accept_version(caller, Target(material_id), upload)

    async def work(self, job_id: int | None, attempt: int = 1, *, last: bool = False) -> None:
        """Do the job as a worker would."""
        payload = {"job_id": job_id}
        await extract(self.workshop, RunningJob(1, "extract", payload, attempt, last))

    async def ingest(self, caller: Caller, data: bytes, **given: Any) -> int:
        """Upload and read; give the material."""
        accepted = await self.accept(caller, data, **given)
        await self.work(accepted.job_id)
        return accepted.material_id

    async def job(self, job_id: int | None) -> JobRecord:
        assert job_id is not None
        async with self.database.reading() as connection:
            return await progress.get(connection, job_id)

    async def material(self, caller: Caller, material_id: int) -> MaterialRecord:
        async with self.database.reading() as connection:
            return await materials.get(connection, caller.principal, material_id)

    async def rows(self, table: str) -> list[tuple[Any, ...]]:
        async with self.database.reading() as connection:
            found = await connection.execute(text(f"SELECT {TABLES[table]} FROM {table}"))
            return sorted((tuple(row) for row in found), key=repr)

    async def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Give all that ingestion writes, to be compared."""
        return {table: await self.rows(table) for table in TABLES}


@pytest.fixture
def service(database: Database, tmp_path: Path) -> Service:
    store = FileStore(tmp_path / "files")
    intake = Intake(database, store, max_bytes=5_000_000, queue_limit=3)
    return Service(database, store, intake, Workshop(database, store))
