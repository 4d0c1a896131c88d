"""What people do, in a real browser against a real server."""

import asyncio

import pytest
from playwright.async_api import Browser, FilePayload, Page, Response, expect

from tests.integration.ingest import files
from tests.web.conftest import Site, sign_in
from tests.web.people import HOSTILE

pytestmark = [pytest.mark.anyio, pytest.mark.browser]


async def test_a_rep_types_and_comes_to_the_slide_and_its_file(page: Page, site: Site) -> None:
    await sign_in(page, "sam")
    await expect(page.get_by_role("combobox", name="Search all materials")).to_be_focused()
    await page.keyboard.type("egress fees")
    slide = page.get_by_role("link", name="Why customers move")
    await expect(slide).to_be_visible()
    await expect(page.locator(".snippet mark").first).to_have_text("egress")
    assert "q=egress+fees" in page.url
    await expect(page.locator("#announce")).to_have_text("1 material")
    await slide.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Why customers move")
    await expect(page.get_by_text("Data stays in the European Union")).to_be_visible()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download the file").click()
    file = await download.value
    assert file.suggested_filename == "k8s sales_deck.pptx"
    content = await asyncio.to_thread((await file.path()).read_bytes)
    assert content == site.library.deck_bytes


async def test_what_is_typed_while_results_come_is_kept(page: Page) -> None:
    await sign_in(page, "sam")
    await page.keyboard.type("load balancing", delay=120)
    await expect(page.get_by_role("link", name="Load balancing").first).to_be_visible()
    await expect(page.get_by_role("combobox", name="Search all materials")).to_have_value(
        "load balancing"
    )
    await expect(page.get_by_role("combobox", name="Search all materials")).to_be_focused()


async def test_facets_narrow_and_chips_widen(page: Page) -> None:
    await sign_in(page, "sam")
    await page.goto("/?q=")
    await expect(page.locator(".card").first).to_be_visible()
    everything = await page.locator(".card").count()  # another test may have published one more
    assert everything >= 3
    await page.get_by_role("checkbox", name="CTO").check()
    await expect(page.locator(".card")).not_to_have_count(everything)
    narrowed = await page.locator(".card").count()
    assert 1 <= narrowed < everything
    await expect(page.get_by_role("checkbox", name="CTO")).to_be_focused()
    assert "persona=" in page.url
    await page.get_by_role("link", name="Remove Persona: CTO").click()
    await expect(page.locator(".card")).to_have_count(everything)
    assert "persona=" not in page.url
    await page.go_back()
    await expect(page.locator(".card")).to_have_count(narrowed)
    await expect(page.get_by_role("checkbox", name="CTO")).to_be_checked()


async def test_partial_matches_say_what_is_missing(page: Page) -> None:
    await sign_in(page, "sam")
    await page.goto("/?q=octavia+durability")
    await expect(page.get_by_text("No material holds every word")).to_be_visible()
    await expect(page.locator(".missing").first).to_contain_text("Without")


async def test_the_search_works_without_scripts(browser: Browser, site: Site) -> None:
    context = await browser.new_context(base_url=site.url, java_script_enabled=False)
    page = await context.new_page()
    await sign_in(page, "sam")
    await page.get_by_role("searchbox").fill("cluster")
    await page.get_by_role("button", name="Search", exact=True).click()
    await expect(page.locator(".card")).to_have_count(2)
    await page.get_by_label("Healthcare").check()
    await page.get_by_role("button", name="Apply filters").click()
    await expect(page.locator(".card")).to_have_count(1)
    await context.close()


async def test_a_slides_address_survives_the_sign_in(page: Page, site: Site) -> None:
    await page.goto(f"/m/{site.library.deck}/s/2?v=1")
    await sign_in(page, "sam")
    assert page.url == f"{site.url}/m/{site.library.deck}/s/2?v=1"
    await expect(page.get_by_label("Permanent address")).to_have_value(page.url)
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Load balancing")


async def test_slash_goes_to_the_box(page: Page, site: Site) -> None:
    await sign_in(page, "sam")
    await page.goto(f"/m/{site.library.deck}")
    await page.keyboard.press("/")
    await page.keyboard.type("durability")
    await page.keyboard.press("Enter")
    await expect(page.locator(".card")).to_have_count(1)


async def test_markup_in_a_file_stays_text(page: Page, site: Site) -> None:
    await sign_in(page, "petra")
    for path in (
        "/?q=hostile",
        f"/m/{site.library.hostile}",
        f"/m/{site.library.hostile}/s/1",
        f"/m/{site.library.hostile}/review",
        "/library",
    ):
        await page.goto(path)
        await expect(page.get_by_text(HOSTILE).first).to_be_attached()
        assert await page.locator('main img[src="x"]').count() == 0, path


async def test_a_pmm_uploads_reviews_and_publishes(page: Page) -> None:
    await sign_in(page, "petra")
    await page.get_by_role("link", name="Upload").click()
    deck = files.deck((("Zebra networking", "Zebra switches for every rack"),), notes="Say zebra")
    payload = FilePayload(name="zebra battle_card.pptx", mimeType="", buffer=deck)
    refused = FilePayload(name="nothing.pdf", mimeType="", buffer=b"")
    await page.get_by_label("Drop decks").set_input_files([payload, refused])
    await expect(page.get_by_text("The file is empty; choose another one.")).to_be_visible()
    await expect(page.get_by_text("Ready for review")).to_be_visible(timeout=40_000)
    await page.get_by_role("link", name="Review").click()
    await expect(page.get_by_text("Zebra switches for every rack")).to_be_visible()
    await expect(page.get_by_text("Say zebra")).to_be_visible()
    assert await page.locator(".field .badge", has_text="guessed").count() >= 2
    await page.get_by_label("Name").fill("Zebra networking battle card")
    await page.get_by_label("CTO").check()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    await expect(page.locator(".field .badge", has_text="guessed")).to_have_count(0)
    await page.get_by_role("button", name="Send to review").click()
    await page.get_by_role("button", name="Publish").click()
    await expect(
        page.get_by_role("status").filter(has_text="everybody can find it now")
    ).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    await sign_in(page, "sam")
    await page.goto("/?q=zebra&persona=CTO")
    await expect(page.locator(".card")).to_contain_text("Zebra networking battle card")


async def test_a_page_that_weighs_little(page: Page) -> None:
    await sign_in(page, "sam")
    await page.wait_for_load_state("networkidle")  # else what still comes of this page is weighed
    sizes: list[int] = []

    async def weigh(response: Response) -> None:
        sizes.append(len(await response.body()))

    page.on("response", weigh)
    await page.goto("/?q=cluster", wait_until="networkidle")
    assert 20_000 < sum(sizes) < 150_000


async def test_a_slides_citation_is_copied_by_its_button(page: Page, site: Site) -> None:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await sign_in(page, "sam")
    await page.goto(f"/m/{site.library.deck}/s/2")
    await page.get_by_role("button", name="Copy the citation").click()
    await expect(page.get_by_role("button", name="Copied the citation")).to_be_visible()
    citation = await page.get_by_label("Citation", exact=True).input_value()
    assert f"page 2, version 1: {site.url}/m/{site.library.deck}/s/2?v=1\nCheck: " in citation
    assert await page.evaluate("navigator.clipboard.readText()") == citation
