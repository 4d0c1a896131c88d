"""A citation outlives its slide: what became of it is told later, to those who may know."""

from typing import Any

import pytest

from tests.api.service import PPTX, Service
from tests.integration.ingest import files

pytestmark = pytest.mark.anyio

FIRST = ("Walrus pricing", "Walruses are billed by the hour from the moment that they surface")
SECOND = ("Walrus support", "Keepers answer within fifteen minutes around the clock in three bays")
# The last slide has a table beside its words.
THIRD = ("Walrus prices", "What a walrus costs in each bay and season")
CHANGED = (FIRST[0], FIRST[1].replace("hour", "month"))


async def published(service: Service, notes: str) -> int:
    accepted = await service.upload(
        "pmm", files.deck((FIRST, SECOND, THIRD), notes), name="walrus.pptx", audience="BOTH"
    )
    await service.set_status("pmm", accepted["material_id"], "REVIEW", "PUBLISHED")
    return int(accepted["material_id"])


async def cite(service: Service, material_id: int, page: int) -> dict[str, Any]:
    answer = await service.call("sales", "GET", f"/materials/{material_id}/pages/{page}/citations")
    (passage,) = answer.json()["items"]
    found: dict[str, Any] = passage
    return found


async def check(service: Service, who: str, citation: dict[str, Any]) -> dict[str, Any]:
    path = citation["check"].removeprefix(f"{service.settings.public_url}/api/v1")
    answer = await service.call(who, "GET", path)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def replace_file(service: Service, material_id: int, data: bytes) -> None:
    newer = {"file": ("newer.pptx", data, PPTX)}
    accepted = await service.call(
        "pmm", "POST", f"/materials/{material_id}/file", files=newer, headers={"If-Match": "*"}
    )
    await service.run_job(accepted.json()["job_id"])


async def test_a_page_is_cited_by_its_permanent_address_and_its_words(service: Service) -> None:
    material_id = await published(service, "cited")
    passage = await cite(service, material_id, 1)
    url = f"{service.settings.public_url}/m/{material_id}/s/1?v=1"
    assert (passage["title"], passage["text"]) == FIRST
    assert (passage["citation"]["url"], passage["citation"]["version"]) == (url, 1)
    assert passage["line"] == f"walrus, page 1, version 1: {url}"
    hits = (await service.call("sales", "GET", "/search?q=walrus+pricing")).json()["hits"]
    slides = [each for hit in hits if hit["material_id"] == material_id for each in hit["slides"]]
    assert passage["citation"] in [slide["citation"] for slide in slides]


async def test_a_passage_that_stands_is_current_wherever_it_moved(service: Service) -> None:
    material_id = await published(service, "moved")
    citation = (await cite(service, material_id, 1))["citation"]
    assert (await check(service, "sales", citation))["state"] == "current"
    await replace_file(service, material_id, files.deck((SECOND, FIRST, THIRD), "moved"))
    found = await check(service, "sales", citation)
    assert (found["state"], found["present_version"]) == ("current", 2)
    first = found["places"][0]
    assert (first["material_id"], first["page_number"], first["version"]) == (material_id, 2, 2)
    assert "superseded" not in [reason["code"] for reason in first["shareable"]["reasons"]]


async def test_what_a_newer_file_does_not_say_was_superseded(service: Service) -> None:
    material_id = await published(service, "superseded")
    citation = (await cite(service, material_id, 1))["citation"]
    await replace_file(service, material_id, files.deck((CHANGED, SECOND, THIRD), "superseded"))
    found = await check(service, "sales", citation)
    assert (found["state"], found["present_version"]) == ("superseded", 2)
    assert material_id not in {place["material_id"] for place in found["places"]}
    assert found["material_url"] == f"{service.settings.public_url}/m/{material_id}"


async def test_what_a_correction_changed_has_changed(service: Service) -> None:
    material_id = await published(service, "corrected")
    citation = (await cite(service, material_id, 1))["citation"]
    corrected = await service.call(
        "pmm", "PATCH", f"/materials/{material_id}/pages/1", json={"body": "Other words"},
        headers={"If-Match": "*"},
    )  # fmt: skip
    assert corrected.status_code == 200
    assert (await check(service, "sales", citation))["state"] == "changed"


async def test_what_was_withdrawn_is_gone_for_those_who_no_longer_see_it(service: Service) -> None:
    material_id = await published(service, "withdrawn")
    citation = (await cite(service, material_id, 2))["citation"]
    await service.set_status("pmm", material_id, "ARCHIVED")
    assert (await check(service, "pmm", citation))["state"] == "current"
    found = await check(service, "sales", citation)
    assert (found["state"], found["material_url"]) == ("gone", None)
    assert material_id not in {place["material_id"] for place in found["places"]}


async def test_a_hash_alone_is_current_where_it_stands_and_else_gone(service: Service) -> None:
    material_id = await published(service, "hash alone")
    content_hash = (await cite(service, material_id, 2))["citation"]["content_hash"]
    found = await service.call("sales", "GET", f"/citations/{content_hash}")
    assert found.json()["state"] == "current"
    unknown = await service.call("sales", "GET", f"/citations/{'0' * 64}")
    assert (unknown.json()["state"], unknown.json()["places"]) == ("gone", [])


@pytest.mark.parametrize("path", ["/citations/xyz", f"/citations/{'0' * 64}?material_id=0"])
async def test_what_is_no_citation_is_refused(service: Service, path: str) -> None:
    assert (await service.call("sales", "GET", path)).status_code == 400
