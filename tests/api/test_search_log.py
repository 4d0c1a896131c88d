"""Searches are logged behind their answers; clicks, analytics, erasing and several at once."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from tests.api.service import Client, Service
from tests.integration.ingest import files

pytestmark = pytest.mark.anyio

QUERY = "kubernetes cluster"
IS_LOGGED = "SELECT 1 FROM search_log WHERE search_id = :id"


@pytest.fixture(scope="module")
async def deck(service: Service, anyio_backend: str) -> int:
    """A published deck that everybody finds, with one that is its owner's alone."""
    slides = (("Kubernetes", "A cluster of containers that scales by itself"),)
    accepted = await service.upload("pmm", files.deck(slides), name="k8s.pptx")
    await service.set_status("pmm", accepted["material_id"], "REVIEW", "PUBLISHED")
    return int(accepted["material_id"])


@pytest.fixture(scope="module")
async def draft(service: Service, anyio_backend: str) -> int:
    slides = (("Secret", "Words of a draft that nobody else sees"),)
    return int((await service.upload("pmm", files.deck(slides), name="d.pptx"))["material_id"])


async def flushed(service: Service) -> None:
    """Wait until everything asked so far is in the log: it is written in the order asked."""
    last = UUID((await ask(service, "admin", q="the last"))["search_id"])
    async with asyncio.timeout(20):
        while not await rows(service, IS_LOGGED, id=last):  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.1)


async def rows(service: Service, statement: str, **values: Any) -> list[dict[str, Any]]:
    async with service.database.reading() as connection:
        found = await connection.execute(text(statement), values)
        return [dict(row) for row in found.mappings()]


async def ask(service: Service, who: str, **parameters: Any) -> dict[str, Any]:
    response = await service.call(who, "GET", "/search", params=parameters)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def clicked(service: Service, who: str, search_id: object, **click: Any) -> int:
    path = f"/search/{search_id}/clicks"
    return (await service.call(who, "POST", path, json=click)).status_code


async def test_an_answered_search_is_logged_with_what_came_of_it(
    service: Service, deck: int
) -> None:
    answer = await ask(service, "sales", q=f"{QUERY.upper()}  language:en", persona="CTO")
    await flushed(service)
    (row,) = await rows(
        service,
        "SELECT * FROM search_log WHERE search_id = :id",
        id=UUID(answer["search_id"]),
    )
    assert row["user_id"] == service.ids["sales"]
    assert (row["role"], row["channel"]) == ("sales", "api")
    assert row["query"] == "KUBERNETES CLUSTER language:en"
    assert row["normalised_query"] == QUERY
    assert row["filters"] == {"persona": ["CTO"], "language": ["en"]}
    assert row["total"] == answer["total"] == 0
    assert row["latency_ms"] == pytest.approx(answer["took_ms"], rel=1e-3)
    everything = await ask(service, "sales", q=QUERY)
    await flushed(service)
    (row,) = await rows(
        service,
        "SELECT total, partial, corrected, material_ids FROM search_log WHERE search_id = :id",
        id=UUID(everything["search_id"]),
    )
    assert row == {"total": 1, "partial": False, "corrected": False, "material_ids": [deck]}


async def test_a_further_page_is_no_new_search(service: Service, deck: int) -> None:
    await service.upload("pmm", files.datasheet(), name="sheet.pdf")
    first = await ask(service, "pmm", limit=1)
    second = await ask(service, "pmm", limit=1, cursor=first["next_cursor"])
    await flushed(service)
    assert second["hits"]
    assert second["search_id"] is None
    logged = await rows(
        service, "SELECT search_id FROM search_log WHERE user_id = :id", id=service.ids["pmm"]
    )
    assert logged == [{"search_id": UUID(first["search_id"])}]


