"""Pictures of pages: made after the reading, once, and gone with their original."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text

from extractors.programs import Programs
from search_service.catalog import editing, purging
from search_service.catalog.editing import Target
from search_service.errors import UnavailableError
from search_service.files.page_images import PageImages, Size
from search_service.ingest import drawing
from search_service.ingest.drawing import AT_ONCE, DRAW, Studio
from search_service.ingest.handlers import handlers_of, studio_of
from search_service.jobs.worker import RunningJob, WorkerOptions, run_worker
from tests.integration.catalog.making import OPERATOR
from tests.integration.extractors import office
from tests.integration.ingest import files
from tests.integration.ingest.conftest import Service

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(90)]


def studio(service: Service) -> Studio:
    return studio_of(service.workshop)


async def sha256_of(service: Service, material_id: int) -> str:
    async with service.database.reading() as connection:
        statement = text("SELECT sha256 FROM material_versions WHERE material_id = :id")
        return str(await connection.scalar(statement, {"id": material_id}))


async def queued(service: Service) -> list[tuple[str, int]]:
    async with service.database.reading() as connection:
        statement = text("SELECT payload, priority FROM pgqueuer WHERE entrypoint = :name")
        rows = await connection.execute(statement, {"name": DRAW})
        return [(row.payload.decode(), row.priority) for row in rows]


async def draw(service: Service, sha256: str) -> None:
    await drawing.draw(studio(service), RunningJob(1, DRAW, {"sha256": sha256}, 1, False))


async def size_of(images: PageImages, sha256: str, number: int, size: Size) -> tuple[int, int]:
    data = await images.read(sha256, number, size)
    assert data is not None
    with Image.open(BytesIO(data)) as picture:
        assert picture.format == ("JPEG" if size is Size.PAGE else "WEBP")
        return picture.size


async def test_a_pdf_is_drawn_by_a_job_behind_all_others(service: Service) -> None:
    pmm = await service.person()
    material_id = await service.ingest(pmm, files.datasheet(), file_name="sheet.pdf")
    sha256 = await sha256_of(service, material_id)
    assert await queued(service) == [(f'{{"sha256": "{sha256}"}}', -1)]
    await draw(service, sha256)
    images = service.store.images
    assert await size_of(images, sha256, 4, Size.PAGE) == (800, 1132)
    assert await size_of(images, sha256, 4, Size.THUMB) == (240, 340)
    assert await images.read(sha256, 5, Size.PAGE) is None


async def test_the_worker_draws_one_after_the_other(service: Service, database_url: str) -> None:
    pmm = await service.person()
    found = [
        await service.ingest(pmm, files.document([[f"Sheet {name}"]]), file_name=f"{name}.pdf")
        for name in "abc"
    ]
    stop = asyncio.Event()
    options = WorkerOptions(at_once={DRAW: AT_ONCE})
    worker = asyncio.create_task(
        run_worker(database_url, handlers_of(service.workshop), stop, options)
    )
    async with asyncio.timeout(60):
        for material_id in found:
            sha256 = await sha256_of(service, material_id)
            while not await service.store.images.holds(sha256, 1):  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.1)
    stop.set()
    await asyncio.wait_for(worker, 40)


def drawing_as(service: Service, folder: Path, pdf: bytes) -> Studio:
    """A studio whose LibreOffice makes this PDF of every deck."""
    (folder / "made.pdf").write_bytes(pdf)
    script = f'cp {folder}/made.pdf "$OUT/converted.pdf"'
    program = office.pretended(folder / "soffice", script)
    return replace(studio(service), programs=Programs(program))


async def test_a_deck_waits_for_libreoffice(service: Service, tmp_path: Path) -> None:
    pmm = await service.person()
    sha256 = await sha256_of(service, await service.ingest(pmm, files.deck()))
    await draw(service, sha256)
    assert not await service.store.images.has(sha256)
    async with service.database.transaction() as connection:
        await connection.execute(text("DELETE FROM pgqueuer"))
    assert await drawing.schedule_missing(studio(service)) == 0
    pdf = files.document([[title] for title, _ in files.SLIDES])
    able = drawing_as(service, tmp_path, pdf)
    assert await drawing.schedule_missing(able) == 1
    await drawing.draw(able, RunningJob(1, DRAW, {"sha256": sha256}, 1, False))
    assert await service.store.images.holds(sha256, 3)


async def test_pictures_of_other_pages_than_were_read_are_not_shown(
    service: Service, tmp_path: Path
) -> None:
    pmm = await service.person()
    sha256 = await sha256_of(service, await service.ingest(pmm, files.deck()))
    studio = drawing_as(service, tmp_path, files.document([["Only one"]]))
    await drawing.draw(studio, RunningJob(1, DRAW, {"sha256": sha256}, 1, False))
    assert await service.store.images.has(sha256)
    assert not await service.store.images.holds(sha256, 1)


async def test_what_was_drawn_is_not_drawn_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    pmm = await service.person()
    material_id = await service.ingest(pmm, files.datasheet(), file_name="sheet.pdf")
    sha256 = await sha256_of(service, material_id)
    await draw(service, sha256)

    async def refuse(*_: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(drawing, "_draw", refuse)
    await draw(service, sha256)


async def test_a_file_that_cannot_be_drawn_is_tried_once(service: Service) -> None:
    pmm = await service.person()
    accepted = await service.accept(pmm, b"%PDF-1.7 broken", "broken.pdf")
    sha256 = await sha256_of(service, accepted.material_id)
    await draw(service, sha256)
    assert await service.store.images.has(sha256)
    assert not await service.store.images.holds(sha256, 1)


async def test_what_was_never_drawn_is_found(service: Service) -> None:
    pmm = await service.person()
    await service.ingest(pmm, files.deck())
    await service.ingest(pmm, files.datasheet(), file_name="sheet.pdf")
    other = await service.ingest(pmm, files.document([["Other"]]), file_name="other.pdf")
    async with service.database.transaction() as connection:
        await connection.execute(text("DELETE FROM pgqueuer"))
    await draw(service, await sha256_of(service, other))
    assert await drawing.schedule_missing(studio(service)) == 1
    assert len(await queued(service)) == 1


async def test_no_picture_outlives_its_original(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    pmm = await service.person()
    material_id = await service.ingest(pmm, files.datasheet(), file_name="sheet.pdf")
    sha256 = await sha256_of(service, material_id)
    drawn = drawing._draw

    async def meanwhile(given: Studio, name: str, folder: Path) -> Any:
        summary = await drawn(given, name, folder)
        await purge(service, material_id)
        return summary

    monkeypatch.setattr(drawing, "_draw", meanwhile)
    await draw(service, sha256)
    assert not await service.store.images.has(sha256)


async def test_pictures_are_purged_with_their_material(service: Service) -> None:
    pmm = await service.person()
    material_id = await service.ingest(pmm, files.datasheet(), file_name="sheet.pdf")
    sha256 = await sha256_of(service, material_id)
    await draw(service, sha256)
    await purge(service, material_id)
    assert not await service.store.images.has(sha256)


async def test_a_disk_that_takes_nothing_says_nothing_of_the_file(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    pmm = await service.person()
    material_id = await service.ingest(pmm, files.datasheet(), file_name="sheet.pdf")
    sha256 = await sha256_of(service, material_id)
    drawn = drawing._draw

    async def without_folder(given: Studio, name: str, folder: Path) -> Any:
        await asyncio.to_thread(folder.rmdir)
        return await drawn(given, name, folder)

    with monkeypatch.context() as patched:
        patched.setattr(drawing, "_draw", without_folder)
        with pytest.raises(UnavailableError):
            await draw(service, sha256)
    assert not await service.store.images.has(sha256)
    await draw(service, sha256)
    assert await service.store.images.holds(sha256, 1)


async def purge(service: Service, material_id: int) -> None:
    async with service.database.transaction() as connection:
        await editing.delete(connection, OPERATOR, Target(material_id))
    later = datetime.now(UTC) + timedelta(days=1)
    async with service.database.transaction() as connection:
        assert await purging.purge_material(connection, service.store, material_id, later)
