from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import exc

from extractors import sandbox
from extractors.limits import Limits
from extractors.programs import Programs
from extractors.types import Page, Record
from search_service.catalog import blocks, editing, pages, reviewing, scores, versions
from search_service.catalog.editing import Target
from search_service.db.enums import JobState, MaterialStatus
from search_service.errors import DatabaseUnavailableError, NotFoundError
from search_service.ingest import handlers, messages, reading
from search_service.jobs import progress
from search_service.jobs.progress import Outcome
from search_service.jobs.worker import RunningJob
from tests.integration.ingest import files
from tests.integration.ingest.conftest import Service

pytestmark = pytest.mark.anyio

NEWER = (
    ("Managed Kubernetes", "A control plane in three zones\nUpgrades whenever you choose to"),
    ("Pricing", "Pay for nodes only, by the hour or the month, with a commitment or without"),
)


async def test_a_deck_becomes_searchable_slides(service: Service) -> None:
    pmm = await service.person()
    accepted = await service.accept(pmm, files.deck(), "k8s.pptx")
    await service.work(accepted.job_id)
    job = await service.job(accepted.job_id)
    assert (job.state, job.pages_done, job.pages_total) == (JobState.DONE, 3, 3)
    material = await service.material(pmm, accepted.material_id)
    assert (material.language, material.page_count) == ("en", 3)
    assert "managed kubernetes" in material.keywords
    passages = await service.rows("passages")
    assert [row[1] for row in passages] == [0, 1, 2, 3]
    first, last = passages[1], passages[3]
    assert first[4] == "Managed Kubernetes"
    assert first[6] == "Mention the free trial"
    assert "'octavia'" in last[8]
    assert last[5].endswith("Flavor | Memory\nb3-8 | 8 GB")


async def test_a_pdf_is_indexed_without_running_lines_and_doubled_titles(service: Service) -> None:
    pmm = await service.person()
    material_id = await service.ingest(pmm, files.datasheet(), file_name="storage.pdf")
    first = (await service.rows("passages"))[1]
    assert first[4] == "Object Storage datasheet"
    assert first[5] == "Storage classes for every need"
    async with service.database.reading() as connection:
        stored = await pages.find(connection, pmm.principal, material_id)
    assert stored[0].body == (
        "Object Storage datasheet\nStorage classes for every need\nConfidential Acme 1"
    )


async def test_the_receipt_says_what_was_read_from_where(service: Service) -> None:
    pmm = await service.person()
    material_id = await service.ingest(pmm, files.deck())
    async with service.database.reading() as connection:
        version = await versions.get(connection, pmm.principal, material_id)
    assert version.extraction_status == "done"
    assert version.receipt is not None
    assert version.receipt["totals"]["pages"] == 3
    assert version.receipt["totals"]["characters"]["notes"] == len("Mention the free trial")
    assert version.receipt["pages"][2]["characters"]["table"] == len("FlavorMemoryb3-88 GB")
    assert version.receipt["baggage"]["speaker_notes"] == 1


async def test_reading_again_leaves_the_same_rows(service: Service) -> None:
    pmm = await service.person()
    material_id = await service.ingest(pmm, files.deck())
    before = await service.everything()
    again = await service.intake.extract_again(pmm, material_id)
    await service.work(again.job_id)
    assert (await service.job(again.job_id)).state is JobState.DONE
    assert await service.everything() == before


async def test_a_job_done_twice_is_done_once(service: Service) -> None:
    pmm = await service.person()
    accepted = await service.accept(pmm, files.deck())
    await service.work(accepted.job_id)
    before = await service.everything()
    await service.work(accepted.job_id)
    assert await service.everything() == before
    assert (await service.job(accepted.job_id)).attempts == 1


async def test_reading_again_keeps_what_a_person_edited(service: Service) -> None:
    pmm = await service.person()
    material_id = await service.ingest(pmm, files.deck(), file_name="battle card.pptx")
    async with service.database.transaction() as connection:
        await editing.update_metadata(
            connection,
            pmm,
            Target(material_id),
            {"name": "Mine", "keywords": ["mine"], "material_type": "PRODUCT_BRIEF"},
        )
    again = await service.intake.extract_again(pmm, material_id)
    await service.work(again.job_id)
    material = await service.material(pmm, material_id)
    assert (material.name, material.keywords) == ("Mine", ("mine",))
    assert material.material_type == "PRODUCT_BRIEF"


