"""What time does to a library, and how a deletion is undone."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from search_service.accounts.caller import Caller
from search_service.catalog import deleted, downloads, editing, successors
from search_service.catalog.downloads import Download
from search_service.catalog.editing import Target
from search_service.db.enums import JobState, MaterialStatus, ReviewReason, Role
from search_service.errors import (
    MaterialExpiredError,
    MaterialReplacedError,
    NotFoundError,
    SuccessorCircleError,
)
from search_service.ingest import correcting, restoring
from search_service.ingest.correcting import PageTarget
from search_service.ingest.handlers import retire
from search_service.ingest.maintenance import Done, Retention, maintain
from search_service.jobs import progress
from search_service.jobs.worker import RunningJob
from tests.integration.ingest import files
from tests.integration.ingest.conftest import Service

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(90)]

PUBLISHED = MaterialStatus.PUBLISHED


async def tidy(service: Service) -> dict[str, Done]:
    done = await maintain(service.database, service.store, Retention())
    return {each.part: each for each in done}


async def run(service: Service, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    async with service.database.transaction() as connection:
        rows = await connection.execute(text(statement), values)
        return [tuple(row) for row in rows] if rows.returns_rows else []


async def published(service: Service, owner: Caller, data: bytes, **given: Any) -> int:
    material_id = await service.ingest(owner, data, **given)
    async with service.database.transaction() as connection:
        await editing.advance(connection, owner, Target(material_id), PUBLISHED)
    return material_id


async def set_dates(service: Service, material_id: int, **days: int) -> None:
    """Let dates come that were set long ago: so many days from today, past every rule."""
    columns = ", ".join(f"{name} = CURRENT_DATE + {ahead}" for name, ahead in days.items())
    await run(
        service,
        f"UPDATE material_details SET {columns}, scores_due = CURRENT_DATE WHERE material_id = :id",
        id=material_id,
    )


async def test_what_expired_is_archived_by_the_service_and_no_longer_found(
    service: Service,
) -> None:
    pmm = await service.person()
    due = await published(service, pmm, files.deck(), file_name="due.pptx")
    later = await published(service, pmm, files.datasheet(), file_name="later.pdf")
    draft = await service.ingest(pmm, files.deck(notes="a draft"), file_name="draft.pptx")
    await set_dates(service, due, expires_on=0)
    await set_dates(service, later, expires_on=1)
    await set_dates(service, draft, expires_on=-9)
    done = await tidy(service)
    assert done["retired_materials"] == Done("retired_materials", 1)
    retired = await service.material(pmm, due)
    assert retired.status is MaterialStatus.ARCHIVED
    assert retired.archived_at is not None
    assert retired.review_reasons == (ReviewReason.EXPIRED,)
    assert (await service.material(pmm, later)).status is PUBLISHED
    assert (await service.material(pmm, later)).review_reasons == (ReviewReason.EXPIRING,)
    assert (await service.material(pmm, draft)).status is MaterialStatus.DRAFT
    assert ReviewReason.EXPIRED in (await service.material(pmm, draft)).review_reasons
    passages = "SELECT DISTINCT status::text FROM passages WHERE material_id = :id"
    assert await run(service, passages, id=due) == [("ARCHIVED",)]
    noted = "SELECT actor_id, actor_email, after->>'cause' FROM audit_logs WHERE object_id = :id"
    entries = await run(service, f"{noted} AND action = 'material.transition'", id=str(due))
    assert entries[-1] == (None, "The service itself", "expired")
    assert (await tidy(service))["retired_materials"].count == 0


async def test_health_and_reasons_change_on_their_day_though_nobody_edits(
    service: Service,
) -> None:
    pmm = await service.person()
    material_id = await published(service, pmm, files.deck())
    before = await service.material(pmm, material_id)
    assert before.review_reasons == ()
    assert (await tidy(service))["scores"].count == 0
    await set_dates(service, material_id, review_by=-1)
    assert (await tidy(service))["scores"] == Done("scores", 1)
    after = await service.material(pmm, material_id)
    assert after.health_score == before.health_score - 25
    assert after.review_reasons == (ReviewReason.REVIEW_DUE,)
    assert after.etag == before.etag, "nobody changed it"
    history = "SELECT health_score FROM material_health_history WHERE material_id = :id ORDER BY id"
    assert (await run(service, history, id=material_id))[-1] == (after.health_score,)
    assert (await tidy(service))["scores"].count == 0


async def test_the_first_use_of_an_unused_material_mends_its_health(service: Service) -> None:
    pmm = await service.person()
    material_id = await published(service, pmm, files.deck())
    await run(
        service,
        "UPDATE material_details SET published_at = now() - interval '91 days',"
        " scores_due = CURRENT_DATE WHERE material_id = :id",
        id=material_id,
    )
    await tidy(service)
    unused = await service.material(pmm, material_id)
    async with service.database.transaction() as connection:
        await downloads.note(connection, pmm, material_id, Download(version=1))
    await tidy(service)
    assert (await service.material(pmm, material_id)).health_score == unused.health_score + 10


async def test_what_a_retired_material_made_stale_is_asked_to_be_scored_anew(
    service: Service,
) -> None:
    pmm = await service.person()
    source = await published(service, pmm, files.deck(), file_name="source.pptx")
    carrier = await service.ingest(await service.person(), files.deck(notes="other"))
    changed = (
        *files.SLIDES[:2],
        (files.SLIDES[2][0], files.SLIDES[2][1].replace("three", "five")),
    )
    newer = await service.accept_version(pmm, source, files.deck(changed))
    await service.work(newer.job_id)
    await run(service, "DELETE FROM pgqueuer")
    await set_dates(service, source, expires_on=0)
    await tidy(service)
    jobs = await run(
        service,
        "SELECT convert_from(payload, 'UTF8') FROM pgqueuer WHERE entrypoint = 'rescore'",
    )
    assert any(str(carrier) in payload for (payload,) in jobs)


async def test_an_expiry_date_that_has_come_is_acted_upon_at_once(service: Service) -> None:
    pmm = await service.person()
    material_id = await published(service, pmm, files.deck())
    today = datetime.now(UTC).date()
    waiting = "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'retire'"
    for day, jobs in ((today + timedelta(days=1), 0), (today, 1)):
        async with service.database.transaction() as connection:
            changes = {"expires_on": day.isoformat()}
            await editing.update_metadata(connection, pmm, Target(material_id), changes)
        assert await run(service, waiting) == [(jobs,)]
    await retire(service.workshop, RunningJob(1, "retire", {}, 1, False))
    assert (await service.material(pmm, material_id)).status is MaterialStatus.ARCHIVED


async def test_what_has_expired_is_not_published(service: Service) -> None:
    pmm = await service.person()
    yesterday = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
    accepted = await service.accept(pmm, files.deck(), status=PUBLISHED, expires_on=yesterday)
    await service.work(accepted.job_id)
    job = await service.job(accepted.job_id)
    assert job.state is JobState.DONE
    assert "stands in review" in (job.message or "")
    material = await service.material(pmm, accepted.material_id)
    assert material.status is MaterialStatus.REVIEW
    for publish in (_transition, editing.publish_despite_warnings):
        with pytest.raises(MaterialExpiredError, match="set a later expiry date"):
            async with service.database.transaction() as connection:
                await publish(connection, pmm, Target(material.id))


async def _transition(connection: Any, caller: Caller, target: Target) -> object:
    return await editing.transition(connection, caller, target, PUBLISHED)


async def test_a_restored_material_is_as_it_was(service: Service) -> None:
    pmm = await service.person()
    other = await published(service, pmm, files.datasheet(), file_name="sheet.pdf")
    material_id = await published(service, pmm, files.deck())
    async with service.database.transaction() as connection:
        place = PageTarget(material_id, 2)
        await correcting.correct(connection, pmm, place, {"title": "Corrected"})
        await correcting.correct(
            connection, pmm, PageTarget(material_id, 1), {"hidden_from_search": True}
        )
    before = await service.everything()
    async with service.database.transaction() as connection:
        await editing.delete(connection, pmm, Target(material_id))
    assert {row[0] for row in await service.rows("passages")} == {other}
    async with service.database.transaction() as connection:
        (listed,) = await deleted.find(connection, pmm.principal)
        assert (listed.id, listed.status) == (material_id, PUBLISHED)
        assert listed.goes_at - listed.deleted_at == timedelta(days=30)
        restored = await restoring.restore(connection, pmm, material_id)
    assert restored.status is PUBLISHED
    assert await service.everything() == before
    actions = "SELECT action FROM audit_logs WHERE object_id = :id ORDER BY id"
    assert (await run(service, actions, id=str(material_id)))[-1] == ("material.undelete",)
    async with service.database.transaction() as connection:
        assert await deleted.find(connection, pmm.principal) == []


async def test_a_reading_that_the_deletion_cancelled_is_begun_anew(service: Service) -> None:
    pmm = await service.person()
    accepted = await service.accept(pmm, files.deck())
    async with service.database.transaction() as connection:
        await editing.delete(connection, pmm, Target(accepted.material_id))
        await restoring.restore(connection, pmm, accepted.material_id)
        job = await progress.latest(connection, accepted.material_id)
    assert job is not None
    assert job.id != accepted.job_id
    await service.work(job.id)
    assert (await service.material(pmm, accepted.material_id)).page_count == 3
    assert accepted.material_id in {row[0] for row in await service.rows("passages")}


async def test_only_whoever_could_delete_it_brings_a_material_back_and_not_for_ever(
    service: Service,
) -> None:
    owner, admin = await service.person(), await service.person(Role.ADMIN)
    material_id = await published(service, owner, files.deck())
    async with service.database.transaction() as connection:
        await editing.delete(connection, owner, Target(material_id))
    strangers = [await service.person(), await service.person(Role.SALES)]
    async with service.database.transaction() as connection:
        for stranger in strangers:
            assert await deleted.find(connection, stranger.principal) == []
            with pytest.raises(NotFoundError):
                await restoring.restore(connection, stranger, material_id)
        assert len(await deleted.find(connection, admin.principal)) == 1
    await run(
        service,
        "UPDATE material_details SET deleted_at = now() - interval '30 days 1 minute'"
        " WHERE material_id = :id",
        id=material_id,
    )
    async with service.database.transaction() as connection:
        with pytest.raises(NotFoundError, match="kept for 30 days"):
            await restoring.restore(connection, owner, material_id)


async def test_what_is_not_deleted_cannot_be_restored(service: Service) -> None:
    owner = await service.person()
    material_id = await service.ingest(owner, files.deck())
    async with service.database.transaction() as connection:
        with pytest.raises(NotFoundError):
            await restoring.restore(connection, owner, material_id)


async def test_a_material_goes_out_of_use_when_its_successor_is_published(
    service: Service,
) -> None:
    pmm = await service.person()
    old = await published(service, pmm, files.deck(), file_name="old.pptx")
    newer = await service.ingest(pmm, files.datasheet(), file_name="newer.pdf")
    async with service.database.transaction() as connection:
        await successors.name(connection, pmm, Target(old), newer)
    assert (await service.material(pmm, old)).status is PUBLISHED
    async with service.database.transaction() as connection:
        await editing.advance(connection, pmm, Target(newer), PUBLISHED)
    waiting = "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'retire'"
    assert await run(service, waiting) == [(1,)]
    await retire(service.workshop, RunningJob(1, "retire", {}, 1, False))
    assert (await service.material(pmm, old)).status is MaterialStatus.ARCHIVED
    async with service.database.transaction() as connection:
        for status in (MaterialStatus.DRAFT, MaterialStatus.REVIEW):
            await editing.transition(connection, pmm, Target(old), status)
    with pytest.raises(MaterialReplacedError, match="take its successor back"):
        async with service.database.transaction() as connection:
            await editing.transition(connection, pmm, Target(old), PUBLISHED)
    async with service.database.transaction() as connection:
        await successors.forget(connection, pmm, Target(old))
        await editing.transition(connection, pmm, Target(old), PUBLISHED)


async def test_two_that_name_each_other_at_once_close_no_circle(service: Service) -> None:
    pmm = await service.person()
    one = await service.ingest(pmm, files.deck(), file_name="one.pptx")
    two = await service.ingest(pmm, files.datasheet(), file_name="two.pdf")

    async def name(material_id: int, successor_id: int) -> None:
        async with service.database.transaction() as connection:
            await successors.name(connection, pmm, Target(material_id), successor_id)

    ended = await asyncio.gather(name(one, two), name(two, one), return_exceptions=True)
    assert [type(each) for each in ended if each is not None] == [SuccessorCircleError]


async def test_a_purge_forgets_that_others_were_replaced_by_it(service: Service) -> None:
    pmm = await service.person()
    old = await service.ingest(pmm, files.deck(), file_name="old.pptx")
    newer = await service.ingest(pmm, files.datasheet(), file_name="newer.pdf")
    async with service.database.transaction() as connection:
        await successors.name(connection, pmm, Target(old), newer)
        await editing.delete(connection, pmm, Target(newer))
    assert (await service.material(pmm, old)).successor is None
    await run(service, "UPDATE material_details SET deleted_at = now() - interval '31 days'"
        " WHERE material_id = :id", id=newer)  # fmt: skip
    await tidy(service)
    assert await run(service, "SELECT material_id FROM material_successors") == []
