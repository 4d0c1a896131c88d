"""The file store beside the versions that name its files."""

import os
import time
from pathlib import Path

import pytest

from search_service.db.engine import Database
from search_service.files.store import FileStore
from search_service.ingest import file_check
from search_service.ingest.file_check import FileFault, FileFinding
from tests.integration.ingest import files
from tests.integration.ingest.conftest import Service

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(90)]


async def everything(database: Database, store: FileStore) -> list[FileFinding]:
    named = await file_check.files(database)
    told: list[int] = []
    found = await file_check.check_files(store, named, told.append)
    assert sum(told) == len(named)
    return found + await file_check.check_orphans(database, store)


def age(path: Path) -> None:
    """Let a file be from two days ago."""
    then = time.time() - 2 * 24 * 3600
    os.utime(path, (then, then))


async def test_a_sound_store_has_no_findings(service: Service) -> None:
    pmm = await service.person()
    await service.ingest(pmm, files.deck())
    material_id = await service.ingest(pmm, files.datasheet(), file_name="sheet.pdf")
    newer = await service.accept_version(pmm, material_id, files.deck(notes="newer"))
    await service.work(newer.job_id)
    assert await everything(service.database, service.store) == []
    assert await file_check.check_sample(service.database, service.store) == []


async def test_what_is_lost_cut_or_changed_is_found_with_what_to_do(service: Service) -> None:
    pmm = await service.person()
    lost = await service.ingest(pmm, files.deck(), file_name="lost.pptx")
    cut = await service.ingest(pmm, files.datasheet(), file_name="cut.pdf")
    changed = await service.ingest(pmm, files.deck(notes="c"), file_name="changed.pptx")
    hashes = {
        each: (await service.material(pmm, each)).content_hash or ""
        for each in (lost, cut, changed)
    }
    paths = {each: service.store.path_of(sha256) for each, sha256 in hashes.items()}
    paths[lost].unlink()
    paths[cut].write_bytes(paths[cut].read_bytes()[:-1])
    bytes_of_changed = bytearray(paths[changed].read_bytes())
    bytes_of_changed[100] ^= 1
    paths[changed].write_bytes(bytes_of_changed)
    for found in (
        await everything(service.database, service.store),
        await file_check.check_sample(service.database, service.store),
    ):
        by_hash = {finding.sha256: finding for finding in found}
        assert {each: by_hash[hashes[each]].fault for each in hashes} == {
            lost: FileFault.MISSING,
            cut: FileFault.SIZE,
            changed: FileFault.HASH,
        }
        assert len(found) == 3
        for each, sha256 in hashes.items():
            assert f"version 1 of material {each};" in by_hash[sha256].message
            assert "put it back from a backup" in by_hash[sha256].message
            assert str(paths[each].relative_to(service.store.root)) in by_hash[sha256].message


async def test_bytes_that_belong_to_nothing_are_found_once_no_upload_can_be_behind_them(
    service: Service,
) -> None:
    pmm = await service.person()
    material_id = await service.ingest(pmm, files.deck())
    kept = service.store.path_of((await service.material(pmm, material_id)).content_hash or "")
    age(kept)
    stored = await service.store.put(files.stream(b"of nobody"), 1_000)
    (service.store.root / "incoming" / "x.part").write_bytes(b"on its way")
    assert await everything(service.database, service.store) == []
    age(service.store.path_of(stored.sha256))
    (finding,) = await everything(service.database, service.store)
    assert (finding.fault, finding.sha256) == (FileFault.ORPHAN, stored.sha256)
    assert "belongs to no material" in finding.message
    assert await file_check.check_sample(service.database, service.store) == [finding]


async def test_a_store_without_a_file_yet_is_sound(service: Service) -> None:
    assert await everything(service.database, service.store) == []
    assert await file_check.check_sample(service.database, service.store) == []
