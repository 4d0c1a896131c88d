"""Synonyms, pins, judgements and ranking weights over the interface."""

from typing import Any

import pytest
from sqlalchemy import update

from search_service.config import Settings
from search_service.db.engine import open_database
from search_service.db.enums import MaterialStatus
from search_service.db.tables import Material
from search_service.index import writer
from search_service.insights import gate, measuring
from tests.api.service import Service
from tests.integration.ingest import files

pytestmark = pytest.mark.anyio


async def publish(service: Service, title: str, body: str) -> int:
    """Upload and publish a deck of one slide; give its id."""
    accepted = await service.upload("pmm", files.deck(((title, body),)), name=f"{title}.pptx")
    material_id: int = accepted["material_id"]
    await service.set_status("pmm", material_id, "REVIEW", "PUBLISHED")
    return material_id


async def hits(service: Service, query: str) -> list[dict[str, Any]]:
    answer = await service.call("sales", "POST", "/search", json={"q": query})
    found: list[dict[str, Any]] = answer.json()["hits"]
    return found


async def test_a_synonym_lives_from_its_creation_to_its_removal(service: Service) -> None:
    deck = await publish(service, "Orchestration", "Kubernetes clusters that heal by themselves")
    body = {"from": "kubes", "to": ["kubernetes"], "two_way": True, "language": "en"}
    made = await service.call("pmm", "POST", "/synonyms", json=body)
    assert made.status_code == 201, made.text
    synonym = made.json()["synonym"]
    assert {name: synonym[name] for name in body} == body
    assert made.json()["trial"] == {
        "queries": 0, "mean_before": None, "mean_after": None, "hurt": [], "enforced": False,
        "overridden": False,
    }  # fmt: skip

    answer = await service.call("sales", "GET", "/search?q=kubes")
    assert [hit["material_id"] for hit in answer.json()["hits"]] == [deck]
    assert answer.json()["expanded"] == [{"typed": "kubes", "added": ["kubernetes"]}]

    place = f"/synonyms/{synonym['id']}"
    changed = await service.call("pmm", "PATCH", place, json={"to": ["openshift"]})
    assert changed.json()["synonym"]["to"] == ["openshift"]
    assert (await service.call("other", "GET", place)).json() == changed.json()["synonym"]
    assert await hits(service, "kubes") == []
    gone = await service.call("pmm", "DELETE", place)
    assert (gone.status_code, gone.json()["trial"]["queries"]) == (200, 0)
    assert (await service.call("pmm", "GET", place)).status_code == 404


async def test_lists_go_on_with_a_cursor(service: Service) -> None:
    made = [
        await service.call("pmm", "POST", "/synonyms", json={"from": f"s{number}", "to": ["x"]})
        for number in range(3)
    ]
    ids = [each.json()["synonym"]["id"] for each in made]
    first = (await service.call("pmm", "GET", "/synonyms?limit=2")).json()
    rest = (await service.call("pmm", "GET", f"/synonyms?cursor={first['next_cursor']}")).json()
    assert [item["id"] for item in [*first["items"], *rest["items"]]] == ids
    assert rest["next_cursor"] is None
    for synonym_id in ids:
        await service.call("pmm", "DELETE", f"/synonyms/{synonym_id}")


