"""The page of files being read, and the stream that keeps pages up to date."""

import re

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import AsyncTestClient
from playwright.async_api import FilePayload, Page, expect

from tests.integration.ingest import files
from tests.web.conftest import sign_in
from tests.web.people import PASSWORD, Library, address_of

pytestmark = pytest.mark.anyio


async def signed_in(client: AsyncTestClient[Litestar], name: str) -> None:
    client.cookies.clear()
    await client.post("/sign-in", data={"email": address_of(name), "password": PASSWORD})


async def test_the_page_is_for_those_who_upload(client: AsyncTestClient[Litestar]) -> None:
    await signed_in(client, "sam")
    assert (await client.get("/queue")).status_code == 403
    await signed_in(client, "otto")
    assert "Managed Kubernetes deck" not in (await client.get("/queue?owner=all")).text
    await signed_in(client, "ada")
    everybody = (await client.get("/queue?owner=all")).text
    assert "Managed Kubernetes deck" in everybody
    assert "Pause everybody’s" in everybody


async def test_an_administrator_ends_the_pauses_of_others(
    client: AsyncTestClient[Litestar],
) -> None:
    await signed_in(client, "otto")
    await client.post("/queue/pause", data={"csrf_token": token_in(await client.get("/queue"))})
    await signed_in(client, "ada")
    page = await client.get("/queue")
    assert "One person has paused their own files" in page.text
    form = {"csrf_token": token_in(page), "everybody": "1"}
    await client.post("/queue/resume", data=form)
    assert "paused their own files" not in (await client.get("/queue")).text
    await signed_in(client, "otto")
    assert "You have paused your files" not in (await client.get("/queue")).text


def token_in(page: Response) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found
    return found[1]


async def test_a_list_shows_one_outcome_and_goes_on(
    client: AsyncTestClient[Litestar], library: Library
) -> None:
    await signed_in(client, "petra")
    assert f'href="/m/{library.deck}/review"' in (await client.get("/queue?show=read")).text
    assert "Nothing here" in (await client.get("/queue?show=refused")).text
    assert "Nothing here" in (await client.get("/queue?before=1")).text
    for wrong in ("/queue?before=x", "/queue?show=zork"):
        assert (await client.get(wrong)).status_code == 200


async def test_a_stream_of_no_job_of_ones_own_is_not_there(
    client: AsyncTestClient[Litestar],
) -> None:
    await signed_in(client, "otto")
    for query in ("", "?job=1", "?job=2147483647"):
        assert (await client.get(f"/queue/events{query}")).status_code == 404
    for query in ("?job=x", "?job=99999999999"):
        assert (await client.get(f"/queue/events{query}")).status_code == 400


@pytest.mark.browser
async def test_files_are_followed_paused_cancelled_and_read_again(page: Page) -> None:
    streams: list[str] = []
    page.on("request", lambda sent: streams.append(sent.url) if "/events" in sent.url else None)
    await sign_in(page, "otto")
    await page.goto("/upload")
    good = FilePayload(name="ibex.pptx", mimeType="", buffer=files.deck((("Ibex", "Horns"),), ""))
    bad = FilePayload(name="torn.pdf", mimeType="", buffer=b"%PDF-1.7\nnothing of one")
    await page.get_by_label("Drop decks").set_input_files([good, bad])
    await expect(page.get_by_text("Ready for review")).to_be_visible(timeout=40_000)
    await expect(page.get_by_text("Could not be read")).to_be_visible(timeout=40_000)
    assert 1 <= len(streams) <= 6
    await page.get_by_role("link", name="What became of your files").click()
    torn = page.locator("li.row", has_text="torn")
    await expect(torn).to_contain_text("The file is damaged. Open it in the program that made it")
    await torn.get_by_role("button", name="Read again").click()
    await expect(page.get_by_role("status")).to_contain_text("being read again")
    await expect(torn).to_contain_text("Could not be read", timeout=40_000)

    await page.get_by_role("button", name="Pause my files").click()
    await expect(page.get_by_text("You have paused your files")).to_be_visible()
    await page.goto("/upload")
    late = FilePayload(name="kudu.pptx", mimeType="", buffer=files.deck((("Kudu", "Spiral"),), ""))
    await page.get_by_label("Drop decks").set_input_files([late])
    await expect(page.get_by_text("Waiting to be read")).to_be_visible(timeout=20_000)
    await page.goto("/queue?show=open")
    kudu = page.locator("li.row", has_text="kudu")
    await kudu.get_by_role("button", name="Cancel").click()
    await expect(kudu).to_contain_text("Cancelled")
    await page.get_by_role("button", name="Let my files go on").click()
    await kudu.get_by_role("button", name="Read again").click()
    await expect(kudu).to_contain_text("Ready for review", timeout=40_000)
    await page.get_by_role("link", name="Could not be read").click()
    await expect(page.locator("li.row")).to_have_count(1)
