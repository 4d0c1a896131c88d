"""Jobs over HTTP: their lists, their stream of events, and their end on request."""

import asyncio
import json
from contextlib import ExitStack

import pytest
from litestar import Litestar

from search_service.db.enums import Role
from search_service.serving.streams import MOST_OF_ONE
from tests.api.service import Service
from tests.integration.ingest import files

pytestmark = pytest.mark.anyio


def events_of(stream: str) -> list[tuple[str, dict[str, object]]]:
    """Read a stream of server-sent events: name and data of each."""
    events = []
    for block in stream.replace("\r\n", "\n").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in fields:
            events.append((fields["event"], json.loads(fields["data"])))
    return events


async def test_a_finished_job_is_one_event(service: Service) -> None:
    accepted = await service.upload("pmm", files.deck(notes="stream"))
    response = await service.call("pmm", "GET", f"/jobs/{accepted['job_id']}/events")
    assert response.headers["content-type"].startswith("text/event-stream")
    ((name, job),) = events_of(response.text)
    assert name == "end"
    assert (job["state"], job["pages_done"], job["is_final"]) == ("done", 3, True)


async def test_a_waiting_job_is_followed_to_its_end(service: Service) -> None:
    response = await service.call(
        "pmm", "POST", "/materials", files={"file": ("a.pptx", files.deck(notes="follow"))}
    )
    job_id = response.json()["job_id"]

    # The client reads a stream as a whole, so the job ends from another connection meanwhile.
    async def end_soon() -> None:
        await asyncio.sleep(0.7)
        await service.run_job(job_id)

    ending = asyncio.create_task(end_soon())
    stream = await asyncio.to_thread(lambda: asyncio.run(_followed(service, f"{job_id}/events")))
    await ending
    names = [name for name, _ in events_of(stream)]
    assert names[0] == "progress"
    assert names[-1] == "end"


async def _followed(service: Service, what: str, who: str = "pmm") -> str:
    response = await service.call(who, "GET", f"/jobs/{what}")
    return response.text


async def test_several_jobs_are_followed_in_one_stream(service: Service) -> None:
    done = await service.upload("pmm", files.deck(notes="several"))
    foreign = await service.upload("admin", files.deck(notes="several of others"))
    response = await service.call(
        "pmm", "POST", "/materials", files={"file": ("a.pptx", files.deck(notes="several more"))}
    )
    open_id = response.json()["job_id"]

    async def end_soon() -> None:
        await asyncio.sleep(0.7)
        await service.run_job(open_id)

    ending = asyncio.create_task(end_soon())
    ids = "&".join(f"id={each}" for each in (open_id, done["job_id"], foreign["job_id"], 999_999))
    stream = await asyncio.to_thread(lambda: asyncio.run(_followed(service, f"events?{ids}")))
    await ending
    events = [(name, job["id"], job["state"]) for name, job in events_of(stream)]
    assert events[0] == ("progress", open_id, "queued")
    assert events[1] == ("end", done["job_id"], "done")
    assert events[-1] == ("end", open_id, "done")
    assert {job_id for _, job_id, _ in events} == {open_id, done["job_id"]}


async def test_a_stream_ends_for_whom_is_signed_out(service: Service) -> None:
    await service.add_person("leaving", Role.PMM)
    files_of = {"file": ("a.pptx", files.deck(notes="of somebody who leaves"))}
    job_id = (await service.call("leaving", "POST", "/materials", files=files_of)).json()["job_id"]

    async def leave() -> None:
        await asyncio.sleep(0.7)
        path = f"/users/{service.ids['leaving']}"
        gone = await service.call("admin", "PATCH", path, json={"is_active": False})
        assert gone.status_code == 200
        await service.run_job(job_id)

    leaving = asyncio.create_task(leave())
    stream = await asyncio.to_thread(
        lambda: asyncio.run(_followed(service, f"{job_id}/events", "leaving"))
    )
    await leaving
    assert [(name, job["state"]) for name, job in events_of(stream)] == [("progress", "queued")]


