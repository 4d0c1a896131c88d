"""What may be sent: said of every material and slide, in every answer that shows one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.service import PPTX, Service
from tests.integration.ingest import files

pytestmark = pytest.mark.anyio

WORDS = (
    ("Zebra pricing", "Zebras are billed by the hour from the moment that they start to graze"),
    ("Zebra support", "Keepers answer within fifteen minutes around the clock in three zones"),
)


@pytest.fixture(scope="module")
async def deck(service: Service, anyio_backend: str) -> int:
    """A published deck for customers with notes on its first slide."""
    accepted = await service.upload(
        "pmm", files.deck(WORDS, "Never say this"), name="zebra.pptx", audience="CUSTOMER_FACING"
    )
    await service.set_status("pmm", accepted["material_id"], "REVIEW", "PUBLISHED")
    return int(accepted["material_id"])


async def material(service: Service, who: str, material_id: int) -> dict[str, Any]:
    answer = await service.call(who, "GET", f"/materials/{material_id}")
    shareable: dict[str, Any] = answer.json()["shareable"]
    return shareable


def codes(shareable: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in shareable["reasons"]]


async def test_a_deck_with_notes_may_be_sent_as_a_clean_copy(service: Service, deck: int) -> None:
    found = await material(service, "sales", deck)
    assert (found["ok"], found["clean_copy_ok"]) == (False, True)
    assert "speaker_notes" in codes(found)
    assert "1 slide has speaker notes." in {reason["message"] for reason in found["reasons"]}


async def test_hits_and_their_slides_say_it_as_the_material_and_the_page_do(
    service: Service, deck: int
) -> None:
    answer = await service.call("sales", "GET", "/search?q=zebra&slides=5")
    (hit,) = [hit for hit in answer.json()["hits"] if hit["material_id"] == deck]
    assert hit["shareable"] == await material(service, "sales", deck)
    pages = (await service.call("sales", "GET", f"/materials/{deck}/pages")).json()["items"]
    by_number = {page["page_number"]: page["shareable"] for page in pages}
    assert {slide["page_number"]: slide["shareable"] for slide in hit["slides"]} == by_number
    assert codes(by_number[1]) == ["speaker_notes"]
    assert by_number[2] == {"ok": True, "clean_copy_ok": True, "reasons": []}
    one = await service.call("sales", "GET", f"/materials/{deck}/pages/1")
    assert one.json()["shareable"] == by_number[1]
    listed = (await service.call("sales", "GET", "/materials?name=zebra")).json()["items"]
    assert [item["shareable"] for item in listed if item["id"] == deck] == [hit["shareable"]]


async def test_of_what_was_read_in_part_nobody_knows_what_travels_with_it(
    service: Service,
) -> None:
    pages = [f"Page {number} of the offer to banks" for number in range(3)]
    whole = files.document([[page] for page in pages])
    torn = whole.replace(b"/Type /Page\n", b"/Type /Rage\n", 1)
    assert torn != whole
    accepted = await service.upload("pmm", torn, name="torn.pdf", audience="BOTH")
    receipt = await service.call("pmm", "GET", f"/materials/{accepted['material_id']}/receipt")
    assert receipt.json()["status"] == "partial"
    found = await material(service, "pmm", accepted["material_id"])
    assert "not_read" in codes(found)


async def test_every_status_and_date_that_speaks_against_it_is_named(service: Service) -> None:
    accepted = await service.upload("pmm", files.deck(WORDS, "internal"), name="internal.pptx")
    material_id = accepted["material_id"]
    yesterday = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
    changed = await service.call(
        "pmm",
        "PATCH",
        f"/materials/{material_id}",
        json={"review_by": yesterday, "expires_on": yesterday},
        headers={"If-Match": "*"},
    )
    expected = ["internal_audience", "not_published", "expired", "review_overdue"]
    assert codes(changed.json()["shareable"])[:4] == expected
    assert not changed.json()["shareable"]["clean_copy_ok"]


async def test_the_tag_changes_with_what_is_said_and_still_serves_a_change(
    service: Service,
) -> None:
    """A newer wording elsewhere changes nothing of the material itself."""
    terms = "Lions under a commitment of three years cost a third less than lions by the day"
    old = ("Lion price list", f"{terms}\nWhoever feeds them pays for meat and for the way")
    new = (old[0], old[1].replace("a third", "one half"))
    carrier = await service.upload(
        "other", files.deck((old,), "lion carrier"), name="lion.pptx", audience="BOTH"
    )
    path = f"/materials/{carrier['material_id']}"
    before = await service.call("other", "GET", path)
    seen = {"If-None-Match": before.headers["ETag"]}
    assert (await service.call("other", "GET", path, headers=seen)).status_code == 304
    source = await service.upload("pmm", files.deck((old,), "lion source"), name="source.pptx")
    await service.set_status("pmm", source["material_id"], "REVIEW", "PUBLISHED")
    newer = {"file": ("newer.pptx", files.deck((new,), "lion source"), PPTX)}
    accepted = await service.call(
        "pmm", "POST", f"/materials/{source['material_id']}/file", files=newer,
        headers={"If-Match": "*"},
    )  # fmt: skip
    await service.run_job(accepted.json()["job_id"])
    after = await service.call("other", "GET", path, headers=seen)
    assert after.status_code == 200
    assert "stale_block" in codes(after.json()["shareable"])
    page = await service.call("other", "GET", f"{path}/pages/1")
    assert "stale_block" in codes(page.json()["shareable"])
    changed = await service.call(
        "other", "PATCH", path, json={"version": "3"}, headers={"If-Match": after.headers["ETag"]}
    )
    assert changed.status_code == 200
    again = await service.call(
        "other", "PATCH", path, json={"version": "4"}, headers={"If-Match": after.headers["ETag"]}
    )
    assert again.status_code == 412


async def test_a_page_of_an_older_version_was_superseded(service: Service) -> None:
    first = await service.upload("pmm", files.deck(WORDS, "v1 shared"), name="v1.pptx")
    path = f"/materials/{first['material_id']}"
    newer = {"file": ("v2.pptx", files.deck(WORDS, "v2 shared"), PPTX)}
    accepted = await service.call(
        "pmm", "POST", f"{path}/file", files=newer, headers={"If-Match": "*"}
    )
    await service.run_job(accepted.json()["job_id"])
    page = await service.call("pmm", "GET", f"{path}/pages/2?version=1")
    assert "superseded" in codes(page.json()["shareable"])
    page = await service.call("pmm", "GET", f"{path}/pages/2")
    assert "superseded" not in codes(page.json()["shareable"])
