"""Corrections, warnings, acceptance and versions over HTTP, as product marketing uses them."""

from typing import Any

import pytest

from tests.api.service import Service
from tests.integration.ingest import files

pytestmark = pytest.mark.anyio
ANY_STATE = {"If-Match": "*"}


def scanned(word: str) -> bytes:
    """Two pages of words and between them one that is a picture."""
    return files.scan(((word, "Words that stand on a page"), (), ("Support", "Around the clock")))


async def add(service: Service, data: bytes, *statuses: str, name: str = "a.pptx") -> int:
    accepted = await service.upload("pmm", data, name=name)
    await service.set_status("pmm", accepted["material_id"], *statuses)
    return int(accepted["material_id"])


async def found(service: Service, who: str, query: str) -> set[int]:
    answer = await service.call(who, "GET", "/search", params={"q": query, "correct": "false"})
    assert answer.status_code == 200, answer.text
    return {hit["material_id"] for hit in answer.json()["hits"]}


async def correct(service: Service, material_id: int, page: int, **changes: Any) -> dict[str, Any]:
    answer = await service.call(
        "pmm", "PATCH", f"/materials/{material_id}/pages/{page}", headers=ANY_STATE, json=changes
    )
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def test_a_corrected_page_is_found_by_its_new_words_and_no_longer_by_its_old_ones(
    service: Service,
) -> None:
    deck = files.deck((("Quokka prices", "Wombat and badger"), ("Other", "Words of another page")))
    material = await add(service, deck, "REVIEW", "PUBLISHED")
    assert await found(service, "sales", "wombat") == {material}
    page = await correct(service, material, 1, title="Numbat prices", body="Bilby and badger")
    assert (page["title"], page["body"]) == ("Numbat prices", "Bilby and badger")
    assert page["extracted"] == {
        "title": "Quokka prices", "body": "Wombat and badger", "notes": "Mention the free trial",
    }  # fmt: skip
    assert page["corrected_fields"] == ["body", "title"]
    for gone in ("wombat", "quokka"):
        assert await found(service, "sales", gone) == set()
    for there in ("bilby", "numbat", "badger", "another"):
        assert await found(service, "sales", there) == {material}
    hit = (await service.call("sales", "GET", "/search", params={"q": "bilby"})).json()["hits"][0]
    assert hit["slides"][0]["title"] == "Numbat prices"
    assert "Bilby" in hit["slides"][0]["snippet"]["text"]
    seen = (await service.call("sales", "GET", f"/materials/{material}/pages/1")).json()
    assert (seen["body"], seen["extracted"], seen["correction_id"]) == (
        "Bilby and badger", None, None,
    )  # fmt: skip
    listed = (await service.call("sales", "GET", f"/materials/{material}/pages")).json()["items"]
    assert [item["title"] for item in listed] == ["Numbat prices", "Other"]


async def test_an_undone_correction_leaves_what_was_extracted(service: Service) -> None:
    material = await add(service, files.deck((("Axolotl", "Gills of an axolotl"),)), "REVIEW")
    page = await correct(service, material, 1, body="Newts", notes="")
    assert (page["body"], page["notes"]) == ("Newts", "")
    half = await correct(service, material, 1, notes=None)
    assert (half["corrected_fields"], half["notes"]) == (["body"], "Mention the free trial")
    path = f"/materials/{material}/corrections/{page['correction_id']}"
    assert (await service.call("pmm", "DELETE", path)).status_code == 204
    assert await found(service, "pmm", "newts") == set()
    assert await found(service, "pmm", "gills") == {material}
    again = await service.call("pmm", "DELETE", path)
    assert (again.status_code, again.json()["code"]) == (404, "not_found")


async def test_a_change_of_a_page_names_the_state_it_is_based_on(service: Service) -> None:
    material = await add(service, files.deck((("Okapi", "Stripes of an okapi"),)))
    path = f"/materials/{material}/pages/1"
    missing = await service.call("pmm", "PATCH", path, json={"title": "A"})
    assert (missing.status_code, missing.json()["code"]) == (428, "precondition_required")
    read = {"If-Match": (await service.call("pmm", "GET", path)).headers["etag"]}
    first = await service.call("pmm", "PATCH", path, headers=read, json={"title": "First"})
    assert first.status_code == 200
    second = await service.call("pmm", "PATCH", path, headers=read, json={"title": "Second"})
    assert (second.status_code, second.json()["code"]) == (412, "precondition_failed")
    assert second.json()["details"] == {"etag": first.headers["etag"]}
    newer = {"If-Match": first.headers["etag"]}
    third = await service.call("pmm", "PATCH", path, headers=newer, json={"title": "Third"})
    assert third.json()["title"] == "Third"


