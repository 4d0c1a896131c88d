"""Where a slide stands, what became of it elsewhere, and whom that makes stale."""

import asyncio
import io
import json
from dataclasses import replace as dataclass_replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from pptx import Presentation

from search_service.accounts.caller import Caller
from search_service.catalog import editing, reuse, staleness, variants
from search_service.catalog.editing import Target
from search_service.catalog.reuse import Relation, Reuse
from search_service.catalog.staleness import RESCORE, StaleMaterial
from search_service.db.enums import MaterialStatus
from search_service.ingest import handlers
from search_service.ingest.preparation import Prepared, prepare
from search_service.ingest.receipt import Reading
from search_service.jobs.worker import RunningJob
from tests.integration.ingest.conftest import Service

pytestmark = pytest.mark.anyio

OLD = (
    "Support levels",
    (
        "First answer within eight hours, on working days and by ticket alone\n"
        "Technical account managers are named for enterprise customers, others share one"
    ),
)
NEW = (OLD[0], OLD[1].replace("eight hours", "thirty minutes").replace("alone", "or phone"))
OTHER = (
    "Migration",
    "Assess what runs and what it depends on, then move it in waves with a rollback at each step",
)
PUBLISHED = MaterialStatus.PUBLISHED


def deck(*slides: tuple[str, str], modified: datetime | None = None) -> bytes:
    """A deck without a table, so that its slides are what they say; each has bytes of its own."""
    presentation = Presentation()
    presentation.core_properties.identifier = uuid4().hex
    for title, body in slides:
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text = title, body
    if modified is not None:
        presentation.core_properties.modified = modified
    buffer = io.BytesIO()
    presentation.save(buffer)
    return buffer.getvalue()


async def used(service: Service, caller: Caller, material_id: int, page: int = 1) -> list[Reuse]:
    async with service.database.reading() as connection:
        return await reuse.of_page(connection, caller.principal, material_id, page)


async def stale(service: Service, caller: Caller) -> list[StaleMaterial]:
    async with service.database.reading() as connection:
        return await staleness.of_owner(connection, caller.principal)


async def replace(service: Service, caller: Caller, material_id: int, data: bytes) -> None:
    accepted = await service.accept_version(caller, material_id, data)
    await service.work(accepted.job_id)


async def move(service: Service, caller: Caller, material_id: int, status: MaterialStatus) -> None:
    async with service.database.transaction() as connection:
        await editing.advance(connection, caller, Target(material_id), status)


async def rescore(service: Service) -> None:
    """Do the jobs that would bring other materials' scores up to date."""
    async with service.database.transaction() as connection:
        rows = await connection.exec_driver_sql(
            f"DELETE FROM pgqueuer WHERE entrypoint = '{RESCORE}' RETURNING payload"
        )
        payloads = [json.loads(row[0]) for row in rows]
    for payload in payloads:
        await handlers.rescore(service.workshop, RunningJob(1, RESCORE, payload, 1, False))


async def health(service: Service, caller: Caller, material_id: int) -> tuple[int, str]:
    material = await service.material(caller, material_id)
    return material.health_score, " ".join(material.health_reasons)


async def test_a_page_tells_who_else_carries_it(service: Service) -> None:
    pmm = await service.person()
    first = await service.ingest(pmm, deck(OTHER, OLD))
    exact = await service.ingest(pmm, deck(OLD), name="Exact")
    near = await service.ingest(pmm, deck(OTHER, NEW), name="Near")
    found = await used(service, pmm, first, 2)
    assert [(each.material_id, each.their_page, each.relation) for each in found] == [
        (exact, 1, Relation.SAME),
        (near, 2, Relation.VARIANT),
    ]
    assert found[0].similarity == 1 > found[1].similarity > 0.5
    assert {each.block_type for each in found} == {"slide"}
    async with service.database.reading() as connection:
        pages = await reuse.of_material(connection, pmm.principal, first)
    assert {number: [each.material_id for each in found] for number, found in pages.items()} == {
        1: [near],
        2: [exact, near],
    }


