"""The main job as a newcomer does it: one command, real files, the right slide."""

import asyncio
import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from search_service.accounts.policy import LOCAL_ADMINISTRATOR
from search_service.cli.runtime import opened_services
from search_service.config import Settings
from search_service.search.request import SearchRequest
from tests import database as databases

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("demo")]

# What somebody might ask of the demo library, and the slides that answer it.
QUESTIONS = (
    ("H100 price per hour", {("ai-and-gpu-sales-deck.pptx", 4)}),
    ("tokens per euro", {("ai-and-gpu-sales-deck.pptx", 5)}),
    ("committed spend objection", {("hyperscaler-battle-card.pptx", 4)}),
    ("RPO RTO tiers price per VM", {("disaster-recovery-sales-deck.pptx", 4)}),
    ("DORA article 30 clauses", {("financial-services-dora-sales-deck.pptx", 3)}),
    ("Proxmox objection", {("vmware-licensing-battle-card.pptx", 5)}),
    ("72 hours prescriptions local copy", {("healthcare-sales-deck.pptx", 4)}),
    ("ping by city Sao Paulo", {("game-servers-sales-deck.pptx", 7)}),
    ("GDPR questionnaire subprocessors", {("gdpr-data-residency-brief.pdf", 4)}),
    ("CLOUD Act transfer impact assessment", {("gdpr-data-residency-brief.pdf", 3)}),
    ("TCO sensitivity traffic doubles", {("tco-comparison-brief.pdf", 3)}),
    ("SAP HANA dedicated server", {("bare-metal-catalogue-2026.pdf", 4)}),
    ("reseller margins white label", {("web-hosting-for-agencies-sales-deck.pptx", 6)}),
    ("qui est concerné par SecNumCloud", {("zone-de-confiance-secnumcloud-fr.pptx", 3)}),
    ("qui est concerne par secnumcloud", {("zone-de-confiance-secnumcloud-fr.pptx", 3)}),
    ("plan de reprise d’activité", {("catalogue-cloud-prive-2026-fr.pdf", 4)}),
    ("rançongiciel verrouillage assureur", {("fiche-produit-stockage-objet-fr.pdf", 2)}),
    ("SPF DKIM DMARC erreurs fréquentes", {("guide-noms-de-domaine-fr.pdf", 3)}),
    ("Umzug ohne Betriebsunterbrechung", {("hosted-private-cloud-praesentation-de.pptx", 4)}),
    ("capacity planning reserved capacity letter", {("retail-peak-season-sales-deck.pptx", 6)}),
    ("price of Hosted Exchange rises", {("email-collaboration-enablement.pptx", 9)}),
    ("proxmxo objectoin", {("vmware-licensing-battle-card.pptx", 5)}),
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that `demo --exit` filled."""
    folder = tmp_path_factory.mktemp("demo") / "data dir"
    folder.mkdir()
    for place in (folder, *folder.parents):
        if place.name.startswith("pytest-"):
            place.chmod(0o755)  # the server of a root session runs as nobody
    run = command(folder, "demo", "--exit")
    assert run.returncode == 0, run.stderr
    (folder / "printed.txt").write_text(run.stdout, encoding="utf-8")
    return folder


def command(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
    environment |= variables
    if databases.postgres_bin():
        environment["POSTGRES_BIN"] = databases.postgres_bin()
    return subprocess.run(
        [sys.executable, "-m", "search_service", "--data-dir", str(folder), *arguments],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        timeout=350,
    )


def test_the_demo_prints_three_searches_with_slides(demo: Path) -> None:
    printed = (demo / "printed.txt").read_text(encoding="utf-8")

    assert printed.count("search “") == 3
    assert printed.count("slide ") >= 9


def test_questions_find_their_slides_first(demo: Path) -> None:
    async def ask() -> list[str]:
        missed = []
        settings = Settings(data_dir=demo, postgres_bin=databases.postgres_bin())
        async with opened_services(settings) as services:
            for text, wanted in QUESTIONS:
                answer = await services.searcher.search(
                    LOCAL_ADMINISTRATOR, SearchRequest(text, limit=1)
                )
                found = {
                    (hit.file_name, slide.page_number)
                    for hit in answer.hits
                    for slide in hit.slides
                }
                missed += [] if wanted & found else [f"{text}: {found}"]
        return missed

    assert asyncio.run(ask()) == []


def test_the_demo_runs_again_without_reading_anything_twice(demo: Path) -> None:
    before = _exported(demo)
    run = command(demo, "demo", "--exit")

    assert run.returncode == 0, run.stderr
    assert _exported(demo) == before


def test_a_folder_is_ingested_with_an_outcome_for_each_file(demo: Path, tmp_path: Path) -> None:
    (tmp_path / "battle card.md").write_text(
        "# Zanzibar offer\n\nNobody else has a quokka discount.\n", encoding="utf-8"
    )
    (tmp_path / "broken.pptx").write_bytes(b"PK\x03\x04 not a deck at all")
    (tmp_path / "empty.pdf").write_bytes(b"")
    run = command(demo, "ingest", str(tmp_path), "--json")
    outcomes = {Path(row["path"]).name: row for row in map(json.loads, run.stdout.splitlines())}

    assert run.returncode == 0, run.stderr
    assert outcomes["battle card.md"]["status"] == "done"
    assert outcomes["battle card.md"]["pages"] == 1
    for name in ("broken.pptx", "empty.pdf"):
        assert outcomes[name]["status"] in {"refused", "rejected"}
        assert outcomes[name]["code"]
        assert outcomes[name]["message"]
    assert "To publish" in run.stderr

    answer = json.loads(command(demo, "search", "quokka discount", "--json").stdout)
    assert answer["hits"][0]["material_id"] == outcomes["battle card.md"]["material_id"]
    assert answer["hits"][0]["status"] == "DRAFT"


def test_the_table_goes_out_and_comes_back(demo: Path, tmp_path: Path) -> None:
    table = tmp_path / "library.csv"
    rows = _exported(demo)
    wanted = next(row for row in rows if row["path"].endswith("tco-comparison-brief.pdf"))
    wanted["tags"] = "renamed tag"
    with table.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(wanted))
        writer.writeheader()
        writer.writerow(wanted)
    library = next((demo / "demo-library").rglob("tco-comparison-brief.pdf")).parent
    run = command(
        demo, "ingest", str(library / Path(wanted["path"]).name), "--metadata", str(table)
    )

    assert run.returncode in {0, 1}
    if run.returncode == 0:
        changed = [row for row in _exported(demo) if row["tags"] == "renamed tag"]
        assert [row["name"] for row in changed] == [wanted["name"]]


def test_a_table_with_unknown_names_changes_nothing(demo: Path, tmp_path: Path) -> None:
    table = tmp_path / "library.csv"
    table.write_text("path,name,personas\ndeck.pptx,Deck,Emperor;King\n", encoding="utf-8")
    before = _exported(demo)
    run = command(demo, "ingest", str(tmp_path), "--metadata", str(table))

    assert run.returncode == 1
    assert "Emperor" in run.stderr
    assert "King" in run.stderr
    assert _exported(demo) == before


def _exported(folder: Path) -> list[dict[str, str]]:
    run = command(folder, "export", "--csv")
    assert run.returncode == 0, run.stderr
    return list(csv.DictReader(io.StringIO(run.stdout)))