async def test_the_same_synonym_is_kept_once(service: Service) -> None:
    three = {"from": "DR", "to": ["a b", "c"], "two_way": True}
    made = await service.call("pmm", "POST", "/synonyms", json=three)
    synonym_id = made.json()["synonym"]["id"]
    other = await service.call("pmm", "POST", "/synonyms", json={"from": "dr", "to": ["c"]})
    place = f"/synonyms/{other.json()['synonym']['id']}"

    same = {"from": "c", "to": ["Dr", "A  b"], "two_way": True}
    again = await service.call("pmm", "POST", "/synonyms", json=same)
    changed = await service.call("pmm", "PATCH", place, json=same)
    wider = await service.call("pmm", "POST", "/synonyms", json={**same, "language": "fr"})
    itself = await service.call("pmm", "PATCH", f"/synonyms/{synonym_id}", json=same)
    one_way = {"from": "dr", "to": ["c", "a b"], "two_way": False}
    narrow = await service.call("pmm", "POST", "/synonyms", json=one_way)
    narrow_again = {"from": "DR", "to": ["A b", "c"], "two_way": False}
    assert (await service.call("pmm", "POST", "/synonyms", json=narrow_again)).status_code == 409

    for refused in (again, changed):
        assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
        assert f"Synonym {synonym_id} says this already" in refused.json()["detail"]
    assert (other.status_code, wider.status_code, itself.status_code) == (201, 201, 200)
    for each in (made, other, wider, narrow):
        await service.call("pmm", "DELETE", f"/synonyms/{each.json()['synonym']['id']}")


async def test_a_pin_lives_from_its_creation_to_its_removal(service: Service) -> None:
    found = await publish(service, "Tape", "Tape libraries for archives")
    pinned = await publish(service, "Object storage", "Buckets that never end")
    body = {"query": "Tape libraries", "material_id": pinned, "page_number": 1}
    made = await service.call("pmm", "POST", "/pins", json=body)
    assert made.status_code == 201, made.text
    pin = made.json()["pin"]
    assert {name: pin[name] for name in body} == body
    assert pin["url"].endswith(f"/m/{pinned}")

    first, second = await hits(service, "tape libraries")
    assert [(hit["material_id"], hit["pinned"]) for hit in (first, second)] == [
        (pinned, True),
        (found, False),
    ]
    assert first["slides"][0]["title"] == "Object storage"

    again = await service.call("pmm", "POST", "/pins", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    place = f"/pins/{pin['id']}"
    await service.call("pmm", "PATCH", place, json={"query": "buckets", "page_number": None})
    read = (await service.call("pmm", "GET", place)).json()
    assert (read["query"], read["page_number"]) == ("buckets", None)
    listed = (await service.call("pmm", "GET", "/pins")).json()
    assert listed == {"items": [read], "next_cursor": None}
    assert (await service.call("pmm", "DELETE", place)).status_code == 200
    assert [hit["pinned"] for hit in await hits(service, "buckets")] == [False]


async def test_the_gate_refuses_with_what_would_suffer(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "MIN_QUERIES", 1)
    good = await publish(service, "Firewalls", "Firewalls at every door")
    other = await publish(service, "Windows", "Windows in every wall")
    body = {"query": "firewalls", "material_id": good, "grade": 3}
    judged = await service.call("pmm", "POST", "/judgements", json=body)
    assert judged.status_code == 201, judged.text
    assert {name: judged.json()[name] for name in body} == body
    report = await service.call("pmm", "GET", "/judgements/report")
    assert report.json() == {"queries": [{"query": "firewalls", "ndcg": 1.0}], "mean": 1.0}

    pin = {"query": "firewalls", "material_id": other}
    refused = await service.call("pmm", "POST", "/pins", json=pin)
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "judged_queries_would_suffer")
    assert refused.headers["content-type"].startswith("application/problem+json")
    [worse] = problem["details"]["queries"]
    assert (worse["query"], worse["before"]) == ("firewalls", 1.0)
    assert worse["after"] < 1
    assert len(await hits(service, "firewalls")) == 1

    kept = await service.call("pmm", "POST", "/pins?override=true", json=pin)
    assert kept.status_code == 201
    assert kept.json()["trial"]["overridden"]
    log = await service.call("admin", "GET", "/audit-log?action=pin.create&limit=1")
    assert log.json()["items"][0]["after"]["overridden"]
    assert (await service.call("pmm", "GET", "/judgements/report")).json()["mean"] < 1

    place = f"/judgements/{judged.json()['id']}"
    assert (await service.call("pmm", "PATCH", place, json={"grade": 1})).json()["grade"] == 1
    assert (await service.call("pmm", "GET", place)).json()["judge_name"] == "Pmm Example"
    assert len((await service.call("pmm", "GET", "/judgements")).json()["items"]) == 1
    assert (await service.call("pmm", "DELETE", place)).status_code == 204
    await service.call("pmm", "DELETE", f"/pins/{kept.json()['pin']['id']}")


