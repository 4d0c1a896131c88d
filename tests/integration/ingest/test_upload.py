import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from search_service.catalog import editing
from search_service.catalog.editing import Target
from search_service.db.enums import JobState, MaterialAudience, MaterialStatus, MaterialType, Role
from search_service.errors import (
    EmptyFileError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    QueueFullError,
    TooLargeError,
    UnsupportedTypeError,
)
from search_service.jobs import progress
from tests.integration.ingest import files
from tests.integration.ingest.conftest import Service

pytestmark = pytest.mark.anyio


async def counts(service: Service) -> list[int]:
    tables = ("materials", "material_versions", "ingest_jobs", "pgqueuer")
    async with service.database.reading() as connection:
        return [await connection.scalar(text(f"SELECT count(*) FROM {t}")) or 0 for t in tables]


async def test_an_upload_is_a_draft_with_a_version_and_a_waiting_job(service: Service) -> None:
    pmm = await service.person()
    accepted = await service.accept(pmm, files.deck(), "C:\\decks\\Managed_K8s (1).pptx")
    assert not accepted.duplicate
    assert await counts(service) == [1, 1, 1, 1]
    material = await service.material(pmm, accepted.material_id)
    assert material.name == "Managed K8s"
    assert material.file_name == "Managed_K8s (1).pptx"
    assert (material.file_format, material.file_size) == ("pptx", len(files.deck()))
    assert material.status is MaterialStatus.DRAFT
    assert material.audience is MaterialAudience.INTERNAL
    assert material.material_type is MaterialType.PRODUCT_SALES_DECK
    assert set(material.guessed_fields) == {"name", "material_type"}
    assert material.owner_id == pmm.principal.user_id
    assert (await service.job(accepted.job_id)).state is JobState.QUEUED
    assert material.content_hash is not None
    assert await service.store.exists(material.content_hash)


async def test_what_somebody_states_is_no_guess(service: Service) -> None:
    pmm = await service.person()
    accepted = await service.accept(
        pmm, files.deck(), "x.pptx", MaterialStatus.PUBLISHED,
        name="Portfolio", material_type="portfolio presentation", version="2.1",
    )  # fmt: skip
    material = await service.material(pmm, accepted.material_id)
    assert material.name == "Portfolio"
    assert material.material_type is MaterialType.PRODUCT_PORTFOLIO_PRESENTATION
    assert material.guessed_fields == ()
    assert set(material.edited_fields) == {"name", "material_type", "version"}
    assert material.version == "2.1"
    assert material.status is MaterialStatus.REVIEW  # nobody could look at what is in it yet


async def test_a_file_that_the_caller_sees_is_answered_with_its_material(service: Service) -> None:
    pmm, colleague = await service.person(), await service.person()
    first = await service.accept(pmm, files.deck(), status=MaterialStatus.REVIEW)
    before = await counts(service)
    # How the colleague's file is read is none of the other's business.
    for caller, job_id in ((pmm, first.job_id), (colleague, None)):
        again = await service.accept(caller, files.deck(), "other name.pptx")
        assert again.duplicate
        assert (again.material_id, again.job_id) == (first.material_id, job_id)
    assert await counts(service) == before


async def test_a_file_that_the_caller_cannot_see_becomes_a_material(service: Service) -> None:
    pmm, colleague = await service.person(), await service.person()
    first = await service.accept(pmm, files.deck())
    second = await service.accept(colleague, files.deck())
    assert not second.duplicate
    assert second.material_id != first.material_id


async def test_a_deleted_materials_file_may_come_again(service: Service) -> None:
    pmm = await service.person()
    first = await service.accept(pmm, files.deck())
    async with service.database.transaction() as connection:
        await editing.delete(connection, pmm, Target(first.material_id))
    second = await service.accept(pmm, files.deck())
    assert not second.duplicate


async def test_one_file_uploaded_twice_at_once_is_one_material(service: Service) -> None:
    pmm = await service.person()
    both = await asyncio.gather(*(service.accept(pmm, files.deck()) for _ in range(2)))
    assert len({accepted.material_id for accepted in both}) == 1
    assert sorted(accepted.duplicate for accepted in both) == [False, True]


