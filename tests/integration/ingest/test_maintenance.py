"""What is tidied up, and what is not: each part on rows that are due and rows that are not."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from search_service.catalog import editing, versions
from search_service.catalog.editing import Target
from search_service.db.engine import Database
from search_service.errors import UnavailableError
from search_service.files.content_lock import lock_content
from search_service.files.store import FileStore
from search_service.ingest import maintenance
from search_service.ingest.copies import Copies
from search_service.ingest.handlers import fill_queue, handlers_of
from search_service.ingest.maintenance import Done, Retention, maintain
from search_service.jobs.worker import WorkerOptions, run_worker
from tests.integration.catalog.making import OPERATOR
from tests.integration.ingest import files
from tests.integration.ingest.conftest import TABLES, Service

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(90)]

OF_BLOCKS = {"content_blocks", "block_fingerprints", "block_bands", "block_variants"}
OF_MATERIALS = sorted({*TABLES, "ingest_jobs"} - OF_BLOCKS)


async def execute(database: Database, *statements: str, **values: Any) -> None:
    async with database.transaction() as connection:
        for statement in statements:
            await connection.execute(text(statement), values)


async def column(database: Database, statement: str, **values: Any) -> list[Any]:
    async with database.reading() as connection:
        return list((await connection.execute(text(statement), values)).scalars())


async def tidy(service: Service, retention: Retention | None = None) -> Mapping[str, Done]:
    done = await maintain(service.database, service.store, retention or Retention())
    return {each.part: each for each in done}


async def delete(service: Service, material_id: int, days_ago: int) -> None:
    async with service.database.transaction() as connection:
        await editing.delete(connection, OPERATOR, Target(material_id))
    await execute(
        service.database,
        "UPDATE material_details SET deleted_at = now() - make_interval(days => :days)"
        " WHERE material_id = :id",
        id=material_id,
        days=days_ago,
    )


async def rows_of(database: Database, material_id: int) -> dict[str, int]:
    """How many rows each table has of a material."""
    counts = {}
    for table in OF_MATERIALS:
        key = "id" if table == "materials" else "material_id"
        statement = f"SELECT count(*) FROM {table} WHERE {key} = :id"
        (counts[table],) = await column(database, statement, id=material_id)
    return counts


async def test_expired_sign_ins_and_old_failures_go(service: Service) -> None:
    pmm = await service.person()
    await execute(
        service.database,
        "INSERT INTO refresh_tokens (user_id, family, token_hash, expires_at) VALUES"
        " (:id, gen_random_uuid(), repeat('a', 64), now() - interval '1 minute'),"
        " (:id, gen_random_uuid(), repeat('b', 64), now() + interval '1 minute')",
        "INSERT INTO login_failures (subject, failures, last_failed_at) VALUES"
        " ('account:old', 9, now() - interval '2 hours'), ('account:new', 9, now())",
        "INSERT INTO api_keys (user_id, name, prefix, key_hash, scopes, expires_at) VALUES"
        " (:id, 'old', 'ssk_', repeat('c', 64), '{search}', now() - interval '1 year')",
        id=pmm.principal.user_id,
    )
    done = await tidy(service)
    assert (done["sign_ins"].count, done["sign_in_failures"].count) == (1, 1)
    database = service.database
    assert await column(database, "SELECT left(token_hash, 1) FROM refresh_tokens") == ["b"]
    assert await column(database, "SELECT subject FROM login_failures") == ["account:new"]
    assert await column(database, "SELECT name FROM api_keys") == ["old"]


async def test_the_queues_log_and_held_jobs_go_after_thirty_days(service: Service) -> None:
    await execute(
        service.database,
        *(
            "INSERT INTO pgqueuer (priority, status, entrypoint, updated) VALUES"
            f" (0, '{status}', '{status} {days}', now() - interval '{days} days')"
            for status, days in (("failed", 31), ("failed", 29), ("queued", 31))
        ),
        "INSERT INTO pgqueuer_log (job_id, status, priority, entrypoint, created) VALUES"
        " (1, 'successful', 0, 'old', now() - interval '31 days'),"
        " (2, 'successful', 0, 'new', now() - interval '29 days')",
    )
    assert (await tidy(service))["queue"].count == 1
    held = await column(service.database, "SELECT entrypoint FROM pgqueuer ORDER BY 1")
    assert held == ["failed 29", "queued 31"]
    assert "old" not in await column(service.database, "SELECT entrypoint FROM pgqueuer_log")
    assert "new" in await column(service.database, "SELECT entrypoint FROM pgqueuer_log")


async def test_searches_and_clicks_go_after_their_days(service: Service) -> None:
    kept, other = "'00000000-0000-4000-8000-000000000001'", "gen_random_uuid()"
    search = (
        "INSERT INTO search_log (search_id, logged_at, channel, query, total, partial, corrected,"
        " latency_ms) VALUES ({id}, {at}, 'api', '{words}', 1, false, false, 1)"
    )
    click = (
        "INSERT INTO search_clicks (search_id, user_id, material_id, clicked_at)"
        " VALUES ({id}, 1, {material}, {at})"
    )
    await execute(
        service.database,
        "CREATE TABLE search_log_2020_01 PARTITION OF search_log"
        " FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2020-02-01 00:00+00')",
        search.format(id=other, at="'2020-01-15'", words="of an old month"),
        search.format(id=other, at="now() - interval '11 days'", words="old"),
        search.format(id=kept, at="now() - interval '9 days'", words="kept"),
        click.format(id=kept, material=1, at="now() - interval '11 days'"),
        click.format(id=kept, material=2, at="now() - interval '9 days'"),
        click.format(id=other, material=3, at="now() - interval '25 hours'"),
        click.format(id=other, material=4, at="now() - interval '23 hours'"),
    )
    done = await tidy(service, Retention(search_log_days=10))
    # The month as a whole, one search, one click, and one that belongs to no search.
    assert done["old_searches"].count == 4
    assert await column(service.database, "SELECT query FROM search_log") == ["kept"]
    assert await column(service.database, "SELECT material_id FROM search_clicks ORDER BY 1") == [
        2,
        4,
    ]
    assert await column(service.database, "SELECT to_regclass('search_log_2020_01')") == [None]


async def test_a_material_deleted_long_ago_goes_with_its_rows_and_its_file(
    service: Service,
) -> None:
    pmm = await service.person()
    gone = await service.ingest(pmm, files.deck(), file_name="gone.pptx")
    waits = await service.ingest(pmm, files.datasheet(), file_name="waits.pdf")
    stays = await service.ingest(pmm, files.deck(notes="others"), file_name="stays.pptx")
    hashes = {
        material_id: (await service.material(pmm, material_id)).content_hash or ""
        for material_id in (gone, waits, stays)
    }
    assert all((await rows_of(service.database, gone)).values())
    kept = await rows_of(service.database, stays)
    await delete(service, gone, days_ago=31)
    await delete(service, waits, days_ago=29)
    done = await tidy(service)
    assert (done["deleted_materials"].count, done["index_changes"].count) == (1, 1)
    assert set((await rows_of(service.database, gone)).values()) == {0}
    assert (await rows_of(service.database, waits))["materials"] == 1
    assert await rows_of(service.database, stays) == kept
    changes = await column(service.database, "SELECT material_id FROM index_changes ORDER BY 1")
    assert changes == sorted([waits, stays])
    on_disk = {each: await service.store.exists(hashes[each]) for each in hashes}
    assert on_disk == {gone: False, waits: True, stays: True}
    noted = "SELECT object_id FROM audit_logs WHERE action = 'material.purge'"
    assert await column(service.database, noted) == [str(gone)]


async def test_a_file_that_another_version_has_stays(service: Service) -> None:
    pmm = await service.person()
    other = await service.person()
    shared = files.deck()
    first = await service.ingest(pmm, shared)
    second = await service.ingest(other, shared)
    assert first != second, "the first is another's draft"
    newer = await service.accept_version(other, second, files.datasheet())
    await service.work(newer.job_id)
    sha256 = (await service.material(pmm, first)).content_hash or ""
    await delete(service, first, days_ago=31)
    assert (await tidy(service))["deleted_materials"].count == 1
    assert await service.store.exists(sha256)
    await delete(service, second, days_ago=31)
    assert (await tidy(service))["deleted_materials"].count == 1
    assert not [path for path in service.store.root.rglob("*") if path.is_file()]


async def test_an_upload_of_bytes_that_are_just_being_removed_is_told_to_come_again(
    service: Service,
) -> None:
    pmm = await service.person()
    sha256 = await _kept(service, files.deck())
    async with service.database.transaction() as purging:
        await lock_content(purging, sha256)
        upload = asyncio.create_task(service.accept(pmm, files.deck()))
        await _until_somebody_waits(service.database)
        await service.store.remove(sha256)
    with pytest.raises(UnavailableError, match="upload it again"):
        await upload
    assert await column(service.database, "SELECT id FROM materials") == []
    again = await service.accept(pmm, files.deck())
    assert await service.store.exists(sha256)
    assert not again.duplicate


async def test_a_newer_version_of_such_bytes_is_told_as_well(service: Service) -> None:
    pmm = await service.person()
    material_id = await service.ingest(pmm, files.datasheet(), file_name="sheet.pdf")
    sha256 = await _kept(service, files.deck())
    async with service.database.transaction() as purging:
        await lock_content(purging, sha256)
        upload = asyncio.create_task(service.accept_version(pmm, material_id, files.deck()))
        await _until_somebody_waits(service.database)
        await service.store.remove(sha256)
    with pytest.raises(UnavailableError, match="upload it again"):
        await upload
    assert await column(service.database, "SELECT max(ordinal) FROM material_versions") == [1]


async def test_bytes_that_are_just_being_uploaded_again_are_not_removed(
    service: Service,
) -> None:
    pmm = await service.person()
    gone = await service.ingest(pmm, files.deck())
    other = await service.ingest(pmm, files.datasheet(), file_name="sheet.pdf")
    sha256 = (await service.material(pmm, gone)).content_hash or ""
    await delete(service, gone, days_ago=31)
    async with service.database.transaction() as uploading:
        await lock_content(uploading, sha256)
        purge = asyncio.create_task(tidy(service))
        await _until_somebody_waits(service.database)
        await uploading.execute(
            text(
                "INSERT INTO material_versions (material_id, ordinal, sha256, file_name,"
                " file_format, media_type, file_size)"
                " VALUES (:id, 2, :sha256, 'a.pptx', 'pptx', 'x/y', 1)"
            ),
            {"id": other, "sha256": sha256},
        )
    assert (await purge)["deleted_materials"].count == 1
    assert await service.store.exists(sha256)


async def test_a_part_that_fails_stops_no_other(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    pmm = await service.person()
    first = await service.ingest(pmm, files.deck())
    second = await service.ingest(pmm, files.datasheet(), file_name="sheet.pdf")
    broken = (await service.material(pmm, first)).content_hash
    for material_id in (first, second):
        await delete(service, material_id, days_ago=31)

    async def fail(_connection: object) -> int:
        raise ValueError("a bug")

    remove = FileStore.remove

    async def remove_but_one(self: FileStore, sha256: str) -> None:
        if sha256 == broken:
            raise OSError("a broken disk")
        await remove(self, sha256)

    monkeypatch.setattr(maintenance, "purge_families", fail)
    monkeypatch.setattr(FileStore, "remove", remove_but_one)
    done = await tidy(service)
    assert done["sign_ins"] == Done("sign_ins", error="a bug")
    assert done["deleted_materials"] == Done("deleted_materials", 1, "a broken disk")
    assert [name for name, each in done.items() if each.error is None] == [
        "sign_in_failures", "queue", "orphan_blocks", "search_statistics", "audit_months",
        "search_months", "old_searches", "past_queries", "unused_copies", "interrupted_readings",
        "retired_materials", "scores",
        "index_changes",
    ]  # fmt: skip
    assert (await rows_of(service.database, first))["materials"] == 1
    assert (await rows_of(service.database, second))["materials"] == 0


async def test_a_purged_file_takes_its_copies_along(service: Service) -> None:
    pmm = await service.person()
    material_id = await service.ingest(pmm, files.deck(notes="copied and purged"))
    async with service.database.reading() as connection:
        version = await versions.read(connection, material_id, 1)
    assert version is not None
    copy = await Copies(service.store, max_bytes=10**7).of(None, version)
    await delete(service, material_id, days_ago=31)
    assert (await tidy(service))["deleted_materials"].count == 1
    assert not copy.stored.path.exists()


async def test_a_block_that_stands_nowhere_is_forgotten_and_the_others_stay(
    service: Service,
) -> None:
    pmm = await service.person()
    material_id = await service.ingest(pmm, files.deck())
    kept = (*files.SLIDES[:1], ("Pricing", "Nodes are paid by the hour, support by the year"))
    newer = await service.accept_version(pmm, material_id, files.deck(kept))
    await service.work(newer.job_id)
    used = {row[1] for row in await service.rows("content_block_usages")}
    before = {row[0] for row in await service.rows("content_blocks")}
    assert before > used
    assert (await tidy(service))["orphan_blocks"].count == len(before - used)
    assert {row[0] for row in await service.rows("content_blocks")} == used


async def test_a_running_worker_tidies_up_every_hour(
    service: Service, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = (
        "SELECT extract(epoch FROM execute_after - now())::integer FROM pgqueuer"
        " WHERE entrypoint = 'maintain' AND status = 'queued' ORDER BY 1"
    )
    stop = asyncio.Event()
    options = WorkerOptions(on_connected=partial(fill_queue, service.database))
    worker = asyncio.create_task(
        run_worker(database_url, handlers_of(service.workshop), stop, options)
    )
    try:
        async with asyncio.timeout(30):
            while not (due := await column(service.database, waiting)):  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.05)
        assert 0 < due[0] <= 60
        await fill_queue(service.database)
        assert len(await column(service.database, waiting)) <= 2, "one for each hour"
        await execute(
            service.database,
            "INSERT INTO login_failures (subject, failures, last_failed_at)"
            " VALUES ('account:old', 9, now() - interval '2 hours')",
            "UPDATE pgqueuer SET execute_after = now() WHERE entrypoint = 'maintain'",
        )
        async with asyncio.timeout(30):
            while await column(service.database, "SELECT subject FROM login_failures"):  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.05)
        following = await column(service.database, waiting)
        assert following
        assert 3500 < following[-1] <= 3600
    finally:
        stop.set()
        await asyncio.wait_for(worker, 40)


async def _kept(service: Service, data: bytes) -> str:
    """Bytes in the store that nothing refers to."""
    return (await service.store.put(files.stream(data), 5_000_000)).sha256


async def _until_somebody_waits(database: Database) -> None:
    waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    async with asyncio.timeout(20):
        while not await column(database, waiting):  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.02)