async def test_nobody_else_corrects_a_page_or_hears_of_it(service: Service) -> None:
    material = await add(service, files.deck((("Tapir", "Snouts of a tapir"),)), "REVIEW")
    await correct(
        service,
        material,
        1,
        body="Secretplan of snouts, tails, ears, hooves, rivers, forests, nights, roads",
    )
    path = f"/materials/{material}/pages/1"
    for who, status in (("other", 403), ("sales", 404)):
        answer = await service.call(who, "PATCH", path, headers=ANY_STATE, json={"title": "Mine"})
        assert answer.status_code == status
    assert (await service.call("other", "GET", path)).json()["extracted"] is None
    assert await found(service, "sales", "secretplan") == set()
    await service.set_status("pmm", material, "DRAFT")
    assert await found(service, "other", "secretplan") == set()
    for part in ("/pages/1", "/corrections", "/review", "/blocks"):
        hidden = await service.call("other", "GET", f"/materials/{material}{part}")
        assert hidden.status_code == 404
    own = await service.call("pmm", "GET", f"/materials/{material}/blocks")
    assert [item["content"].split()[:2] for item in own.json()["items"]] == [
        ["Tapir", "Secretplan"]
    ]


async def test_a_hidden_page_is_found_by_nobody_until_it_is_shown_again(service: Service) -> None:
    deck = files.deck((("Dugong", "Seagrass for a dugong"), ("Manatee", "Rivers of a manatee")))
    material = await add(service, deck, "REVIEW", "PUBLISHED")
    hidden = await correct(service, material, 1, hidden_from_search=True)
    assert hidden["hidden_from_search"]
    for who in ("sales", "pmm", "admin"):
        assert await found(service, who, "seagrass") == set()
        assert await found(service, who, "manatee") == {material}
    keywords = (await service.call("pmm", "GET", f"/materials/{material}")).json()["keywords"]
    assert not any("dugong" in keyword or "seagrass" in keyword for keyword in keywords)
    await correct(service, material, 1, hidden_from_search=False)
    assert await found(service, "sales", "seagrass") == {material}
    assert (await service.call("pmm", "GET", f"/materials/{material}/corrections")).json() == {
        "items": []
    }


async def test_a_correction_stands_in_the_audit_log_with_what_was_before(service: Service) -> None:
    material = await add(service, files.deck((("Kiwi", "Nests of a kiwi"),)))
    page = await correct(service, material, 1, title="Kakapo")
    await service.call(
        "pmm", "DELETE", f"/materials/{material}/corrections/{page['correction_id']}"
    )
    entries = [
        (entry["action"], entry["before"], entry["after"])
        for entry in (await service.call("admin", "GET", "/audit-log?limit=5")).json()["items"]
        if entry["object_id"] == str(material) and "correct" in entry["action"]
    ]
    assert entries == [
        (
            "material.undo_correction",
            {"page_number": 1, "title": "Kakapo"},
            {"page_number": 1, "title": "Kiwi"},
        ),
        (
            "material.correct",
            {"page_number": 1, "title": "Kiwi"},
            {"page_number": 1, "title": "Kakapo"},
        ),
    ]


async def test_a_material_with_an_open_serious_warning_is_not_published(service: Service) -> None:
    material = await add(service, scanned("first"), "REVIEW", name="scan.pdf")
    path = f"/materials/{material}"
    review = (await service.call("pmm", "GET", f"{path}/review")).json()
    first = review["warnings"][0]
    assert (first["page_number"], first["code"]) == (2, "no_text_but_image")
    assert (first["serious"], first["state"], review["publishable"]) == (True, "open", False)
    publish = {"json": {"status": "PUBLISHED"}}
    refused = await service.call("pmm", "POST", f"{path}/status", **publish)
    assert (refused.status_code, refused.json()["code"]) == (409, "open_serious_warnings")
    assert refused.json()["details"]["warnings"][0]["page_number"] == 2
    accepted = await service.call("pmm", "POST", f"{path}/review", json={"version": 1})
    assert (accepted.status_code, accepted.json()["code"]) == (409, "open_serious_warnings")
    assert await needing_review(service, "pmm", material) == ["serious_warnings"]

    let_be = {"json": {"code": "no_text_but_image", "page_number": 2}}
    known = await service.call("pmm", "POST", f"{path}/review/acknowledgements", **let_be)
    assert known.json()["publishable"]
    assert known.json()["warnings"][0]["acknowledged_by"] == "Pmm Example"
    assert await needing_review(service, "pmm", material) is None
    done = (await service.call("pmm", "POST", f"{path}/review", json={"version": 1})).json()
    assert (done["accepted_by"], done["accepted_at"] is not None) == ("Pmm Example", True)
    assert (await service.call("pmm", "POST", f"{path}/status", **publish)).status_code == 200


async def test_typing_what_a_picture_says_settles_its_warning(service: Service) -> None:
    material = await add(service, scanned("typed"), "REVIEW", name="typed.pdf")
    before = (await service.call("pmm", "GET", f"/materials/{material}")).json()
    await correct(service, material, 2, title="A diagram", body="Thylacine architecture")
    after = (await service.call("pmm", "GET", f"/materials/{material}")).json()
    assert after["completeness_score"] > before["completeness_score"]
    assert after["review_reasons"] == []
    await service.set_status("pmm", material, "PUBLISHED")
    assert await found(service, "sales", "thylacine") == {material}


