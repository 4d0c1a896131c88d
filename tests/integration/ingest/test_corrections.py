"""Corrections through readings and versions, and against readings that go on at the same time."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from search_service.accounts import administration
from search_service.accounts.caller import Caller
from search_service.catalog import editing, pages, reviewing
from search_service.catalog.editing import Target
from search_service.catalog.reviewing import WhichWarnings
from search_service.db.enums import JobState, MaterialStatus, ReviewReason
from search_service.errors import OpenSeriousWarningsError, PreconditionFailedError
from search_service.ingest import correcting
from search_service.ingest.correcting import PageTarget
from tests.integration.catalog.making import OPERATOR
from tests.integration.ingest import files
from tests.integration.ingest.conftest import Service

pytestmark = pytest.mark.anyio

PRICES = ("Prices", "Ten euros a month for every cluster")
SECURITY = ("Security", "Certified by everybody who certifies")
SUPPORT = ("Support", "Engineers answer around the clock")
SCAN = (("A page", "of words"), (), ("Another", "page of words"))


async def correct(
    service: Service, caller: Caller, material_id: int, page: int, **changes: Any
) -> None:
    async with service.database.transaction() as connection:
        await correcting.correct(connection, caller, PageTarget(material_id, page), changes)


async def shown(service: Service, caller: Caller, material_id: int) -> list[str]:
    async with service.database.reading() as connection:
        found = await pages.find(connection, caller.principal, material_id)
    return [page.body for page in found]


async def indexed(service: Service, material_id: int) -> dict[int, str]:
    """The bodies that search reads, by page."""
    statement = text(
        "SELECT page_number, body FROM passages WHERE material_id = :id AND ordinal > 0"
    )
    async with service.database.reading() as connection:
        rows = await connection.execute(statement, {"id": material_id})
        return {row.page_number: row.body.partition("\n")[0] for row in rows}


async def resting(
    service: Service, caller: Caller, material_id: int
) -> list[tuple[str, str | None]]:
    """The corrections that fit no page: what was extracted, and what stands there now."""
    async with service.database.reading() as connection:
        review = await reviewing.get(connection, caller.principal, material_id)
    return [
        (item.correction.extracted_body, item.page.body if item.page else None)
        for item in review.unfitting
    ]


async def read_version(service: Service, caller: Caller, material_id: int, *slides: Any) -> None:
    taken = await service.accept_version(caller, material_id, files.deck(slides, notes=""))
    await service.work(taken.job_id)


async def read_again(service: Service, caller: Caller, material_id: int) -> None:
    await service.work((await service.intake.extract_again(caller, material_id)).job_id)


async def test_reading_again_leaves_what_a_correction_has_written(service: Service) -> None:
    pmm = await service.person()
    material = await service.ingest(pmm, files.datasheet(), file_name="d.pdf")
    await correct(service, pmm, material, 2, title="Endurance", body="Twelve nines")
    await correct(service, pmm, material, 3, hidden_from_search=True)
    before = await service.everything()
    await read_again(service, pmm, material)
    assert await service.everything() == before
    extracted = {row[2]: row[4] for row in before["material_pages"]}
    assert extracted[2].startswith("Durability\nEleven nines")


async def test_undoing_leaves_what_was_extracted_and_nothing_else(service: Service) -> None:
    pmm = await service.person()
    material = await service.ingest(pmm, files.deck((PRICES, SECURITY)))
    before = await service.everything()
    await correct(service, pmm, material, 1, title="Cost", body="Eleven euros")
    assert await service.everything() != before
    await correct(service, pmm, material, 1, title=None, body=None)
    after = await service.everything()
    for table in ("materials", "material_pages", "passages", "material_details"):
        assert after[table] == before[table], table
    assert len(after["content_block_usages"]) == len(before["content_block_usages"])


async def test_a_correction_follows_its_slide_into_a_newer_deck(service: Service) -> None:
    pmm = await service.person()
    material = await service.ingest(pmm, files.deck((PRICES, SECURITY, SUPPORT), notes=""))
    await correct(service, pmm, material, 2, body="Certified by two")
    await correct(service, pmm, material, 3, body="By phone alone")
    new = ("News", "A slide that was not there before")
    table = ("Annex", "The last slide of a deck holds the table")
    await read_version(service, pmm, material, new, SECURITY, PRICES, table)
    assert await shown(service, pmm, material) == [
        new[1], "Certified by two", PRICES[1], table[1],
    ]  # fmt: skip
    # What the third slide said stands nowhere any more.
    assert await resting(service, pmm, material) == [(SUPPORT[1], PRICES[1])]
    assert (await service.material(pmm, material)).review_reasons == (
        ReviewReason.UNFITTING_CORRECTIONS,
    )
    await read_version(service, pmm, material, SECURITY, new, table)
    assert (await indexed(service, material))[1] == "Certified by two"


async def test_a_correction_whose_page_changed_rests_until_the_page_is_back(
    service: Service,
) -> None:
    pmm = await service.person()
    material = await service.ingest(pmm, files.deck((PRICES, SECURITY)))
    await correct(service, pmm, material, 1, body="Eleven euros")
    dearer = ("Prices", "Twelve euros a month for every cluster")
    await read_version(service, pmm, material, dearer, SECURITY)
    assert (await indexed(service, material))[1] == dearer[1]
    assert await resting(service, pmm, material) == [(PRICES[1], dearer[1])]
    await correct(service, pmm, material, 1, body="Thirteen euros")
    taken = await service.intake.restore(pmm, Target(material), 1)
    await service.work(taken.job_id)
    assert (await indexed(service, material))[1] == "Eleven euros"
    assert await resting(service, pmm, material) == [(dearer[1], PRICES[1])]


@pytest.mark.parametrize("correction_first", [True, False])
async def test_a_correction_and_a_reading_at_once_both_count(
    service: Service, correction_first: bool
) -> None:
    pmm = await service.person()
    material = await service.ingest(pmm, files.deck((PRICES, SECURITY)))
    job = (await service.intake.extract_again(pmm, material)).job_id
    async with service.database.transaction() as connection:
        if correction_first:
            target = PageTarget(material, 1)
            await correcting.correct(connection, pmm, target, {"body": "Eleven euros"})
        else:
            await editing.lock(connection, pmm, Target(material))
        # The reading comes to its writing and waits there for this transaction.
        reading = asyncio.create_task(service.work(job))
        others = (
            []
            if correction_first
            else [asyncio.create_task(correct(service, pmm, material, 1, body="Eleven euros"))]
        )
        while (await service.job(job)).state is not JobState.INDEXING:  # noqa: ASYNC110 - another session's row
            await asyncio.sleep(0.01)
        assert not reading.done()
    await asyncio.gather(reading, *others)
    assert (await service.job(job)).state is JobState.DONE
    assert (await indexed(service, material))[1] == "Eleven euros"
    assert await shown(service, pmm, material) == ["Eleven euros", SECURITY[1]]


async def test_a_correction_of_a_version_that_was_replaced_meanwhile_is_refused(
    service: Service,
) -> None:
    pmm = await service.person()
    material = await service.ingest(pmm, files.deck((PRICES, SECURITY)))
    async with service.database.reading() as connection:
        seen = (await pages.find_reviewed(connection, pmm.principal, material))[0].etag
    await read_version(service, pmm, material, SECURITY, PRICES)
    async with service.database.transaction() as connection:
        with pytest.raises(PreconditionFailedError):
            await correcting.correct(
                connection, pmm, PageTarget(material, 1, seen), {"body": "Eleven euros"}
            )
    assert await shown(service, pmm, material) == [SECURITY[1], PRICES[1]]


async def test_an_acceptance_holds_until_something_else_is_read(service: Service) -> None:
    pmm = await service.person()
    material = await service.ingest(pmm, files.datasheet(), file_name="d.pdf")

    async def accepted() -> bool:
        async with service.database.reading() as connection:
            return (await reviewing.get(connection, pmm.principal, material)).accepted is not None

    async with service.database.transaction() as connection:
        await reviewing.accept(connection, pmm, Target(material), 1)
    await read_again(service, pmm, material)
    assert await accepted()
    async with service.database.transaction() as connection:
        await connection.execute(
            text("UPDATE material_pages SET body = 'less' WHERE page_number = 2")
        )
    await read_again(service, pmm, material)
    assert not await accepted()
    async with service.database.transaction() as connection:
        await reviewing.accept(connection, pmm, Target(material), 1)
    await read_version(service, pmm, material, PRICES)
    assert not await accepted()
    async with service.database.transaction() as connection:
        with pytest.raises(PreconditionFailedError):
            await reviewing.accept(connection, pmm, Target(material), 1)


async def test_an_acknowledgement_is_of_one_file(service: Service) -> None:
    pmm = await service.person()
    material = await service.ingest(pmm, files.scan(SCAN), file_name="scan.pdf")
    async with service.database.transaction() as connection:
        which = WhichWarnings("no_text_but_image")
        review = await reviewing.acknowledge(connection, pmm, Target(material), which)
    assert review.is_publishable
    await read_again(service, pmm, material)
    assert (await service.material(pmm, material)).review_reasons == ()
    newer = await service.accept_version(pmm, material, files.scan((*SCAN, ("More", "words"))))
    await service.work(newer.job_id)
    assert (await service.material(pmm, material)).review_reasons == (
        ReviewReason.SERIOUS_WARNINGS,
    )


async def test_what_is_to_be_published_is_so_once_it_has_been_read(service: Service) -> None:
    pmm = await service.person()
    taken = await service.accept(pmm, files.deck((PRICES,)), status=MaterialStatus.PUBLISHED)
    target = Target(taken.material_id)
    async with service.database.transaction() as connection:
        with pytest.raises(OpenSeriousWarningsError) as caught:
            await editing.transition(connection, pmm, target, MaterialStatus.PUBLISHED)
    assert caught.value.details["warnings"][0]["code"] == "not_read"
    await service.work(taken.job_id)
    material = await service.material(pmm, taken.material_id)
    assert material.status is MaterialStatus.PUBLISHED
    assert material.published_at is not None


async def test_what_was_read_with_a_serious_warning_waits_in_review(service: Service) -> None:
    pmm = await service.person()
    taken = await service.accept(pmm, files.scan(SCAN), "scan.pdf", status=MaterialStatus.PUBLISHED)
    await service.work(taken.job_id)
    assert (await service.material(pmm, taken.material_id)).status is MaterialStatus.REVIEW
    job = await service.job(taken.job_id)
    assert job.state is JobState.DONE
    assert "not published" in (job.message or "")


async def test_the_wish_of_an_account_that_has_ended_is_not_followed(service: Service) -> None:
    pmm = await service.person()
    taken = await service.accept(pmm, files.deck((PRICES,)), status=MaterialStatus.PUBLISHED)
    assert pmm.principal.user_id is not None
    async with service.database.transaction() as connection:
        await administration.deactivate_user(connection, OPERATOR, pmm.principal.user_id)
    await service.work(taken.job_id)
    assert (await service.material(pmm, taken.material_id)).status is MaterialStatus.REVIEW