async def test_a_duplicate_of_what_came_to_nothing_is_read_again(service: Service) -> None:
    pmm = await service.person()
    first = await service.accept(pmm, files.deck())
    assert first.job_id is not None
    async with service.database.transaction() as connection:
        await progress.cancel(connection, first.job_id)
    again = await service.accept(pmm, files.deck())
    assert again.duplicate
    assert again.job_id not in {None, first.job_id}


async def test_a_full_queue_tells_to_wait(service: Service) -> None:
    pmm = await service.person()
    for number in range(3):
        await service.accept(pmm, files.document([[f"Page {number}"]]), "a.pdf")
    with pytest.raises(QueueFullError) as caught:
        await service.accept(pmm, files.deck())
    assert caught.value.retry_after_s > 0
    assert await counts(service) == [3, 3, 3, 3]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyFileError),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, UnsupportedTypeError),
        (b"%PDF-" + b"x" * 5_000_000, TooLargeError),
    ],
)
async def test_a_file_that_cannot_be_taken_changes_nothing(
    service: Service, data: bytes, error: type[Exception]
) -> None:
    pmm = await service.person()
    with pytest.raises(error):
        await service.accept(pmm, data, "deck.pptx")
    assert await counts(service) == [0, 0, 0, 0]


async def test_wrong_metadata_are_refused_before_the_file_is_kept(service: Service) -> None:
    pmm = await service.person()
    with pytest.raises(InvalidInputError):
        await service.accept(pmm, files.deck(), material_type="novel")
    assert not service.store.root.exists()


async def test_bytes_that_came_to_nothing_are_not_kept(service: Service) -> None:
    pmm = await service.person()
    with pytest.raises(UnsupportedTypeError):
        await service.accept(pmm, b"MZ\x90\x00 no document", "tool.exe")
    with pytest.raises(InvalidInputError, match="persona"):
        await service.accept(pmm, files.deck(), "deck.pptx", persona_ids=[2**30])
    assert stored(service) == []


async def test_bytes_that_somebody_has_stay_when_they_come_to_nothing_elsewhere(
    service: Service,
) -> None:
    pmm, colleague = await service.person(), await service.person()
    await service.accept(colleague, files.deck())
    with pytest.raises(InvalidInputError):
        await service.accept(pmm, files.deck(), "deck.pptx", persona_ids=[2**30])
    assert len(stored(service)) == 1


def stored(service: Service) -> list[Path]:
    return [path for path in service.store.root.rglob("*") if path.is_file()]


async def test_sales_upload_nothing(service: Service) -> None:
    rep = await service.person(Role.SALES)
    with pytest.raises(ForbiddenError):
        await service.accept(rep, files.deck())


async def test_only_who_may_edit_uploads_a_version(service: Service) -> None:
    pmm, colleague = await service.person(), await service.person()
    published = await service.accept(pmm, files.deck(), status=MaterialStatus.PUBLISHED)
    draft = await service.accept(pmm, files.datasheet(), "d.pdf")
    with pytest.raises(ForbiddenError):
        await service.accept_version(colleague, published.material_id, files.datasheet())
    with pytest.raises(NotFoundError):
        await service.accept_version(colleague, draft.material_id, files.datasheet())


async def test_a_version_of_the_same_bytes_is_a_duplicate(service: Service) -> None:
    pmm = await service.person()
    first = await service.accept(pmm, files.deck())
    again = await service.accept_version(pmm, first.material_id, files.deck())
    assert again.duplicate
    assert again.version_ordinal == 1


async def test_a_version_that_waits_to_be_read_is_not_taken_twice(service: Service) -> None:
    pmm = await service.person()
    first = await service.accept(pmm, files.deck())
    newer = await service.accept_version(pmm, first.material_id, files.datasheet())
    again = await service.accept_version(pmm, first.material_id, files.datasheet())
    assert again.duplicate
    assert (again.version_ordinal, again.job_id) == (2, newer.job_id)