async def test_a_refused_search_is_not_logged(service: Service) -> None:
    refused = {"q": "refused", "cursor": "forged"}
    assert (await service.call("sales", "GET", "/search", params=refused)).status_code == 400
    await flushed(service)
    assert not await rows(service, "SELECT 1 FROM search_log WHERE query = 'refused'")


async def test_a_click_is_stored_once_even_before_its_search(service: Service, deck: int) -> None:
    answer = await ask(service, "sales", q=QUERY)
    click = {"material_id": deck, "page_number": 1, "position": 1}
    for _ in range(2):
        assert await clicked(service, "sales", answer["search_id"], **click) == 204
    await flushed(service)
    (row,) = await rows(
        service,
        "SELECT c.material_id, c.page_number, c.position, c.user_id FROM search_clicks c"
        " JOIN search_log USING (search_id, user_id) WHERE search_id = :id",
        id=UUID(answer["search_id"]),
    )
    assert row == click | {"user_id": service.ids["sales"]}


async def test_only_what_one_may_see_can_be_clicked(
    service: Service, deck: int, draft: int
) -> None:
    search_id = uuid4()
    assert await clicked(service, "sales", search_id, material_id=draft) == 404
    assert await clicked(service, "other", search_id, material_id=draft) == 404
    assert await clicked(service, "sales", search_id, material_id=2**31 - 1) == 404
    assert await clicked(service, "pmm", search_id, material_id=draft) == 204
    assert await clicked(service, "sales", search_id, material_id=deck, page_number=99) == 404
    found = "SELECT user_id FROM search_clicks WHERE search_id = :id"
    assert await rows(service, found, id=search_id) == [{"user_id": service.ids["pmm"]}]


async def test_what_is_no_search_and_no_click_is_refused(service: Service, deck: int) -> None:
    assert await clicked(service, "sales", "nonsense", material_id=deck) == 404
    assert await clicked(service, "sales", uuid4(), material_id=deck, position=0) == 400
    assert await clicked(service, "sales", uuid4(), material_id=deck, page=1) == 400


async def analytics(service: Service, who: str = "other", **parameters: Any) -> dict[str, Any]:
    response = await service.call(who, "GET", "/search/analytics", params=parameters)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def test_analytics_sum_up_what_was_asked_and_what_is_missing(
    service: Service, deck: int
) -> None:
    cfo = (await service.call("pmm", "POST", "/personas", json={"name": "CFO"})).json()["id"]
    for who in ("sales", "sales", "other"):
        await ask(service, who, q="Quantum  backup", persona=str(cfo), product="Vault")
    await ask(service, "sales", q="quantum backup", persona="cfo", product="Vault")
    opened = await ask(service, "sales", q="containers")
    await clicked(service, "sales", opened["search_id"], material_id=deck)
    ignored = await ask(service, "sales", q="scales")
    # Somebody else's click on it does not count.
    await clicked(service, "other", ignored["search_id"], material_id=deck)
    await flushed(service)
    found = await analytics(service, days=1, limit=100)

    (asked,) = [item for item in found["top_queries"] if item["query"] == "quantum backup"]
    assert asked == {"query": "quantum backup", "searches": 4, "people": 2, "clicked": 0}
    (gap,) = [g for g in found["queries_without_results"] if g["query"] == "quantum backup"]
    assert (gap["persona"], gap["product"]) == ("CFO", "Vault")
    assert (gap["searches"], gap["people"]) == (4, 2)
    unopened = {gap["query"] for gap in found["queries_without_clicks"]}
    assert "scales" in unopened
    assert not unopened & {"containers", "quantum backup"}
    assert "user_id" not in str(found)
    assert "example.com" not in str(found)
    assert found["without_results"] >= 4


async def test_the_lists_of_analytics_are_bounded(service: Service) -> None:
    for word in ("alpha", "beta", "gamma"):
        await ask(service, "sales", q=f"nothing{word}")
    await flushed(service)
    found = await analytics(service, limit=2)
    assert len(found["queries_without_results"]) == 2
    assert len(found["top_queries"]) == 2
    for wrong in ({"days": 0}, {"days": 367}, {"limit": 101}):
        response = await service.call("pmm", "GET", "/search/analytics", params=wrong)
        assert response.status_code == 400