async def test_a_crash_while_writing_leaves_the_material_as_it_was(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    pmm = await service.person()
    material_id = await service.ingest(pmm, files.deck())
    accepted = await service.accept_version(pmm, material_id, files.deck(NEWER))
    before = await service.everything()

    async def crash(*_arguments: Any) -> None:
        raise RuntimeError("pulled the plug")

    monkeypatch.setattr(scores, "refresh", crash)
    with pytest.raises(RuntimeError):
        await service.work(accepted.job_id)
    assert await service.everything() == before
    job = await service.job(accepted.job_id)
    assert (job.state, job.code) == (JobState.FAILED, "internal_error")
    assert f"job {job.id}" in (job.message or ""), "it is a fault to be told, not an outage"


async def test_a_job_stays_open_while_there_are_attempts_left(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    pmm = await service.person()
    accepted = await service.accept(pmm, files.deck())

    async def lose(*_arguments: Any) -> None:
        raise DatabaseUnavailableError("away")

    with monkeypatch.context() as patch:
        patch.setattr(scores, "refresh", lose)
        with pytest.raises(DatabaseUnavailableError):
            await service.work(accepted.job_id, attempt=1)
        job = await service.job(accepted.job_id)
        assert (job.state, job.message) == (JobState.QUEUED, messages.TRIED_AGAIN)
        with pytest.raises(DatabaseUnavailableError):
            await service.work(accepted.job_id, attempt=2, last=True)
    assert (await service.job(accepted.job_id)).state is JobState.FAILED
    again = await service.intake.extract_again(pmm, accepted.material_id)
    await service.work(again.job_id)
    assert (await service.job(again.job_id)).state is JobState.DONE


async def test_a_foreign_error_has_one_of_our_codes(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    pmm = await service.person()
    accepted = await service.accept(pmm, files.deck())

    async def misspell(*_arguments: Any) -> None:
        raise exc.ProgrammingError("SELEC", None, Exception("syntax error"))

    monkeypatch.setattr(scores, "refresh", misspell)
    with pytest.raises(exc.ProgrammingError):
        await service.work(accepted.job_id)
    job = await service.job(accepted.job_id)
    assert (job.state, job.code) == (JobState.FAILED, "internal_error")
    assert "SELEC" not in (job.message or "")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"%PDF-1.7\nthis is no document at all", "damaged"),
        (files.deck()[:9000], "damaged"),
    ],
)
async def test_a_refused_file_says_why_and_stays_with_its_owner(
    service: Service, data: bytes, code: str
) -> None:
    pmm, colleague = await service.person(), await service.person()
    accepted = await service.accept(pmm, data, "broken.pdf")
    await service.work(accepted.job_id)
    job = await service.job(accepted.job_id)
    assert (job.state, job.code) == (JobState.REFUSED, code)
    assert job.message is not None
    assert job.message.endswith(".")
    async with service.database.reading() as connection:
        version = await versions.get(connection, pmm.principal, accepted.material_id)
        with pytest.raises(NotFoundError):
            await versions.get(connection, colleague.principal, accepted.material_id)
    assert version.extraction_status == "refused"
    kept = b"".join([block async for block in service.store.read(version.sha256)])
    assert kept == data
    assert await service.rows("material_pages") == []


async def test_pages_that_were_never_reached_are_named(service: Service) -> None:
    pmm = await service.person()
    accepted = await service.accept(pmm, files.datasheet(), "storage.pdf")
    workshop = replace(service.workshop, limits=Limits(pages=2))
    await handlers.extract(
        workshop, RunningJob(1, "extract", {"job_id": accepted.job_id}, 1, False)
    )
    job = await service.job(accepted.job_id)
    assert (job.state, job.code) == (JobState.PARTIAL, "too_many_pages")
    assert "pages 3–4" in (job.message or "")
    async with service.database.reading() as connection:
        review = await reviewing.get(connection, pmm.principal, accepted.material_id)
    (warning,) = review.warnings
    assert warning.code == "partly_read"
    assert "pages 3–4" in (warning.detail or "")


