"""What product marketing tuned shows on the results: synonyms that were added, pinned hits."""

import asyncio
import re
from pathlib import Path
from typing import TypeAlias

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient
from playwright.async_api import Page, expect

from search_service.accounts.caller import Caller
from search_service.accounts.policy import LOCAL_ADMINISTRATOR
from search_service.config import Settings
from search_service.db.engine import open_database
from search_service.insights import pins, synonyms
from search_service.insights.gate import Attempt
from tests.web.conftest import sign_in
from tests.web.people import Library
from tests.web.test_pages import HTMX, _sign_in

pytestmark = pytest.mark.anyio
Client: TypeAlias = AsyncTestClient[Litestar]
AXE = Path(__file__).parent / "axe.min.js"
FINDINGS = "async () => (await axe.run()).violations.map(found => [found.id, found.impact])"


@pytest.fixture(scope="module", autouse=True)
def tuned(settings: Settings, library: Library) -> None:
    asyncio.run(_tune(settings, library))


async def _tune(settings: Settings, library: Library) -> None:
    database = open_database(settings, settings.database_url)
    async with database.transaction() as connection:
        attempt = Attempt(Caller(LOCAL_ADMINISTRATOR))
        given = {"from": "k8s", "to": ["kubernetes", "R&D <i>cluster</i>"]}
        await synonyms.create(connection, attempt, given)
        pin = {"query": "k8s", "material_id": library.datasheet}
        await pins.create(connection, attempt, pin)
    await database.close()


async def test_added_synonyms_and_pinned_hits_are_told(client: Client, library: Library) -> None:
    await _sign_in(client, "sam")
    page = (await client.get("/?q=k8s")).text

    told = re.search(r'<p class="also">(.*?)</p>', page, re.DOTALL)
    assert told
    assert told[1].startswith("Also searched: <strong>kubernetes, R&amp;D ")
    assert told[1].rstrip().endswith("</strong> for k8s")
    assert "<i>" not in told[1]
    first, second, *_ = page.split('<li class="card">')[1:]
    assert f"/m/{library.datasheet}" in first
    assert "Pinned" in first
    assert f"/m/{library.deck}" in second
    assert "Pinned" not in second


async def test_a_piece_of_the_page_announces_what_was_added(client: Client) -> None:
    await _sign_in(client, "sam")
    piece = (await client.get("/?q=k8s", headers=HTMX | {"HX-Target": "results"})).text
    announced = piece.partition("#announce")[2]
    assert "Also searched: <strong>kubernetes, " in announced
    plain = (await client.get("/?q=kubernetes", headers=HTMX | {"HX-Target": "results"})).text
    assert "Also searched" not in plain
    assert "Pinned" not in plain


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
async def test_both_are_read_aloud_and_fit(page: Page, width: int, scheme: str) -> None:
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.set_viewport_size({"width": width, "height": 900})
    await sign_in(page, "sam")
    await page.goto("/?q=k8s")
    card = page.locator(".card").first
    await expect(card).to_contain_text("Pinned for this search by product marketing")
    await expect(page.locator(".also")).to_be_visible()
    overflow = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not await page.evaluate(overflow)
    await page.evaluate(await asyncio.to_thread(AXE.read_text))
    assert await page.evaluate(FINDINGS) == []
