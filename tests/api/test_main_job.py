"""The main job over HTTP: sign in, upload, follow, search, read the page, download."""

import pytest

from tests.api.service import Service
from tests.integration.ingest import files

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def published(service: Service, anyio_backend: str) -> int:
    """A published deck for the persona CTO."""
    persona = await service.call("pmm", "POST", "/personas", json={"name": "CTO"})
    accepted = await service.upload(
        "pmm", name="k8s sales_deck.pptx", persona_ids=[str(persona.json()["id"])]
    )
    await service.set_status("pmm", accepted["material_id"], "REVIEW", "PUBLISHED")
    return int(accepted["material_id"])


async def test_an_upload_answers_before_its_job_reads_the_file(service: Service) -> None:
    response = await service.call(
        "pmm",
        "POST",
        "/materials",
        files={"file": ("storage.pdf", files.datasheet())},
        data={"name": "Object Storage", "tags": ["s3", "storage"], "review_by": "2031-01-31"},
    )
    assert response.status_code == 202, response.text
    accepted = response.json()
    assert accepted["duplicate"] is False
    assert response.headers["location"] == f"/api/v1/jobs/{accepted['job_id']}"

    job = await service.call("pmm", "GET", f"/jobs/{accepted['job_id']}")
    assert job.json()["state"] == "queued"
    await service.run_job(accepted["job_id"])
    job = await service.call("pmm", "GET", f"/jobs/{accepted['job_id']}")
    assert (job.json()["state"], job.json()["pages_done"]) == ("done", 4)

    material = await service.call("pmm", "GET", f"/materials/{accepted['material_id']}")
    assert material.json()["tags"] == ["s3", "storage"]
    assert material.json()["material_type"] == "PRODUCT_DATASHEET"
    assert material.json()["guessed_fields"] == ["material_type"]


async def test_a_published_deck_is_found_by_its_slide(service: Service, published: int) -> None:
    params = {"q": "load balancing", "persona": ["CTO"]}
    found = await service.call("sales", "GET", "/search", params=params)
    assert found.status_code == 200, found.text
    answer = found.json()
    assert answer["total"] == 1
    hit = answer["hits"][0]
    assert hit["url"] == f"https://search.example.com/m/{published}"
    slide = hit["slides"][0]
    assert slide["page_number"] == 3
    assert slide["url"] == f"https://search.example.com/m/{published}/s/3?v=1"
    snippet = slide["snippet"]
    marked = {snippet["text"][start:end].lower() for start, end in snippet["highlights"]}
    assert "balances" in marked
    personas = next(facet for facet in answer["facets"] if facet["field"] == "persona")
    assert [(item["label"], item["selected"]) for item in personas["values"]] == [("CTO", True)]


async def test_a_rep_reads_the_page_and_downloads_the_file(
    service: Service, published: int
) -> None:
    page = await service.call("sales", "GET", f"/materials/{published}/pages/3")
    assert page.json()["title"] == "Load balancing"
    assert page.json()["tables"] == [[["Flavor", "Memory"], ["b3-8", "8 GB"]]]

    file = await service.call("sales", "GET", f"/materials/{published}/file")
    assert file.status_code == 200
    assert file.content.startswith(b"PK")
    assert len(file.content) == int(file.headers["content-length"])
    assert file.headers["content-disposition"].startswith('attachment; filename="k8s sales_deck')
    assert file.headers["x-content-type-options"] == "nosniff"
    used = await service.call("sales", "GET", f"/materials/{published}")
    assert used.json()["usage_count"] == 1


async def test_get_and_post_search_answer_the_same(service: Service, published: int) -> None:
    by_query = await service.call(
        "pmm", "GET", "/search", params={"q": "kubernetes", "limit": 5, "explain": "true"}
    )
    by_body = await service.call(
        "pmm", "POST", "/search", json={"q": "kubernetes", "limit": 5, "explain": True}
    )
    assert by_query.status_code == by_body.status_code == 200
    first, second = by_query.json(), by_body.json()
    for varying in ("took_ms", "search_id"):
        assert first.pop(varying) != second.pop(varying)
    assert first == second
