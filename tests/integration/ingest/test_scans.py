"""A scanned page through the service: found by its words, and honest about where they come from."""

from dataclasses import replace

import pytest

from extractors.programs import Programs
from search_service.accounts.policy import LOCAL_ADMINISTRATOR
from search_service.catalog import pages, versions
from search_service.ingest.handlers import extract
from search_service.jobs.worker import RunningJob
from search_service.search.request import SearchRequest
from search_service.search.searcher import Searcher
from tests.integration.extractors.test_recognition import picture, scan, tesseract
from tests.integration.ingest.conftest import Service

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]


async def test_a_scanned_page_is_found_by_its_words(service: Service, tmp_path: object) -> None:
    pmm = await service.person()
    path = scan(service.store.root.parent / "scan.pdf", picture("Durability of object storage"))
    accepted = await service.accept(pmm, path.read_bytes(), "scan.pdf")
    workshop = replace(service.workshop, programs=Programs(tesseract=tesseract()))
    await extract(workshop, RunningJob(1, "extract", {"job_id": accepted.job_id}, 1, False))
    answer = await Searcher(service.database).search(
        LOCAL_ADMINISTRATOR, SearchRequest(text="durability storage")
    )
    assert [slide.page_number for hit in answer.hits for slide in hit.slides] == [1]
    async with service.database.reading() as connection:
        version = await versions.get(connection, LOCAL_ADMINISTRATOR, accepted.material_id)
        (page,) = await pages.find(connection, LOCAL_ADMINISTRATOR, accepted.material_id)
    assert version.receipt is not None
    assert version.receipt["totals"]["characters"]["ocr"] == len(page.body)
    assert "text" not in version.receipt["totals"]["characters"]
    assert [warning["code"] for warning in page.warnings] == ["text_recognised"]
