"""The search box completes what is typed, by keyboard only; a page shows more like it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient
from playwright.async_api import Browser, Locator, Page, Request, Route, expect

from search_service.config import Settings
from search_service.db.engine import open_database
from search_service.index import statistics
from tests.web.conftest import Site, sign_in
from tests.web.people import HOSTILE, PASSWORD, Library, address_of

pytestmark = pytest.mark.anyio
AXE = Path(__file__).parent / "axe.min.js"
FINDINGS = "async () => (await axe.run()).violations.map(found => [found.id, found.impact])"


@pytest.fixture(scope="module", autouse=True)
async def counted(settings: Settings, library: Library, anyio_backend: str) -> None:
    """What the worker does some seconds after something is published."""
    database = open_database(settings, settings.database_url)
    async with database.transaction() as connection:
        await statistics.refresh(connection)
    await database.close()


@pytest.fixture(params=[390, 1440])
async def narrow_or_wide(
    browser: Browser, site: Site, request: pytest.FixtureRequest
) -> AsyncIterator[Page]:
    viewport: Any = {"width": request.param, "height": 844}
    context = await browser.new_context(base_url=site.url, viewport=viewport)
    yield await context.new_page()
    await context.close()


def suggested(page: Page) -> Locator:
    """The list of the search box; the orders of the results page are options too."""
    return page.get_by_role("listbox", name="Suggestions")


@pytest.mark.browser
async def test_a_rep_completes_a_word_with_the_keyboard_only(narrow_or_wide: Page) -> None:
    page = narrow_or_wide
    await sign_in(page, "sam")
    box = page.get_by_role("combobox", name="Search all materials")
    await expect(box).to_have_attribute("aria-expanded", "false")
    await page.keyboard.type("kube")
    options = suggested(page).get_by_role("option")
    await expect(options.first).to_be_visible()
    await expect(box).to_have_attribute("aria-expanded", "true")
    await expect(options.filter(has_text="Managed Kubernetes deck")).to_contain_text("Material")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.evaluate(AXE.read_text("utf-8"))
    assert await page.evaluate(FINDINGS) == []

    await page.keyboard.press("ArrowDown")
    await expect(options.first).to_have_attribute("aria-selected", "true")
    first = await options.first.get_attribute("id")
    await expect(box).to_have_attribute("aria-activedescendant", first or "")
    await expect(box).to_have_value("kube")
    await page.keyboard.press("ArrowUp")
    await expect(page.locator("[aria-selected=true]")).to_have_count(0)
    await page.keyboard.press("ArrowUp")
    await expect(options.last).to_have_attribute("aria-selected", "true")
    text = await options.last.get_attribute("data-text")
    await page.keyboard.press("Enter")

    await expect(options).to_have_count(0)
    await expect(box).to_have_value(text or "")
    await expect(box).to_be_focused()
    await expect(page.locator(".card").first).to_be_visible()
    await page.wait_for_url("**/?q=*")


@pytest.mark.browser
async def test_escape_leaves_what_is_typed_and_enter_searches_for_it(narrow_or_wide: Page) -> None:
    page = narrow_or_wide
    await sign_in(page, "sam")
    box = page.get_by_role("combobox", name="Search all materials")
    await page.keyboard.type("clus")
    await expect(suggested(page).get_by_role("option").first).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("listbox")).to_be_hidden()
    await expect(box).to_have_value("clus")
    await expect(box).not_to_have_attribute("aria-activedescendant", "suggestion-1")
    await page.keyboard.type("ter")
    await expect(page.get_by_role("listbox")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("listbox")).to_be_hidden()
    await expect(page.locator(".card").first).to_be_visible()
    assert page.url.endswith("q=cluster")


@pytest.mark.browser
async def test_the_box_of_other_pages_completes_too_and_a_click_takes(
    page: Page, site: Site
) -> None:
    await sign_in(page, "sam")
    await page.goto(f"/m/{site.library.datasheet}")
    await page.keyboard.press("/")
    await page.keyboard.type("load b")
    await suggested(page).get_by_role("option", name="Load balancing").first.click()
    await page.wait_for_url("**/?q=*oad+balancing")
    await expect(page.locator(".card").first).to_contain_text("Managed Kubernetes deck")


@pytest.mark.browser
async def test_an_empty_box_offers_the_best_when_asked(page: Page) -> None:
    await sign_in(page, "sam")
    await page.keyboard.press("ArrowDown")
    await expect(suggested(page).get_by_role("option").first).to_have_attribute(
        "aria-selected", "true"
    )
    assert await suggested(page).get_by_role("option").count() == 6


@pytest.mark.browser
async def test_a_late_answer_to_what_was_typed_before_is_ignored(page: Page) -> None:
    await sign_in(page, "sam")
    asked: list[str] = []

    async def hold(route: Route, request: Request) -> None:
        asked.append(request.url)
        if request.url.endswith("q=k"):
            await asyncio.sleep(1)
        await route.continue_()

    await page.route("**/suggest?*", hold)
    await page.keyboard.type("k")
    await page.wait_for_timeout(200)
    await page.keyboard.press("Backspace")
    await page.keyboard.type("dur", delay=20)
    await expect(suggested(page).get_by_role("option").first).to_contain_text("ura")
    await page.wait_for_timeout(1200)
    await expect(suggested(page).get_by_role("option").first).to_contain_text("ura")
    assert [url.rpartition("=")[2] for url in asked] == ["k", "dur"]


@pytest.mark.browser
async def test_a_failure_closes_the_list_and_the_search_goes_on(page: Page) -> None:
    await sign_in(page, "sam")
    await page.route("**/suggest?*", lambda route: route.fulfill(status=503, body="<li>no</li>"))
    await page.keyboard.type("cluster")
    await expect(page.locator(".card").first).to_be_visible()
    await expect(page.get_by_role("listbox")).to_be_hidden()


@pytest.mark.browser
async def test_what_is_typed_while_the_page_still_loads_is_searched_for(page: Page) -> None:
    await sign_in(page, "sam")
    scripts = asyncio.Event()

    async def hold(route: Route) -> None:
        await scripts.wait()
        await route.continue_()

    await page.route("**/static/*.js*", hold)
    await page.goto("/", wait_until="commit")
    await page.locator("#q").fill("cluster")
    scripts.set()
    await expect(page.locator(".card").first).to_be_visible()
    await expect(suggested(page).get_by_role("option").first).to_be_visible()


async def _as(client: AsyncTestClient[Litestar], name: str) -> None:
    client.cookies.clear()
    await client.post("/sign-in", data={"email": address_of(name), "password": PASSWORD})


async def test_options_are_of_what_is_published_and_escaped(
    client: AsyncTestClient[Litestar], library: Library
) -> None:
    for name in ("sam", "petra", "ada"):
        await _as(client, name)
        kube = (await client.get("/suggest?q=managed")).text
        assert "Managed Kubernetes deck" in kube
        assert "battle" not in (await client.get("/suggest?q=draft")).text
        hostile = (await client.get("/suggest?q=hostile")).text
        assert "&lt;img" in hostile
        assert HOSTILE not in hostile


@pytest.mark.parametrize("typed", ["", " ", "%", "\x00", "🙂" * 3000, "a" * 5000, "'\"\\"])
async def test_any_text_has_an_answer(client: AsyncTestClient[Litestar], typed: str) -> None:
    await _as(client, "sam")
    answer = await client.get("/suggest", params={"q": typed})
    assert answer.status_code == 200


async def test_a_stranger_gets_no_option(client: AsyncTestClient[Litestar]) -> None:
    client.cookies.clear()
    answer = await client.get("/suggest?q=managed", headers={"HX-Request": "true"})
    assert (answer.text, answer.headers["HX-Redirect"]) == ("", "/sign-in")


async def test_a_material_and_a_slide_show_more_like_them_to_whom_may_see_it(
    client: AsyncTestClient[Litestar], library: Library
) -> None:
    link = f'href="/m/{library.draft}"'
    for path in (f"/m/{library.deck}", f"/m/{library.deck}/s/3"):
        await _as(client, "petra")
        page = (await client.get(path)).text
        assert "More like this" in page
        assert link in page
        for other in ("otto", "sam"):
            await _as(client, other)
            assert link not in (await client.get(path)).text