async def test_a_person_follows_so_many_streams_and_no_more(
    service: Service, app: Litestar
) -> None:
    await service.add_person("follower", Role.PMM)
    done = await service.upload("follower", files.deck(notes="much followed"))
    streams = app.state.services.streams
    follower = service.ids["follower"]
    path = f"/jobs/{done['job_id']}/events"
    with ExitStack() as opened:
        for _ in range(MOST_OF_ONE):
            opened.enter_context(streams.counted(follower))
        refused = await service.call("follower", "GET", path)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
        assert refused.headers["Retry-After"]
        assert (await service.call("admin", "GET", path)).status_code == 200
    for _ in range(MOST_OF_ONE + 1):
        assert (await service.call("follower", "GET", path)).status_code == 200


async def test_a_stream_of_nobodys_jobs_is_not_there(service: Service) -> None:
    for path in (f"/jobs/events?id={999_999}", "/jobs/999999/events"):
        assert (await service.call("pmm", "GET", path)).status_code == 404
    for query in ("", "?id=x", "?" + "&".join(f"id={each}" for each in range(1, 202))):
        assert (await service.call("pmm", "GET", f"/jobs/events{query}")).status_code == 400


async def test_a_job_is_cancelled_once(service: Service) -> None:
    response = await service.call(
        "pmm", "POST", "/materials", files={"file": ("a.pptx", files.deck(notes="cancel"))}
    )
    path = f"/jobs/{response.json()['job_id']}"
    cancelled = await service.call("pmm", "POST", f"{path}/cancel")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert "read again" in cancelled.json()["message"]
    again = await service.call("pmm", "POST", f"{path}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


async def test_a_list_holds_ones_own_jobs_and_goes_on_with_its_cursor(service: Service) -> None:
    for number in range(3):
        await service.upload("other", files.deck(notes=f"list {number}"))
    first = (await service.call("other", "GET", "/jobs?limit=2")).json()
    second = (await service.call("other", "GET", f"/jobs?cursor={first['next_cursor']}")).json()
    ids = [job["id"] for job in (*first["items"], *second["items"])]
    assert len(ids) == 3
    assert ids == sorted(ids, reverse=True)
    assert second["next_cursor"] is None
    assert (await service.call("sales", "GET", "/jobs")).json()["items"] == []
    done = (await service.call("admin", "GET", "/jobs?state=done&limit=200")).json()
    assert set(ids) <= {job["id"] for job in done["items"]}


async def test_a_list_leaves_out_jobs_of_what_one_may_no_longer_see(service: Service) -> None:
    await service.add_person("giver", Role.PMM)
    given, kept, gone = [
        await service.upload("giver", files.deck(notes=f"handed over {number}"))
        for number in range(3)
    ]
    transfer = {"material_ids": [given["material_id"]], "to": "pmm@example.com"}
    handed = await service.call("giver", "POST", "/material-transfers", json=transfer)
    assert handed.status_code == 200
    deleted = f"/materials/{gone['material_id']}"
    await service.call("giver", "DELETE", deleted, headers={"If-Match": "*"})
    listed = (await service.call("giver", "GET", "/jobs?limit=3")).json()
    assert [job["id"] for job in listed["items"]] == [kept["job_id"]]
    assert listed["next_cursor"]


async def test_a_job_of_a_hidden_draft_answers_as_one_that_is_not_there(service: Service) -> None:
    accepted = await service.upload("pmm", files.deck(notes="hidden"))
    for who in ("other", "sales"):
        hidden = await service.call(who, "GET", f"/jobs/{accepted['job_id']}")
        missing = await service.call(who, "GET", "/jobs/999999")
        assert hidden.status_code == missing.status_code == 404
        assert hidden.json()["detail"] == missing.json()["detail"]