async def test_a_slide_that_is_changed_in_one_deck_is_stale_in_the_others(
    service: Service,
) -> None:
    pmm = await service.person()
    source = await service.ingest(pmm, deck(OLD), status=PUBLISHED)
    carrier = await service.ingest(pmm, deck(OTHER, OLD), status=PUBLISHED)
    assert await stale(service, pmm) == []
    score, _ = await health(service, pmm, carrier)
    await replace(service, pmm, source, deck(OTHER, NEW))
    await rescore(service)
    (found,) = await stale(service, pmm)
    assert found.material_id == carrier
    (page,) = found.pages
    assert (page.page_number, page.newer.material_id, page.newer.page_number) == (2, source, 2)
    lower, reasons = await health(service, pmm, carrier)
    assert lower == score - 5
    assert "Newer wording is published elsewhere than page 2 carries (−5)." in reasons
    assert [each.relation for each in await used(service, pmm, carrier, 2)] == [Relation.NEWER]
    assert [each.relation for each in await used(service, pmm, source, 2)] == [Relation.OLDER]
    await replace(service, pmm, carrier, deck(NEW, OTHER))
    assert await stale(service, pmm) == []
    assert (await health(service, pmm, carrier))[0] == score


async def test_going_back_to_the_old_words_clears_it(service: Service) -> None:
    pmm = await service.person()
    source = await service.ingest(pmm, deck(OLD), status=PUBLISHED)
    await service.ingest(pmm, deck(OLD))
    await replace(service, pmm, source, deck(NEW))
    assert len(await stale(service, pmm)) == 1
    await replace(service, pmm, source, deck(OLD))
    assert await stale(service, pmm) == []


async def test_a_new_version_that_keeps_an_old_slide_does_not_make_it_newer(
    service: Service,
) -> None:
    pmm = await service.person()
    source = await service.ingest(pmm, deck(OLD), status=PUBLISHED)
    carrier = await service.ingest(pmm, deck(OLD), status=PUBLISHED)
    await replace(service, pmm, source, deck(NEW))
    await replace(service, pmm, carrier, deck(OLD, OTHER))
    assert [found.material_id for found in await stale(service, pmm)] == [carrier]


async def test_a_first_version_is_as_old_as_its_file(service: Service) -> None:
    pmm = await service.person()
    new = await service.ingest(
        pmm, deck(NEW, modified=datetime(2026, 3, 1, tzinfo=UTC)), status=PUBLISHED
    )
    old = await service.ingest(
        pmm, deck(OLD, modified=datetime(2024, 3, 1, tzinfo=UTC)), status=PUBLISHED
    )
    (found,) = await stale(service, pmm)
    assert (found.material_id, found.pages[0].newer.material_id) == (old, new)
    assert found.pages[0].newer.since == datetime(2026, 3, 1, tzinfo=UTC)


async def test_the_order_of_uploads_on_one_day_says_nothing(service: Service) -> None:
    pmm = await service.person()
    future = datetime(2400, 1, 1, tzinfo=UTC)
    await service.ingest(pmm, deck(OLD, modified=future), status=PUBLISHED)
    await service.ingest(pmm, deck(NEW, modified=future), status=PUBLISHED)
    assert await stale(service, pmm) == []


async def test_only_what_is_published_makes_stale_and_no_draft_is_told_of(
    service: Service,
) -> None:
    pmm, colleague = await service.person(), await service.person()
    source = await service.ingest(pmm, deck(OLD))
    carrier = await service.ingest(colleague, deck(OLD), status=PUBLISHED)
    await replace(service, pmm, source, deck(NEW))
    assert await stale(service, colleague) == []
    assert await used(service, colleague, carrier) == []
    assert [each.material_id for each in await used(service, pmm, source)] == [carrier]
    await rescore(service)
    assert "Newer wording" not in (await health(service, colleague, carrier))[1]
    await move(service, pmm, source, PUBLISHED)
    await rescore(service)
    assert [found.material_id for found in await stale(service, colleague)] == [carrier]
    assert "Newer wording" in (await health(service, colleague, carrier))[1]


@pytest.mark.parametrize("end", ["archive", "delete"])
async def test_what_is_withdrawn_makes_nobody_stale_any_more(service: Service, end: str) -> None:
    pmm = await service.person()
    source = await service.ingest(pmm, deck(OLD), status=PUBLISHED)
    carrier = await service.ingest(pmm, deck(OLD))
    await replace(service, pmm, source, deck(NEW))
    await rescore(service)
    assert "Newer wording" in (await health(service, pmm, carrier))[1]
    if end == "archive":
        await move(service, pmm, source, MaterialStatus.ARCHIVED)
    else:
        async with service.database.transaction() as connection:
            await editing.delete(connection, pmm, Target(source))
    assert await stale(service, pmm) == []
    await rescore(service)
    assert "Newer wording" not in (await health(service, pmm, carrier))[1]
    assert len(await used(service, pmm, carrier)) == (end == "archive")