async def test_a_new_version_is_present_once_it_has_been_read(service: Service) -> None:
    pmm = await service.person()
    material_id = await service.ingest(pmm, files.deck())
    accepted = await service.accept_version(pmm, material_id, files.deck(NEWER))
    assert accepted.version_ordinal == 2
    assert (await service.material(pmm, material_id)).current_version == 1
    await service.work(accepted.job_id)
    material = await service.material(pmm, material_id)
    assert (material.current_version, material.page_count) == (2, 2)
    assert material.file_name == "newer.pptx"
    assert {row[2] for row in await service.rows("passages")} == {2}
    async with service.database.reading() as connection:
        listed = await versions.find(connection, pmm.principal, material_id)
        old = await pages.find(connection, pmm.principal, material_id, 1)
    assert [version.ordinal for version in listed] == [2, 1]
    assert [version.superseded_at is None for version in listed] == [True, False]
    assert len(old) == 3


async def test_a_refused_version_leaves_the_one_before(service: Service) -> None:
    pmm = await service.person()
    material_id = await service.ingest(pmm, files.deck())
    before = await service.everything()
    accepted = await service.accept_version(pmm, material_id, b"%PDF-1.7 broken")
    await service.work(accepted.job_id)
    assert (await service.job(accepted.job_id)).state is JobState.REFUSED
    after = await service.everything()
    added = after.pop("material_versions")
    assert before.pop("material_versions") == added[:1]
    assert after == before


async def test_old_versions_are_for_those_who_may_edit(service: Service) -> None:
    pmm, colleague = await service.person(), await service.person()
    material_id = await service.ingest(pmm, files.deck(), status=MaterialStatus.PUBLISHED)
    accepted = await service.accept_version(pmm, material_id, files.deck(NEWER))
    await service.work(accepted.job_id)
    async with service.database.reading() as connection:
        listed = await versions.find(connection, colleague.principal, material_id)
        assert [version.ordinal for version in listed] == [2]
        with pytest.raises(NotFoundError):
            await versions.get(connection, colleague.principal, material_id, 1)
        with pytest.raises(NotFoundError):
            await pages.find(connection, colleague.principal, material_id, 1)


async def test_a_cancelled_job_keeps_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    pmm = await service.person()
    accepted = await service.accept(pmm, files.deck())
    read = sandbox.read

    async def cancelled_on_the_way(
        path: Path, limits: Limits, programs: Programs
    ) -> AsyncGenerator[Record, None]:
        async for record in read(path, limits, programs):
            yield record
            if isinstance(record, Page) and record.number == 1:
                assert accepted.job_id is not None
                async with service.database.transaction() as connection:
                    await progress.cancel(connection, accepted.job_id)

    monkeypatch.setattr(sandbox, "read", cancelled_on_the_way)
    monkeypatch.setattr(reading, "TELL_EVERY_S", 0.0)
    await service.work(accepted.job_id)
    assert (await service.job(accepted.job_id)).state is JobState.CANCELLED
    assert await service.rows("material_pages") == []