async def test_what_others_do_meanwhile_is_no_fault_of_a_change(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "MIN_QUERIES", 1)
    good = await publish(service, "Ledgers", "Ledgers of every branch")
    body = {"query": "ledgers", "material_id": good, "grade": 3}
    judged = (await service.call("pmm", "POST", "/judgements", json=body)).json()
    measure = measuring.measure
    url = service.database.write.url.render_as_string(hide_password=False)

    async def interrupted(*arguments: Any) -> Any:
        scores = await measure(*arguments)
        monkeypatch.setattr(measuring, "measure", measure)
        own = open_database(Settings(), url)  # the service has an event loop of its own
        try:
            async with own.transaction() as connection:
                archived = update(Material).where(Material.id == good)
                await connection.execute(archived.values(status=MaterialStatus.ARCHIVED))
                await writer.refresh_metadata(connection, good)
        finally:
            await own.close()
        return scores

    monkeypatch.setattr(measuring, "measure", interrupted)
    harmless = {"from": "harmless", "to": ["innocuous"]}
    made = await service.call("pmm", "POST", "/synonyms", json=harmless)

    assert made.status_code == 201, made.text
    assert made.json()["trial"] == {
        "queries": 1, "mean_before": 1.0, "mean_after": 1.0, "hurt": [], "enforced": True,
        "overridden": False,
    }  # fmt: skip
    assert await hits(service, "ledgers") == []
    await service.call("pmm", "DELETE", f"/judgements/{judged['id']}")
    await service.call("pmm", "DELETE", f"/synonyms/{made.json()['synonym']['id']}")


async def test_weights_are_read_and_replaced_as_a_whole(service: Service) -> None:
    before = (await service.call("pmm", "GET", "/ranking-weights")).json()
    assert before["next_slides"] == [0.05, 0.02]
    wanted = {**before, "usage": 0.1}
    put = await service.call("pmm", "PUT", "/ranking-weights", json=wanted)
    assert (put.status_code, put.json()["weights"]) == (200, wanted)
    assert (await service.call("admin", "GET", "/ranking-weights")).json() == wanted


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/synonyms", {"from": "x"}, "to"),
        ("POST", "/synonyms", {"from": "x", "to": []}, "to"),
        ("POST", "/synonyms", {"from": "x", "to": ["x"]}, "to"),
        ("POST", "/synonyms", {"from": "-", "to": ["x"]}, "from"),
        ("POST", "/synonyms", {"from": "x", "to": ["y"], "language": "xx"}, "language"),
        ("POST", "/synonyms?override=perhaps", {"from": "x", "to": ["y"]}, "override"),
        ("POST", "/pins", {"query": "tag:x", "material_id": 1}, "query"),
        ("POST", "/pins", {"query": "x", "material_id": 1, "place": 0}, "place"),
        ("POST", "/judgements", {"query": "x", "material_id": 1, "grade": 4}, "grade"),
        ("PUT", "/ranking-weights", {}, "next_slides"),
        ("GET", "/pins?limit=0", None, "limit"),
    ],
)
async def test_a_wrong_request_is_told_its_field(
    service: Service, method: str, path: str, body: dict[str, Any] | None, field: str
) -> None:
    response = await service.call("pmm", method, path, json=body)
    assert response.status_code == 400, response.text
    assert [item["field"] for item in response.json()["errors"]] == [field]


@pytest.mark.parametrize("path", ["/synonyms", "/pins", "/judgements", "/ranking-weights"])
async def test_sales_are_told_whom_to_ask(service: Service, path: str) -> None:
    response = await service.call("sales", "GET", path)
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    assert "ask one of them" in response.json()["detail"]
