"""The demo library's reused slides are found; the library says itself where it planted them."""

from pathlib import Path

import pytest

from benchmarks import blocks
from benchmarks.blocks import load, measure_strangers, planted_of
from search_service.cli.demo_library import DemoLibrary, build_library
from search_service.db.engine import Database
from tests.integration.ingest import files

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> DemoLibrary:
    return build_library(tmp_path_factory.mktemp("demo"))


@pytest.mark.timeout(600)
async def test_every_planted_slide_and_variant_of_the_demo_library_is_found(
    database: Database, library: DemoLibrary
) -> None:
    shared = {placement.path for placement in library.placements}
    paths = [library.folder / path for path in sorted(shared)]
    ids = await load(database, paths, library.folder)
    by_path = {path.relative_to(library.folder).as_posix(): ids[path] for path in paths}
    async with database.transaction() as connection:
        same, variant = await planted_of(connection, library.placements, by_path)
        assert (same.kind, variant.kind) == ("same", "variant")
        assert same.found == same.pairs >= 150
        assert variant.found == variant.pairs >= 50
        await connection.exec_driver_sql("DELETE FROM block_variants")
        same, variant = await planted_of(connection, library.placements, by_path)
    assert same.missed == ()
    assert len(variant.missed) == variant.pairs


async def test_a_block_in_files_of_two_accounts_is_a_false_relative(
    tmp_path: Path,
) -> None:
    other = (("Alone", "Words that stand in no other deck of this small corpus at all"),)
    decks = {"a.pptx": files.deck(), "b.pptx": files.deck(notes="b"), "c.pptx": files.deck(other)}
    for name, data in decks.items():
        (tmp_path / name).write_bytes(data)
    rows = ["file\tsource", "a.pptx\tann/x:a", "b.pptx\tann/y:b", "c.pptx\tbob/z:c"]
    (tmp_path / "manifest.tsv").write_text("\n".join(rows), "utf-8")
    found = await measure_strangers(tmp_path)
    assert (found.files, found.accounts, found.false) == (3, 2, 0)
    rows[2] = "b.pptx\tbob/y:b"
    (tmp_path / "manifest.tsv").write_text("\n".join(rows), "utf-8")
    found = await measure_strangers(tmp_path)
    assert found.share > blocks.MOST_FALSE
    assert any("Managed Kubernetes" in example for example in found.examples)