async def test_a_material_deleted_on_the_way_stays_deleted(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    pmm = await service.person()
    accepted = await service.accept(pmm, files.deck())
    async with service.database.transaction() as connection:
        await editing.delete(connection, pmm, Target(accepted.material_id))
    await service.work(accepted.job_id)
    assert await service.rows("passages") == []
    job = await service.job(accepted.job_id)
    assert (job.state, job.code) == (JobState.CANCELLED, "cancelled")
    assert "deleted" in (job.message or "")


async def test_a_file_that_takes_its_worker_down_is_left_alone(service: Service) -> None:
    pmm = await service.person()
    accepted = await service.accept(pmm, files.deck())
    assert accepted.job_id is not None
    async with service.database.transaction() as connection:
        for _ in range(handlers.MAX_STARTS):
            await progress.start(connection, accepted.job_id)
    await service.work(accepted.job_id)
    job = await service.job(accepted.job_id)
    assert (job.state, job.code) == (JobState.REFUSED, "parser_crashed")


async def test_a_missing_original_is_refused_with_advice(service: Service) -> None:
    pmm = await service.person()
    accepted = await service.accept(pmm, files.deck())
    material = await service.material(pmm, accepted.material_id)
    await service.store.remove(material.content_hash or "")
    await service.work(accepted.job_id)
    job = await service.job(accepted.job_id)
    assert (job.state, job.code) == (JobState.REFUSED, "unreadable_file")


async def test_the_same_slide_in_two_decks_is_one_block(service: Service) -> None:
    pmm, colleague = await service.person(), await service.person()
    shown = await service.ingest(pmm, files.deck(), status=MaterialStatus.PUBLISHED)
    intro = ("Intro", "Welcome to this other deck of ours about something else")
    other = (intro, files.SLIDES[1], ("Thank you", "Any questions?"))
    hidden = await service.ingest(pmm, files.deck(other))
    async with service.database.reading() as connection:
        mine = await blocks.of_material(connection, pmm.principal, shown)
        shared = next(block for block in mine if block.name == "Why customers move")
        assert shared.usages == 2
        places = await blocks.where_used(connection, pmm.principal, shared.id)
        assert {(place.material_id, place.slide_number) for place in places} == {
            (shown, 2),
            (hidden, 2),
        }
        seen = await blocks.where_used(connection, colleague.principal, shared.id)
        assert [place.material_id for place in seen] == [shown]
        assert (await blocks.get(connection, colleague.principal, shared.id)).usages == 1
        own = await blocks.of_material(connection, pmm.principal, hidden)
        unseen = next(block for block in own if block.name == "Intro")
        for read in (blocks.get, blocks.where_used, blocks.variants):
            with pytest.raises(NotFoundError):
                await read(connection, colleague.principal, unseen.id)


async def test_a_slide_with_other_words_is_a_variant(service: Service) -> None:
    pmm = await service.person()
    body = " ".join(f"word{number}" for number in range(80))
    first = await service.ingest(pmm, files.deck((("Prices", body),)))
    second = await service.ingest(pmm, files.deck((("Prices", f"{body} more"),)))
    async with service.database.reading() as connection:
        one = (await blocks.of_material(connection, pmm.principal, first))[0]
        two = (await blocks.of_material(connection, pmm.principal, second))[0]
        near = await blocks.variants(connection, pmm.principal, one.id)
    assert [block.id for block in near] == [two.id]


async def test_open_ingests_return_to_the_queue(service: Service) -> None:
    pmm = await service.person()
    accepted = await service.accept(pmm, files.deck())
    async with service.database.transaction() as connection:
        await connection.exec_driver_sql("DELETE FROM pgqueuer")
    await handlers.requeue_open(service.database)
    await handlers.requeue_open(service.database)
    async with service.database.reading() as connection:
        payloads = await connection.exec_driver_sql("SELECT payload FROM pgqueuer")
        assert [bytes(row[0]) for row in payloads] == [b'{"job_id": %d}' % (accepted.job_id or 0)]


async def test_a_version_overtaken_by_a_newer_one_is_not_written(service: Service) -> None:
    pmm = await service.person()
    first = await service.accept(pmm, files.deck())
    second = await service.accept_version(pmm, first.material_id, files.deck(NEWER))
    await service.work(second.job_id)
    before = await service.everything()
    await service.work(first.job_id)
    assert await service.everything() == before
    assert (await service.job(first.job_id)).state is JobState.CANCELLED


async def test_versions_are_read_one_after_the_other(service: Service) -> None:
    pmm = await service.person()
    first = await service.accept(pmm, files.deck())
    second = await service.accept_version(pmm, first.material_id, files.deck(NEWER))
    for accepted, page_count in ((first, 3), (second, 2)):
        await service.work(accepted.job_id)
        assert (await service.job(accepted.job_id)).state is JobState.DONE
        assert (await service.material(pmm, first.material_id)).page_count == page_count


async def test_reading_again_is_one_job_while_it_lasts(service: Service) -> None:
    pmm = await service.person()
    material_id = await service.ingest(pmm, files.deck())
    again = await service.intake.extract_again(pmm, material_id)
    assert await service.intake.extract_again(pmm, material_id) == again


async def test_reading_again_takes_the_version_that_failed(service: Service) -> None:
    pmm = await service.person()
    material_id = await service.ingest(pmm, files.deck())
    newer = await service.accept_version(pmm, material_id, files.deck(NEWER))
    assert newer.job_id is not None
    async with service.database.transaction() as connection:
        await progress.finish(connection, newer.job_id, Outcome(JobState.FAILED))
    again = await service.intake.extract_again(pmm, material_id)
    assert again.version_ordinal == 2
    await service.work(again.job_id)
    assert (await service.material(pmm, material_id)).current_version == 2
