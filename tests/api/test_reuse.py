"""Where the content of a page stands elsewhere, and what of one's own went stale."""

import pytest

from tests.api.service import PPTX, Service
from tests.integration.ingest import files

pytestmark = pytest.mark.anyio

SLIDE = (
    "Price list",
    (
        "Small nodes with two cores are billed by the hour from the moment that they start\n"
        "Large nodes with a commitment of three years cost a third less than by the hour"
    ),
)
CHANGED = (SLIDE[0], SLIDE[1].replace("a third", "one half"))


@pytest.fixture(scope="module")
async def shared(service: Service, anyio_backend: str) -> tuple[int, int]:
    """A slide in a published deck of one PMM, and in a draft of another, in older words."""
    source = await service.upload("pmm", files.deck((SLIDE,), "source"), name="source.pptx")
    carrier = await service.upload("other", files.deck((SLIDE,), "carrier"), name="carrier.pptx")
    ids = source["material_id"], carrier["material_id"]
    await service.set_status("pmm", ids[0], "REVIEW", "PUBLISHED")
    newer = {"file": ("newer.pptx", files.deck((CHANGED,), "source"), PPTX)}
    accepted = await service.call(
        "pmm", "POST", f"/materials/{ids[0]}/file", files=newer, headers={"If-Match": "*"}
    )
    await service.run_job(accepted.json()["job_id"])
    return ids


async def test_a_page_names_the_newer_wording_and_where_it_stands(
    service: Service, shared: tuple[int, int]
) -> None:
    source, carrier = shared
    answer = await service.call("other", "GET", f"/materials/{carrier}/pages/1/usages")
    (found,) = answer.json()["items"]
    assert found["url"] == f"{service.settings.public_url}/m/{source}/s/1"
    assert (found["material_id"], found["page_number"], found["relation"]) == (source, 1, "newer")
    assert (found["block_type"], found["status"]) == ("slide", "PUBLISHED")
    assert 0.5 <= found["similarity"] < 1


async def test_nobody_learns_of_somebody_elses_draft(
    service: Service, shared: tuple[int, int]
) -> None:
    path = f"/materials/{shared[0]}/pages/1/usages"
    for who in ("pmm", "sales"):
        assert (await service.call(who, "GET", path)).json()["items"] == []
    (older,) = (await service.call("admin", "GET", path)).json()["items"]
    assert (older["material_id"], older["relation"]) == (shared[1], "older")


async def test_a_page_that_is_not_there_is_not_found(
    service: Service, shared: tuple[int, int]
) -> None:
    answer = await service.call("pmm", "GET", f"/materials/{shared[0]}/pages/99/usages")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_ones_own_stale_materials_are_listed_with_what_is_newer(
    service: Service, shared: tuple[int, int]
) -> None:
    source, carrier = shared
    for who in ("pmm", "sales"):
        assert (await service.call(who, "GET", "/stale-materials")).json() == {"items": []}
    (found,) = (await service.call("other", "GET", "/stale-materials")).json()["items"]
    assert (found["material_id"], found["material_name"]) == (carrier, "carrier")
    (page,) = found["pages"]
    assert page["url"].endswith(f"/m/{carrier}/s/1")
    assert (page["newer"]["material_id"], page["newer"]["page_number"]) == (source, 1)
    assert page["newer"]["since"] > "2020"
