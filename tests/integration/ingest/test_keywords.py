"""Keywords follow the library as it grows, and what a person wrote stays."""

import pytest

from search_service.accounts.caller import Caller
from search_service.catalog import editing
from search_service.catalog.editing import Target
from search_service.db.enums import MaterialStatus
from search_service.index import statistics
from search_service.ingest import handlers, keywording
from search_service.jobs.worker import RunningJob
from tests.integration.ingest import files
from tests.integration.ingest.conftest import Service

pytestmark = pytest.mark.anyio

SUBJECTS = ("Backup", "Support", "Migration", "Network", "Storage", "Security", "Billing", "Audit")
DECK = tuple(
    (f"Acme platform {word}", f"Quantum ledger settles the {word.lower()} of each customer")
    for word in SUBJECTS
)


async def grow(service: Service, caller: Caller) -> None:
    """Publish decks in which the platform is everywhere and the ledger nowhere; count them."""
    for number in range(6):
        slides = tuple(
            (f"Acme platform {word}", f"The Acme platform does {word.lower()} {number} for you")
            for word in SUBJECTS
        )
        data = files.deck(slides, f"deck {number}")
        await service.ingest(caller, data, status=MaterialStatus.PUBLISHED)
    async with service.database.transaction() as connection:
        await statistics.refresh(connection)


async def run(service: Service) -> None:
    await handlers.refresh_keywords(service.workshop, RunningJob(1, "keywords", {}, 1, True))


async def test_keywords_are_looked_at_again_when_the_library_has_grown(service: Service) -> None:
    pmm = await service.person()
    material_id = await service.ingest(pmm, files.deck(DECK))
    before = await service.material(pmm, material_id)
    assert before.keywords[0].startswith("acme platform")
    await grow(service, pmm)
    await run(service)
    after = await service.material(pmm, material_id)
    assert not any(keyword.startswith("acme") for keyword in after.keywords[:3])
    assert "quantum ledger settles" in after.keywords
    assert after.etag == before.etag
    (own,) = [row for row in await service.rows("passages") if row[:2] == (material_id, 0)]
    assert "'quantum'" in own[8]
    rows = await service.everything()
    await run(service)
    assert await service.everything() == rows


async def test_keywords_that_a_person_wrote_stay(service: Service) -> None:
    pmm = await service.person()
    material_id = await service.ingest(pmm, files.deck(DECK))
    async with service.database.transaction() as connection:
        await editing.update_metadata(connection, pmm, Target(material_id), {"keywords": ["mine"]})
    await grow(service, pmm)
    await run(service)
    assert (await service.material(pmm, material_id)).keywords == ("mine",)


async def test_a_run_is_bounded_and_the_next_one_goes_on(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    pmm = await service.person()
    await grow(service, pmm)
    monkeypatch.setattr(keywording, "MATERIALS_A_RUN", 4)
    await run(service)
    assert sum(passages > 0 for _, passages in await service.rows("keyword_bases")) == 4
    async with service.database.reading() as connection:
        waiting = await connection.exec_driver_sql(
            "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'keywords'"
        )
        assert waiting.scalar_one() == 1
    await run(service)
    assert all(passages > 0 for _, passages in await service.rows("keyword_bases"))
