"""Vectors after an ingest: a job of their own, and the filling-in of a whole library."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import text

from search_service.embedding.encoder import Encoder, Vectors
from search_service.ingest import embeddings
from search_service.ingest.embeddings import EMBED, embed_library, embed_material
from search_service.ingest.handlers import embed
from search_service.jobs.worker import RunningJob, WorkerOptions
from tests.integration.ingest import files
from tests.integration.ingest.conftest import Service
from tests.integration.ingest.test_worker import worker

pytestmark = pytest.mark.anyio


async def queued(service: Service) -> list[dict[str, int]]:
    """The payloads of the jobs that wait to embed something."""
    async with service.database.reading() as connection:
        rows = await connection.execute(
            text(
                "SELECT convert_from(payload, 'UTF8')::json AS payload FROM pgqueuer"
                " WHERE entrypoint = :name"
            ),
            {"name": EMBED},
        )
        return list(rows.scalars())


async def vectors(service: Service) -> list[tuple[int, int]]:
    async with service.database.reading() as connection:
        rows = await connection.execute(
            text(
                "SELECT material_id, ordinal FROM passage_embeddings WHERE length(vector) = 384"
                " ORDER BY 1, 2"
            )
        )
        return [(row.material_id, row.ordinal) for row in rows]


def semantic(service: Service, encoder: Encoder) -> Service:
    return replace(service, workshop=replace(service.workshop, encoder=encoder))


async def test_an_ingest_leaves_a_job_that_embeds_its_passages(
    service: Service, encoder: Encoder
) -> None:
    service = semantic(service, encoder)
    material_id = await service.ingest(await service.person(), files.deck())
    assert await vectors(service) == []
    assert await queued(service) == [{"material_id": material_id}]

    job = RunningJob(1, EMBED, {"material_id": material_id}, 1, is_last_attempt=False)
    for _ in range(2):
        await embed(service.workshop, job)
        assert await vectors(service) == [(material_id, number) for number in (1, 2, 3)]


async def test_switched_off_there_is_no_job_and_an_old_one_does_nothing(service: Service) -> None:
    material_id = await service.ingest(await service.person(), files.deck())
    job = RunningJob(1, EMBED, {"material_id": material_id}, 1, is_last_attempt=False)
    await embed(service.workshop, job)

    assert await queued(service) == []
    assert await vectors(service) == []


async def test_a_library_is_filled_in_and_equal_slides_are_computed_once(
    service: Service, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embeddings, "MATERIALS_AT_ONCE", 2)
    pmm = await service.person()
    slides = [("Managed Kubernetes", f"Control plane number {number}") for number in range(3)]
    made = [
        await service.ingest(pmm, files.deck(tuple(slides[: number + 1]))) for number in range(3)
    ]
    computed: list[str] = []

    class Watched(Encoder):
        def encode(self, texts: Sequence[str]) -> Vectors:
            computed.extend(texts)
            return Encoder.encode(self, texts)

    watched = Watched(encoder.name, encoder.tokenizer, encoder.network, encoder.inputs)
    assert await embeddings.count_lacking(service.database, watched) == 6
    assert [count async for count in embed_library(service.database, watched)] == [1, 2, 3]

    assert await vectors(service) == [
        (material_id, ordinal)
        for number, material_id in enumerate(made)
        for ordinal in range(1, number + 2)
    ]
    assert len(computed) == len(set(computed))
    assert await embeddings.count_lacking(service.database, watched) == 0
    assert [count async for count in embed_library(service.database, watched)] == []


async def test_a_worker_embeds_what_it_has_read(
    service: Service, encoder: Encoder, database_url: str
) -> None:
    service = semantic(service, encoder)
    async with worker(service, database_url, WorkerOptions()), asyncio.timeout(60):
        accepted = await service.accept(await service.person(), files.deck())
        while len(await vectors(service)) < 3:  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0.1)

    assert [key for key, _ in await vectors(service)] == [accepted.material_id] * 3


async def test_two_at_once_do_not_disturb_each_other(service: Service, encoder: Encoder) -> None:
    material_id = await service.ingest(await service.person(), files.deck())

    await asyncio.gather(
        *(embed_material(service.database, encoder, material_id) for _ in range(4))
    )

    assert len(await vectors(service)) == 3