async def test_an_archived_material_is_not_judged(service: Service) -> None:
    pmm = await service.person()
    source = await service.ingest(pmm, deck(OLD), status=PUBLISHED)
    carrier = await service.ingest(pmm, deck(OLD), status=MaterialStatus.ARCHIVED)
    await replace(service, pmm, source, deck(NEW))
    assert await stale(service, pmm) == []
    await move(service, pmm, carrier, MaterialStatus.DRAFT)
    assert [found.material_id for found in await stale(service, pmm)] == [carrier]


async def test_a_deck_that_builds_a_slide_up_replaces_nothing(service: Service) -> None:
    """Where the shorter slide stands beside the longer one, neither came after the other."""
    pmm = await service.person()
    longer = (OLD[0], f"{OLD[1]}\nArchitects review each design twice a year")
    source = await service.ingest(pmm, deck(OLD), status=PUBLISHED)
    await service.ingest(pmm, deck(OLD), status=PUBLISHED)
    await replace(service, pmm, source, deck(OLD, longer))
    assert await stale(service, pmm) == []


async def test_reading_again_with_other_eyes_is_no_change_of_the_slide(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    pmm = await service.person()
    first = await service.ingest(pmm, deck(OLD), status=PUBLISHED)
    await service.ingest(pmm, deck(OLD), status=PUBLISHED)
    await replace(service, pmm, first, deck(OLD, OTHER))

    def read_more(reading: Reading) -> Prepared:
        prepared = prepare(reading)
        units = [
            dataclass_replace(
                unit, content=f"{unit.content} and more", fingerprint=unit.fingerprint[::-1]
            )
            for unit in prepared.units
        ]
        return dataclass_replace(prepared, units=tuple(units))

    monkeypatch.setattr(handlers, "prepare", read_more)
    again = await service.intake.extract_again(pmm, first)
    await service.work(again.job_id)
    assert [each.relation for each in await used(service, pmm, first)] == [Relation.VARIANT]
    assert await stale(service, pmm) == []
    before = await service.rows("block_sightings")
    again = await service.intake.extract_again(pmm, first)
    await service.work(again.job_id)
    assert await service.rows("block_sightings") == before


async def test_two_decks_written_side_by_side_find_each_other(service: Service) -> None:
    pmm = await service.person()
    accepted = [
        await service.accept(pmm, deck(slide), f"{slide[1][:20]}.pptx") for slide in (OLD, NEW)
    ]
    await asyncio.gather(*(service.work(each.job_id) for each in accepted))
    one, two = (each.material_id for each in accepted)
    assert [each.material_id for each in await used(service, pmm, one)] == [two]
    assert [each.material_id for each in await used(service, pmm, two)] == [one]


async def test_reading_again_finds_variants_that_an_older_method_missed(service: Service) -> None:
    pmm = await service.person()
    one = await service.ingest(pmm, deck(OLD))
    two = await service.ingest(pmm, deck(NEW))
    async with service.database.transaction() as connection:
        for statement in (
            "DELETE FROM block_variants",
            "DELETE FROM block_bands",
            "UPDATE block_fingerprints SET bands_version = 0",
        ):
            await connection.exec_driver_sql(statement)
    for material_id in (one, two):
        again = await service.intake.extract_again(pmm, material_id)
        await service.work(again.job_id)
    assert [each.material_id for each in await used(service, pmm, one)] == [two]


async def test_many_wordings_of_one_slide_cost_each_new_one_no_more(service: Service) -> None:
    pmm = await service.person()
    names = [f"{first}{second}" for first in "bdfgklmprs" for second in "aeiouy"]
    teams = [(name, f"{' '.join(OLD[1].split())}, says team {name}") for name in names]
    await service.ingest(pmm, deck(*teams))
    last = await service.ingest(pmm, deck(OLD))
    found = await used(service, pmm, last)
    assert 0 < len(found) <= variants.MAX_VARIANTS < len(teams)
