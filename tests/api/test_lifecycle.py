"""Dates, deletion and its undoing over HTTP."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from search_service.catalog import reporting
from tests.api.service import Service
from tests.integration.ingest import files

pytestmark = pytest.mark.anyio


async def found(service: Service, who: str, words: str) -> list[int]:
    answer = await service.call(who, "GET", "/search", params={"q": words})
    return [hit["material_id"] for hit in answer.json()["hits"]]


async def test_a_deleted_material_is_listed_and_brought_back(service: Service) -> None:
    slides = (("Marmots", "Marmots whistle in the high meadows"),)
    material_id = (await service.upload("pmm", files.deck(slides), "m.pptx"))["material_id"]
    await service.set_status("pmm", material_id, "REVIEW", "PUBLISHED")
    assert await found(service, "sales", "marmots") == [material_id]
    await service.call("pmm", "DELETE", f"/materials/{material_id}")
    assert await found(service, "sales", "marmots") == []
    for who in ("pmm", "admin"):
        items = (await service.call(who, "GET", "/deleted-materials")).json()["items"]
        (item,) = (item for item in items if item["id"] == material_id)
        assert (item["status"], item["file_name"]) == ("PUBLISHED", "m.pptx")
        assert item["goes_at"] > item["deleted_at"]
    for who in ("other", "sales"):
        assert (await service.call(who, "GET", "/deleted-materials")).json()["items"] == []
    restored = await service.call("pmm", "POST", f"/materials/{material_id}/restore")
    assert (restored.status_code, restored.json()["status"]) == (200, "PUBLISHED")
    assert restored.headers["etag"]
    assert await found(service, "sales", "marmots") == [material_id]
    again = await service.call("pmm", "POST", f"/materials/{material_id}/restore")
    assert (again.status_code, again.json()["code"]) == (404, "not_found")


async def test_dates_go_out_and_in_with_the_table(service: Service) -> None:
    material_id = (await service.upload("pmm", files.datasheet(), "dates.pdf"))["material_id"]
    dates = {"review_by": "2031-01-31", "expires_on": "2031-12-31"}
    changed = await service.call(
        "pmm", "PATCH", f"/materials/{material_id}", json=dates, headers={"If-Match": "*"}
    )
    assert {name: changed.json()[name] for name in dates} == dates
    table = (await service.call("pmm", "GET", "/metadata.csv")).text
    (row,) = (row for row in csv.DictReader(io.StringIO(table)) if row["path"] == "dates.pdf")
    assert {name: row[name] for name in dates} == dates
    given = b"path,expires_on\r\ndates.pdf,2032-06-30\r\n"
    assert (await service.call("pmm", "POST", "/metadata.csv", content=given)).status_code == 200
    material = (await service.call("pmm", "GET", f"/materials/{material_id}")).json()
    assert (material["review_by"], material["expires_on"]) == ("2031-01-31", "2032-06-30")


async def test_an_expired_material_is_refused_with_its_date(service: Service) -> None:
    slides = (("Old", "Words about an old price list"),)
    accepted = await service.upload("pmm", files.deck(slides), "old.pptx", expires_on="2020-01-31")
    path = f"/materials/{accepted['material_id']}/status"
    await service.set_status("pmm", accepted["material_id"], "REVIEW")
    for body in ({"status": "PUBLISHED"}, {"status": "PUBLISHED", "override": True}):
        answer = await service.call("pmm", "POST", path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "material_expired")
        assert answer.json()["details"] == {"expires_on": "2020-01-31"}


async def published(service: Service, word: str) -> int:
    slides = ((f"{word.title()} deck", f"What is to be known of every {word}, on one slide"),)
    accepted = await service.upload("pmm", files.deck(slides, word), f"{word}.pptx")
    await service.set_status("pmm", accepted["material_id"], "REVIEW", "PUBLISHED")
    return int(accepted["material_id"])


async def test_a_replaced_material_is_gone_and_says_what_replaces_it(service: Service) -> None:
    old, newer = await published(service, "auk"), await published(service, "bittern")
    newest = await published(service, "curlew")
    assert await found(service, "sales", "auk") == [old]
    named = await service.call(
        "pmm", "PUT", f"/materials/{old}/successor", json={"material_id": newer}
    )
    assert named.status_code == 200, named.text
    assert named.json()["successor"] == {"id": newer, "name": "bittern"}
    assert (named.json()["status"], await found(service, "sales", "auk")) == ("ARCHIVED", [])
    for path in ("", "/pages/1", "/pages", "/file", "/receipt", "/similar"):
        gone = await service.call("sales", "GET", f"/materials/{old}{path}")
        problem = gone.json()
        assert (gone.status_code, problem["code"]) == (410, "retired"), path
        url = f"https://search.example.com/m/{newer}"
        assert problem["details"]["name"] == "auk"
        assert problem["details"]["successor"] == {"id": newer, "name": "bittern", "url": url}
        assert problem["details"]["retired_at"] > "2020"
        assert gone.headers["link"] == f'<{url}>; rel="successor-version"'
        assert "to be known" not in gone.text
    assert (await service.call("other", "GET", f"/materials/{old}")).status_code == 200
    # What replaces it is replaced in turn: the one that can be used is named.
    await service.call("pmm", "PUT", f"/materials/{newer}/successor", json={"material_id": newest})
    gone = await service.call("sales", "GET", f"/materials/{old}")
    assert gone.json()["details"]["successor"]["id"] == newest
    # Nothing is said of one that the caller may not see.
    await service.set_status("pmm", newest, "REVIEW")
    gone = await service.call("sales", "GET", f"/materials/{old}")
    assert gone.json()["details"]["successor"] is None
    assert "link" not in gone.headers
    # Nor of what was never published, or is deleted.
    await service.call("pmm", "DELETE", f"/materials/{old}")
    assert (await service.call("sales", "GET", f"/materials/{old}")).status_code == 404


async def test_no_material_replaces_itself_over_others(service: Service) -> None:
    first, second = await published(service, "dunlin"), await published(service, "egret")
    draft = (await service.upload("pmm", files.deck((("E", "Of egrets"),)), "egrets.pptx"))[
        "material_id"
    ]
    theirs = (await service.upload("other", files.deck((("F", "Of finches"),)), "finches.pptx"))[
        "material_id"
    ]

    async def name(material: int, successor: int) -> tuple[int, str]:
        path = f"/materials/{material}/successor"
        answer = await service.call("pmm", "PUT", path, json={"material_id": successor})
        return answer.status_code, answer.json().get("code", answer.json().get("status"))

    assert await name(draft, second) == (200, "DRAFT")
    assert await name(first, draft) == (200, "PUBLISHED"), "its successor is a draft still"
    assert await name(second, first) == (409, "successor_circle")
    assert await name(first, first) == (400, "invalid_input")
    assert await name(first, theirs) == (400, "invalid_input"), "somebody else's draft"
    assert await name(first, 2**31 - 1) == (400, "invalid_input")
    await service.set_status("pmm", second, "ARCHIVED")
    assert await name(first, second) == (400, "invalid_input"), "archived itself"
    path = f"/materials/{first}/successor"
    left = await service.call("pmm", "DELETE", path)
    assert (left.status_code, left.json()["successor"]) == (200, None)


async def test_a_report_stands_with_the_owner_until_it_is_answered(service: Service) -> None:
    material_id = await published(service, "godwit")
    path = f"/materials/{material_id}/reports"

    async def reasons() -> list[str]:
        listed = await service.call("pmm", "GET", "/materials?needs_review=true&limit=200")
        items = {item["id"]: item["review_reasons"] for item in listed.json()["items"]}
        return list(items.get(material_id, []))

    said = {"reason": " The price\nis old. ", "page_number": 1}
    made = await service.call("sales", "POST", path, json=said)
    assert made.status_code == 201, made.text
    assert (made.json()["reason"], made.json()["page_number"]) == ("The price\nis old.", 1)
    assert made.json()["reporter_name"] == "Sales Example"
    again = await service.call("sales", "POST", path, json=said)
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert (await service.call("other", "POST", path, json={"reason": "So it is"})).is_success
    assert await reasons() == ["reported"]
    assert (await service.call("sales", "GET", path)).status_code == 403
    items = (await service.call("pmm", "GET", path)).json()["items"]
    assert [item["reason"] for item in items] == ["So it is", "The price\nis old."]
    for item in items:
        done = await service.call(
            "pmm", "POST", f"{path}/{item['id']}/resolution", json={"answer": "New prices"}
        )
        assert (done.status_code, done.json()["answer"]) == (200, "New prices")
        assert done.json()["resolver_name"] == "Pmm Example"
    twice = await service.call("pmm", "POST", f"{path}/{items[0]['id']}/resolution", json={})
    assert twice.status_code == 409
    assert await reasons() == []
    assert (await service.call("sales", "POST", path, json=said)).status_code == 201
    log = (await service.call("admin", "GET", "/audit-log?limit=100")).json()["items"]
    actions = [entry["action"] for entry in log if entry["object_id"] == str(material_id)]
    assert {"material.report", "material.resolve_report"} <= set(actions)


async def test_reports_are_checked_and_bounded(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    material_id = await published(service, "heron")
    path = f"/materials/{material_id}/reports"
    for body, status in (
        ({"reason": "  "}, 400),
        ({"reason": "x" * 1_001}, 400),
        ({}, 400),
        ({"reason": "old", "page_number": 2}, 404),
    ):
        assert (await service.call("admin", "POST", path, json=body)).status_code == status
    monkeypatch.setattr(reporting, "MAX_A_DAY", 1)
    assert (await service.call("admin", "POST", path, json={"reason": "old"})).is_success
    more = {"reason": "old", "page_number": 1}
    refused = await service.call("admin", "POST", path, json=more)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert refused.headers["retry-after"]
    monkeypatch.setattr(reporting, "MAX_OPEN", 1)
    refused = await service.call("other", "POST", path, json=more)
    assert refused.status_code == 429


async def test_the_queue_is_counted_and_listed_by_reason(service: Service) -> None:
    async def counts(who: str) -> dict[str, Any]:
        answer: dict[str, Any] = (await service.call(who, "GET", "/attention")).json()
        return answer

    async def listed(who: str, asked: str) -> set[int]:
        answer = await service.call(who, "GET", f"/materials?limit=200&{asked}")
        return {item["id"] for item in answer.json()["items"]}

    before = await counts("other")
    slides = (("Ibis", "An ibis in the reeds"),)
    soon = (datetime.now(UTC).date() + timedelta(days=3)).isoformat()
    draft = (await service.upload("other", files.deck(slides, "a"), "ibis.pptx"))["material_id"]
    ends = (
        await service.upload("other", files.deck(slides, "b"), "ends.pptx", expires_on=soon)
    )["material_id"]  # fmt: skip
    after = await counts("other")
    assert after["ready"] == before["ready"] + 1
    assert after["by_reason"]["expiring"] == before["by_reason"]["expiring"] + 1
    assert after["needs_review"] == before["needs_review"] + 1
    assert await listed("other", "review_reason=expiring") == {ends}
    assert draft in await listed("other", "ready=true")
    assert ends not in await listed("other", "ready=true")
    # What waits is its owner's affair, and an administrator's.
    assert not {draft, ends} & await listed("pmm", "ready=true")
    assert ends in await listed("admin", "review_reason=expiring&review_reason=reported")
    assert (await counts("sales"))["needs_review"] == 0
    unknown = await service.call("other", "GET", "/materials?review_reason=hunger")
    assert unknown.status_code == 400


async def test_materials_change_hands_over_http(service: Service) -> None:
    material_id = await published(service, "jackdaw")
    body = {"material_ids": [material_id], "to": "other@example.com"}
    done = await service.call("pmm", "POST", "/material-transfers", json=body)
    assert (done.status_code, done.json()) == (200, {"transferred": 1, "left": 0})
    material = (await service.call("pmm", "GET", f"/materials/{material_id}")).json()
    assert (material["owner_name"], material["can_edit"]) == ("Other Example", False)
    refused = await service.call("pmm", "POST", "/material-transfers", json=body)
    assert refused.status_code == 403
    path = f"/users/{service.ids['other']}/material-transfer"
    left = await service.call("admin", "POST", path, json={"to": "pmm@example.com"})
    assert left.json()["transferred"] >= 1
    assert left.json()["left"] == 0
    material = (await service.call("pmm", "GET", f"/materials/{material_id}")).json()
    assert material["owner_name"] == "Pmm Example"
