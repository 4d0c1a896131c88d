"""The commands around the library: accounts, keys, the check-up, and what they say when wrong."""

import asyncio
import json
from pathlib import Path

import pytest

from search_service.config import Settings
from search_service.db.startup import prepare
from tests import database as databases
from tests.acceptance.test_main_job import command
from tests.database import execute, fetch_column

pytestmark = [pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty data folder that the server of a root session may enter."""
    folder = tmp_path_factory.mktemp("commands")
    for place in (folder, *folder.parents):
        if place.name.startswith("pytest-"):
            place.chmod(0o755)
    return folder


def database_of(folder: Path) -> str:
    """The URL of the database that the commands on this folder use."""
    settings = Settings(data_dir=folder, postgres_bin=databases.postgres_bin())
    return asyncio.run(prepare(settings))


def test_accounts_and_keys_are_made_listed_and_ended(folder: Path) -> None:
    made = command(
        folder, "user", "create", "rep@example.com", "--name", "Rep", "--role", "sales",
        "--password", "long enough for all",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    key = command(
        folder, "api-key", "create", "rep@example.com", "--name", "CRM", "--scope", "search"
    )
    assert key.returncode == 0, key.stderr
    assert key.stdout.startswith("ssk_")
    assert len(key.stdout.split()) == 1

    ended = command(folder, "user", "deactivate", "rep@example.com")
    assert ended.returncode == 0, ended.stderr
    listed = command(folder, "user", "list")
    assert [line.split()[-1] for line in listed.stdout.splitlines() if "rep@" in line] == ["no"]


def test_a_weak_password_is_refused_in_a_sentence(folder: Path) -> None:
    run = command(
        folder, "user", "create", "weak@example.com", "--name", "Weak", "--role", "pmm",
        "--password", "short",
    )  # fmt: skip

    assert run.returncode == 1
    assert run.stderr.count("Error:") == 1
    assert "Traceback" not in run.stderr
    assert "weak@example.com" not in command(folder, "user", "list").stdout


def test_the_doctor_finds_everything_well_or_says_what_to_do(folder: Path) -> None:
    well = command(folder, "doctor")
    assert well.returncode == 0, well.stdout + well.stderr
    for what in ("PUBLIC_URL", "database", "migrations", "queue", "storage", "index", "files"):
        assert f"ok   {what}" in well.stdout


def test_an_index_that_is_not_as_its_text_is_found_and_written_anew(folder: Path) -> None:
    paper = folder / "restore.md"
    paper.write_text("# Restore\n\nIn an hour, every time.\n")
    assert command(folder, "ingest", str(paper)).returncode == 0
    url = database_of(folder)
    [material] = fetch_column(url, "SELECT id FROM materials WHERE file_name = 'restore.md'")
    execute(
        url,
        "UPDATE passages SET search_vector = 'other:1'"
        f" WHERE ordinal = 1 AND material_id = {material}",
    )

    for depth in ([], ["--deep"]):
        ill = command(folder, "doctor", *depth)
        assert ill.returncode == 1
        assert f"look index: Material {material}: passages" in ill.stdout
        assert f"search-service reindex --material {material}" in ill.stdout

    mended = command(folder, "reindex", "--material", str(material), "--json")
    assert mended.returncode == 0, mended.stderr
    assert json.loads(mended.stdout) == {"material_id": material, "passages_rewritten": 1}
    again = command(folder, "reindex")
    assert again.returncode == 0, again.stderr
    assert " materials: 0 passages" in again.stderr
    well = command(folder, "doctor", "--deep")
    assert "ok   index: All of it" in well.stdout, well.stdout + well.stderr

    unknown = command(folder, "reindex", "--material", "999999")
    assert unknown.returncode == 1
    assert "There is no material 999999" in unknown.stderr


def test_the_materials_of_somebody_who_left_go_to_another(folder: Path) -> None:
    paper = folder / "theirs.md"
    paper.write_text("# Theirs\n\nWritten by somebody who left.\n")
    for name, role in (("left", "pmm"), ("heir", "pmm"), ("seller", "sales")):
        made = command(
            folder, "user", "create", f"{name}@example.com", "--name", name, "--role", role,
            "--password", "long enough for all",
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
    assert command(folder, "ingest", str(paper), "--as", "left@example.com").returncode == 0
    assert command(folder, "user", "deactivate", "left@example.com").returncode == 0
    wrong = command(folder, "user", "transfer", "left@example.com", "seller@example.com")
    assert wrong.returncode == 1
    assert "no active product marketing manager" in wrong.stderr
    done = command(folder, "user", "transfer", "left@example.com", "heir@example.com")
    assert done.returncode == 0, done.stderr
    assert "1 materials of left@example.com belong to heir@example.com now." in done.stderr
    owners = "SELECT u.email FROM materials m JOIN users u ON u.id = m.owner_id"
    assert "heir@example.com" in fetch_column(database_of(folder), owners)


def test_a_file_that_is_gone_is_found_with_what_to_do(folder: Path) -> None:
    paper = folder / "gone.md"
    paper.write_text("# Gone\n\nThis file will not stay.\n")
    done = command(folder, "ingest", str(paper), "--json")
    material = json.loads(done.stdout)["material_id"]
    paths = f"SELECT file_path FROM materials WHERE id = {material}"
    [path] = fetch_column(database_of(folder), paths)
    kept = (folder / "files" / path).rename(folder / "kept")
    for depth in ([], ["--full"]):
        ill = command(folder, "doctor", *depth)
        assert ill.returncode == 1
        assert f"look files: files/{path} is not there" in ill.stdout
        assert "put it back from a backup" in ill.stdout
    kept.rename(folder / "files" / path)
    well = command(folder, "doctor", "--full")
    assert "ok   files: Every file is as it was uploaded" in well.stdout, well.stdout


def test_an_unknown_account_to_act_as_is_told_with_the_next_step(folder: Path) -> None:
    run = command(folder, "search", "anything", "--as", "nobody@example.com")

    assert run.returncode == 1
    assert "nobody@example.com" in run.stderr
    assert "user list" in run.stderr


def test_tidying_up_says_what_each_part_did(folder: Path) -> None:
    done = command(folder, "maintain", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    parts = {part["part"]: part for part in map(json.loads, done.stdout.splitlines())}
    assert {"sign_ins", "old_searches", "audit_months", "deleted_materials"} <= set(parts)
    assert parts["audit_months"]["count"] in {0, 2, 3}  # 0 where a test's worker has made them
    assert all(part["error"] is None for part in parts.values())
    again = command(folder, "maintain")
    assert again.returncode == 0
    assert "ok   audit_months: 0" in again.stdout


def test_a_search_in_the_terminal_is_logged_before_the_command_ends(folder: Path) -> None:
    found = command(folder, "search", "logged from the terminal", "--json")
    assert found.returncode == 0, found.stderr
    search_id = json.loads(found.stdout)["search_id"]
    url = database_of(folder)
    logged = fetch_column(url, f"SELECT channel FROM search_log WHERE search_id = '{search_id}'")
    assert logged == ["cli"]


def test_vectors_are_filled_in_where_ranking_by_meaning_is_switched_on(folder: Path) -> None:
    off = command(folder, "embed")
    assert off.returncode == 1
    assert "SEARCH_SERVICE_SEMANTIC=on" in off.stderr

    on = command(folder, "embed", SEARCH_SERVICE_SEMANTIC="on")
    if "--extra semantic" in on.stderr:
        pytest.skip(on.stderr)
    assert on.returncode == 0, on.stderr
    # What other tests of this folder have loaded got its vectors just now.
    again = command(folder, "embed", SEARCH_SERVICE_SEMANTIC="on")
    assert "No passage lacks a vector." in again.stderr


def test_the_queue_is_shown_paused_and_let_go_on(folder: Path) -> None:
    broken = folder.parent / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing of one")
    assert command(folder, "ingest", str(broken)).returncode == 0
    paused = command(folder, "queue", "pause")
    assert paused.returncode == 0, paused.stderr
    shown = json.loads(command(folder, "queue", "--json").stdout)
    assert (shown["paused"], shown["open_jobs"]) == (True, {})
    assert [(job["state"], job["code"]) for job in shown["jobs"]] == [("refused", "damaged")]
    assert command(folder, "queue", "resume").returncode == 0
    told = command(folder, "queue").stdout
    assert "Nothing waits." in told
    assert "The file is damaged." in told
