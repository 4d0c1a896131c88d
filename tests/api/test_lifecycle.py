"""Dates, deletion and its undoing over HTTP."""

import csv
import io

import pytest

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
        (item,) = (await service.call(who, "GET", "/deleted-materials")).json()["items"]
        assert (item["id"], item["status"], item["file_name"]) == (
            material_id, "PUBLISHED", "m.pptx",
        )  # fmt: skip
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
