"""Every page for people who can use a screen only in their own way: axe, narrow, dark."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.web.conftest import Site, sign_in

pytestmark = [pytest.mark.anyio, pytest.mark.browser]
AXE = Path(__file__).parent / "axe.min.js"
RUN = """async () => (await axe.run()).violations
  .filter(found => ['serious', 'critical'].includes(found.impact))
  .map(found => [found.id, found.nodes.map(node => node.html + ' ' + node.failureSummary)])"""


def _paths(site: Site) -> tuple[str, ...]:
    deck, draft = site.library.deck, site.library.draft
    return (
        "/",
        "/?q=cluster&persona=CTO",
        "/?q=octavia+durability",
        "/?q=nothingatall",
        f"/m/{deck}",
        f"/m/{deck}/s/3",
        f"/m/{site.library.datasheet}/s/1",
        f"/m/{draft}/review",
        f"/m/{draft}/review?edit=2",
        f"/m/{site.library.scan}/review",
        f"/m/{site.library.revised}/review",
        f"/m/{site.library.revised}/versions",
        f"/m/{site.library.revised}/s/2?v=1",
        "/library?needs=review",
        "/library",
        "/library?needs=publishing",
        "/queue",
        "/library/stale",
        "/library/deleted",
        "/library/transfer",
        "/upload",
        "/m/999999",
    )


async def _findings(page: Page) -> list[Any]:
    await page.evaluate(AXE.read_text("utf-8"))
    findings: list[Any] = await page.evaluate(RUN)
    return findings


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_page_has_a_serious_finding(browser: Browser, site: Site, scheme: Any) -> None:
    context = await browser.new_context(base_url=site.url, color_scheme=scheme)
    page = await context.new_page()
    await page.goto("/sign-in")
    found = {"/sign-in": await _findings(page)}
    await sign_in(page, "petra")
    for path in _paths(site):
        await page.goto(path)
        found[path] = await _findings(page)
    await context.close()
    assert not any(found.values()), {path: each for path, each in found.items() if each}


@pytest.mark.parametrize("width", [390, 768, 1440])
async def test_no_page_is_wider_than_the_screen(browser: Browser, site: Site, width: int) -> None:
    context = await browser.new_context(base_url=site.url, viewport={"width": width, "height": 844})
    page = await context.new_page()
    await sign_in(page, "petra")
    too_wide = []
    for path in _paths(site):
        await page.goto(path)
        if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            too_wide.append(path)
    await context.close()
    assert too_wide == []


@pytest.mark.parametrize("width", [390, 900])
async def test_the_library_is_read_without_scrolling_aside(
    browser: Browser, site: Site, width: int
) -> None:
    context = await browser.new_context(base_url=site.url, viewport={"width": width, "height": 844})
    page = await context.new_page()
    await sign_in(page, "petra")
    await page.goto("/library?owner=all")
    cut = "list => list.map(e => e.scrollWidth - e.clientWidth)"
    assert set(await page.locator(".table-scroll, .tabs").evaluate_all(cut)) == {0}
    await expect(page.get_by_role("columnheader", name="Updated")).to_have_count(1)
    await expect(page.get_by_role("row").nth(1).get_by_role("cell")).to_have_count(6)
    await context.close()


@pytest.mark.parametrize("width", [721, 901, 1000])
async def test_the_header_does_not_lie_over_the_panel_that_sticks_below_it(
    browser: Browser, site: Site, width: int
) -> None:
    context = await browser.new_context(base_url=site.url, viewport={"width": width, "height": 600})
    page = await context.new_page()
    await sign_in(page, "petra")
    await page.goto(f"/m/{site.library.scan}/review")
    header = await page.locator(".top").bounding_box()
    assert header
    sticks_at = "parseFloat(getComputedStyle(document.querySelector('.meta')).top)"
    assert header["height"] < await page.evaluate(sticks_at)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await context.close()