async def test_publishing_over_a_serious_warning_is_noted(service: Service) -> None:
    material = await add(service, scanned("override"), "REVIEW", name="override.pdf")
    answer = await service.call(
        "pmm",
        "POST",
        f"/materials/{material}/status",
        json={"status": "PUBLISHED", "override": True},
    )
    assert answer.json()["status"] == "PUBLISHED"
    log = await service.call("admin", "GET", "/audit-log?action=material.transition&limit=1")
    assert log.json()["items"][0]["after"] == {
        "status": "PUBLISHED", "override": True, "open_warnings": ["2:no_text_but_image"],
    }  # fmt: skip


async def test_what_needs_a_review_is_told_to_its_owner_alone(service: Service) -> None:
    material = await add(service, scanned("own"), "REVIEW", name="own.pdf")
    assert await needing_review(service, "pmm", material) == ["serious_warnings"]
    assert await needing_review(service, "admin", material) == ["serious_warnings"]
    for who in ("other", "sales"):
        assert await needing_review(service, who, material) is None
    seen = await service.call("other", "GET", f"/materials/{material}")
    assert seen.json()["review_reasons"] == []


async def needing_review(service: Service, who: str, material: int) -> list[str] | None:
    """Give why a material stands in somebody's list; None where it does not."""
    answer = await service.call(who, "GET", "/materials?needs_review=true&limit=200")
    assert answer.status_code == 200, answer.text
    reasons = {item["id"]: item["review_reasons"] for item in answer.json()["items"]}
    return reasons.get(material)


async def test_the_way_back_to_an_older_version_is_a_new_one(service: Service) -> None:
    material = await add(service, files.deck((("Ibis", "Marshes"),)), "REVIEW", "PUBLISHED")
    path = f"/materials/{material}"
    await service.call("sales", "GET", f"{path}/file")
    newer = files.deck((("Heron", "Ponds"),))
    taken = await service.call("pmm", "POST", f"{path}/file", files={"file": ("b.pptx", newer)})
    await service.run_job(taken.json()["job_id"])
    assert await found(service, "sales", "marshes") == set()
    assert await found(service, "sales", "ponds") == {material}
    refused = await service.call("pmm", "POST", f"{path}/versions/2/restore")
    assert refused.status_code == 409
    assert (await service.call("pmm", "POST", f"{path}/versions/9/restore")).status_code == 404
    back = await service.call("pmm", "POST", f"{path}/versions/1/restore")
    assert (back.status_code, back.json()["version"]) == (202, 3)
    await service.run_job(back.json()["job_id"])
    assert await found(service, "sales", "marshes") == {material}
    assert await found(service, "sales", "ponds") == set()
    listed = (await service.call("pmm", "GET", f"{path}/versions")).json()["items"]
    assert [item["ordinal"] for item in listed] == [3, 2, 1]
    assert [item["superseded_at"] is None for item in listed] == [True, False, False]
    assert listed[0]["sha256"] == listed[2]["sha256"]
    present = (await service.call("pmm", "GET", path)).json()
    assert (present["usage_count"], present["current_version"]) == (1, 3)
    old = await service.call("pmm", "GET", f"{path}/file?version=2")
    assert old.content == newer
    assert (await service.call("sales", "GET", f"{path}/file?version=2")).status_code == 404


async def test_scores_come_with_their_reasons_and_their_history(service: Service) -> None:
    material = await add(service, files.deck((("Emu", "Plains of an emu"),)))
    path = f"/materials/{material}"
    await service.call("pmm", "PATCH", path, headers=ANY_STATE, json={"product_name": "Emu"})
    scores = (await service.call("pmm", "GET", f"{path}/health")).json()
    newest, *earlier = scores["completeness_history"]
    assert newest["score"] == scores["completeness_score"] == earlier[0]["score"] + 10
    assert tuple(newest["reasons"]) == tuple(scores["completeness_reasons"])
    assert scores["history"][0]["health_score"] == scores["health_score"]


async def test_a_table_publishes_nothing_over_a_serious_warning(service: Service) -> None:
    held = await add(service, scanned("table"), name="held by the table.pdf")
    deck = files.deck((("Kea", "Peaks of a kea"),))
    free = await add(service, deck, name="free in the table.pptx")
    rows = "path;status\r\nfree in the table.pptx;PUBLISHED\r\nheld by the table.pdf;{}\r\n"
    sent = {"headers": {"Content-Type": "text/csv"}, "content": rows.format("PUBLISHED").encode()}
    refused = await service.call("pmm", "POST", "/metadata.csv", **sent)
    assert (refused.status_code, refused.json()["code"]) == (409, "open_serious_warnings")
    assert refused.json()["details"]["material_id"] == held
    assert await found(service, "sales", "kea") == set()
    archive = sent | {"content": rows.format("ARCHIVED").encode()}
    assert (await service.call("pmm", "POST", "/metadata.csv", **archive)).status_code == 200
    assert await found(service, "sales", "kea") == {free}
