"""Suggestions and similar materials over HTTP: their form, their limits, and any text."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from search_service.index import statistics
from tests.api.service import Service
from tests.integration.ingest import files

pytestmark = pytest.mark.anyio

SLIDES = (
    ("Ransomware recovery", "Restore snapshots of every replica after ransomware"),
    ("Peering", "Routers and peering for the backbone of the region"),
)


@pytest.fixture(scope="module")
async def published(service: Service, anyio_backend: str) -> list[int]:
    """Two published decks that say nearly the same."""
    made = []
    for number in (1, 2):
        accepted = await service.upload(
            "pmm", files.deck((*SLIDES, (f"Slide {number}", "x"))), name=f"Vault {number}.pptx"
        )
        made.append(accepted["material_id"])
        await service.set_status("pmm", made[-1], "REVIEW", "PUBLISHED")
    async with service.database.transaction() as connection:
        await statistics.refresh(connection)
    return made


async def test_a_prefix_is_completed(service: Service, published: list[int]) -> None:
    answer = await service.call("sales", "GET", "/suggest", params={"q": "SLIDE 2", "limit": 3})

    assert answer.status_code == 200
    items = answer.json()["items"]
    assert items[0] == {
        "text": "Slide 2",
        "kind": "slide",
        "material_id": published[1],
        "page_number": 3,
    }
    assert len(items) <= 3


async def test_a_key_for_searching_may_ask_for_suggestions(
    service: Service, published: list[int]
) -> None:
    key = await service.add_key("sales", "search")

    answer = await service.call(None, "GET", "/suggest", params={"q": "peer"}, headers=key)

    assert "Peering" in [item["text"].capitalize() for item in answer.json()["items"]]


@pytest.mark.parametrize(
    ("parameters", "field"),
    [({"limit": 21}, "limit"), ({"limit": 0}, "limit"), ({"limit": "x"}, "limit")],
)
async def test_the_limits_are_told(
    service: Service, parameters: dict[str, str], field: str
) -> None:
    answer = await service.call("sales", "GET", "/suggest", params=parameters)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@given(typed=st.text(max_size=2000))
@example(typed="")
@example(typed=" ")
@example(typed="%_\\'\"")
@example(typed="🙂" * 500)
@example(typed="\x00")
@example(typed="a" * 2000)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_any_text_is_answered(service: Service, typed: str) -> None:
    answer = await service.call("sales", "GET", "/suggest", params={"q": typed})

    assert answer.status_code == 200
    assert len(answer.json()["items"]) <= 8


@pytest.mark.parametrize("place", ["", "/pages/1"])
async def test_what_is_like_a_material_or_a_page_is_listed(
    service: Service, published: list[int], place: str
) -> None:
    first, second = published

    answer = await service.call("sales", "GET", f"/materials/{first}{place}/similar")

    assert answer.status_code == 200
    [like] = answer.json()["items"]
    assert like["material_id"] == second
    assert like["url"] == f"https://search.example.com/m/{second}"
    assert like["slide"]["url"].startswith(f"https://search.example.com/m/{second}/s/1")
    assert like["slide"]["title"] == "Ransomware recovery"
    assert 0 < like["score"] <= 1
    assert "ransomware" in like["shared_words"]


async def test_what_is_not_there_is_like_nothing(service: Service, published: list[int]) -> None:
    for path in ("/materials/999999/similar", f"/materials/{published[0]}/pages/99/similar"):
        answer = await service.call("sales", "GET", path)
        assert answer.status_code == 404, path


async def test_no_more_than_twenty_are_given(service: Service, published: list[int]) -> None:
    path = f"/materials/{published[0]}/similar"

    assert (await service.call("sales", "GET", path, params={"limit": 21})).status_code == 400