async def test_an_administrator_erases_a_persons_searches(service: Service, deck: int) -> None:
    written = await ask(service, "sales", q=QUERY)
    await clicked(service, "sales", written["search_id"], material_id=deck)
    await flushed(service)
    await ask(service, "sales", q="still in the buffer")
    await ask(service, "other", q="of somebody else")
    path = f"/users/{service.ids['sales']}/searches"
    assert (await service.call("pmm", "DELETE", path)).status_code == 403
    erased = await service.call("admin", "DELETE", path)
    assert erased.status_code == 200
    assert erased.json()["searches"] >= 1
    assert erased.json()["clicks"] >= 1
    await flushed(service)
    for table in ("search_log", "search_clicks"):
        whose = await rows(service, f"SELECT DISTINCT user_id FROM {table}")
        assert service.ids["sales"] not in {row["user_id"] for row in whose}
    kept = await rows(service, "SELECT 1 FROM search_log WHERE query = 'of somebody else'")
    assert len(kept) == 1
    log = await service.call(
        "admin", "GET", "/audit-log", params={"action": "user.searches_erased"}
    )
    (entry,) = log.json()["items"]
    assert entry["object_id"] == str(service.ids["sales"])
    assert entry["after"] == erased.json()
    assert (await service.call("admin", "DELETE", "/users/99999/searches")).status_code == 404


async def test_several_searches_are_answered_in_their_order_each_by_itself(
    service: Service, deck: int
) -> None:
    searches = [
        {"q": QUERY, "facets": False},
        {"q": QUERY, "updated": ["yesterday"]},
        {"q": QUERY, "cursor": "forged"},
        {"q": "nothingatall", "correct": False},
    ]
    response = await service.call("sales", "POST", "/multi-search", json={"searches": searches})
    assert response.status_code == 200
    alone = await service.call("sales", "POST", "/search", json=searches[0])
    first, unknown_span, forged, nothing = response.json()["answers"]
    for varying in ("took_ms", "search_id"):
        assert first.pop(varying) != alone.json().pop(varying)
    assert first == {name: value for name, value in alone.json().items() if name in first}
    assert first["hits"][0]["material_id"] == deck
    assert (unknown_span["total"], unknown_span["warnings"][0]["code"]) == (0, "unknown_value")
    assert (forged["code"], forged["request_id"]) == (
        "invalid_cursor",
        response.headers["X-Request-ID"],
    )
    assert (nothing["total"], nothing["hits"]) == (0, [])


async def test_several_searches_are_bounded_and_count_as_several(service: Service) -> None:
    refused: list[list[dict[str, Any]]] = [
        [], [{}] * 11, [{"q": "a", "nonsense": 1}], [{"limit": 0}],
    ]  # fmt: skip
    for wrong in refused:
        response = await service.call("sales", "POST", "/multi-search", json={"searches": wrong})
        assert response.status_code == 400

    def left(response: Any) -> int:
        return int(response.headers["RateLimit"].split("r=")[1].split(";")[0])

    before = left(await service.call("sales", "GET", "/me"))
    several = await service.call("sales", "POST", "/multi-search", json={"searches": [{}] * 3})
    assert left(several) == before - 3


async def test_the_document_says_what_stands_in_place_of_a_failed_search(client: Client) -> None:
    document = (await client.get("/api/v1/openapi.json")).json()
    items = document["components"]["schemas"]["MultiSearchAnswer"]["properties"]["answers"]
    names = {option["$ref"].rsplit("/", 1)[1] for option in items["items"]["anyOf"]}
    assert names == {"SearchAnswer", "Problem"}
    assert names <= set(document["components"]["schemas"])
