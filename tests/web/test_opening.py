"""Opening a hit from the results counts, without a script, on every page of the results."""

import re
from dataclasses import replace
from html import unescape
from typing import Any, TypeAlias

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient
from sqlalchemy import text

from search_service.config import Settings
from search_service.db.engine import open_database
from search_service.web.views import addresses
from tests.web.people import Library
from tests.web.test_pages import _sign_in

pytestmark = pytest.mark.anyio
Client: TypeAlias = AsyncTestClient[Litestar]


async def clicks(settings: Settings) -> list[dict[str, Any]]:
    database = open_database(settings, settings.database_url)
    async with database.reading() as connection:
        statement = "SELECT * FROM search_clicks ORDER BY clicked_at"
        found = [dict(row) for row in (await connection.execute(text(statement))).mappings()]
    await database.close()
    return found


def links(page: str, path: str) -> list[str]:
    return [unescape(link) for link in re.findall(rf'href="({path}[^"]*)"', page)]


async def test_opening_a_hit_counts_with_its_search_and_place(
    client: Client, settings: Settings, library: Library
) -> None:
    await _sign_in(client, "sam")
    results = (await client.get("/?q=kubernetes")).text
    slide = links(results, f"/m/{library.deck}/s/")[0]
    material = links(results, f"/m/{library.deck}[?]")[0]
    before = len(await clicks(settings))
    assert (await client.head(slide)).status_code == 200
    assert len(await clicks(settings)) == before
    for address in (slide, slide, material):
        assert (await client.get(address)).status_code == 200
    of_slide, of_material = (await clicks(settings))[before:]
    assert of_slide["search_id"] == of_material["search_id"]
    assert (of_slide["material_id"], of_slide["position"]) == (library.deck, 1)
    assert of_slide["page_number"] > 0
    assert of_material["page_number"] == 0


async def test_the_address_that_is_passed_on_names_no_search(
    client: Client, library: Library
) -> None:
    await _sign_in(client, "sam")
    results = (await client.get("/?q=kubernetes")).text
    page = (await client.get(links(results, f"/m/{library.deck}/s/")[0])).text
    permanent = re.search(r'id="permanent" value="([^"]+)"', page)
    assert permanent
    assert "search=" not in permanent[1]


@pytest.mark.parametrize("marks", ["search=nonsense&at=1", "search={id}&at=-1", "search={id}"])
async def test_an_address_that_marks_nothing_sensible_is_just_opened(
    client: Client, settings: Settings, library: Library, marks: str
) -> None:
    await _sign_in(client, "sam")
    before = await clicks(settings)
    marks = marks.format(id="00000000-0000-4000-8000-000000000000")
    assert (await client.get(f"/m/{library.deck}?{marks}")).status_code == 200
    assert await clicks(settings) == before


async def test_hits_of_further_pages_belong_to_the_first_pages_search(
    client: Client, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = addresses.SearchState.request
    monkeypatch.setattr(
        addresses.SearchState,
        "request",
        lambda self: replace(asked(self), limit=1),
    )
    await _sign_in(client, "sam")
    first = (await client.get("/?q=")).text
    (one,) = set(re.findall(r"search=([0-9a-f-]{36})&amp;at=1\b", first))
    more = next(unescape(link) for link in re.findall(r'href="(/[?]q=[^"]*cursor=[^"]*)"', first))
    second = (await client.get(more)).text
    assert set(re.findall(r"search=([0-9a-f-]{36})&amp;at=(\d+)", second)) == {(one, "2")}
