"""The queue over HTTP: stopped, full, and what came to nothing read once more."""

from typing import Any

import pytest

from search_service.app import AppOptions, create_app
from search_service.config import Settings
from tests.api.service import API, Service
from tests.integration.ingest import files

pytestmark = pytest.mark.anyio


async def test_a_pmm_pauses_and_resumes_their_own_files(service: Service) -> None:
    paused = await service.call("pmm", "POST", "/queue/pause", json={})
    assert (paused.status_code, paused.json()["paused_for_me"]) == (200, True)
    response = await service.call(
        "pmm", "POST", "/materials", files={"file": ("a.pptx", files.deck(notes="paused"))}
    )
    job_id = response.json()["job_id"]
    await service.run_job(job_id)
    assert (await service.call("pmm", "GET", f"/jobs/{job_id}")).json()["state"] == "queued"
    seen = (await service.call("other", "GET", "/queue")).json()
    assert (seen["paused_for_me"], seen["paused_for_all"]) == (False, False)
    assert seen["open_jobs"]["queued"] >= 1
    resumed = await service.call("pmm", "POST", "/queue/resume", json={})
    assert resumed.json()["paused_for_me"] is False
    await service.run_job(job_id)
    assert (await service.call("pmm", "GET", f"/jobs/{job_id}")).json()["state"] == "done"


async def test_only_an_administrator_pauses_everybody(service: Service) -> None:
    refused = await service.call("pmm", "POST", "/queue/pause", json={"everybody": True})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    paused = await service.call("admin", "POST", "/queue/pause", json={"everybody": True})
    assert paused.json()["paused_for_all"] is True
    assert (await service.call("other", "GET", "/queue")).json()["paused_for_all"] is True
    await service.call("admin", "POST", "/queue/resume", json={"everybody": True})
    assert (await service.call("other", "GET", "/queue")).json()["paused_for_all"] is False


async def test_a_refused_file_is_read_once_more(service: Service) -> None:
    accepted = await service.upload("pmm", b"%PDF-1.7\nbroken once", name="broken.pdf")
    again = await service.call("pmm", "POST", f"/jobs/{accepted['job_id']}/retry")
    assert (again.status_code, again.json()["state"]) == (202, "queued")
    assert again.headers["Location"] == f"{API}/jobs/{again.json()['id']}"
    hidden = await service.call("other", "POST", f"/jobs/{accepted['job_id']}/retry")
    assert hidden.status_code == 404


async def test_a_full_queue_is_told_before_the_file_is_sent(
    settings: Settings, service: Service
) -> None:
    waiting = files.deck(notes="the one that fills the queue")
    taken = await service.call("pmm", "POST", "/materials", files={"file": ("a.pptx", waiting)})
    app = create_app(settings.with_(queue_limit=1), AppOptions(web=False, worker=False))
    sent: list[Any] = []

    async def receive() -> Any:
        raise AssertionError("the body was asked for")

    async def send(message: Any) -> None:
        sent.append(message)

    fields = await service.headers("pmm") | {
        "Content-Type": "multipart/form-data; boundary=x",
        "Content-Length": "100000",
    }
    headers = [(name.lower().encode(), value.encode()) for name, value in fields.items()]
    async with app.lifespan():
        for path in ("/materials", f"/materials/{taken.json()['material_id']}/file"):
            sent.clear()
            await app(_scope(f"{API}{path}", headers), receive, send)
            assert sent[0]["status"] == 429
            assert dict(sent[0]["headers"])[b"retry-after"] == b"30"
            assert b'"code":"queue_full"' in sent[1]["body"]


def _scope(path: str, headers: list[tuple[bytes, bytes]]) -> Any:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("search.example.com", 443),
    }
