"""The review page and the versions as product marketing uses them, without scripts."""

import re
from typing import TypeAlias

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import AsyncTestClient
from playwright.async_api import Browser, expect

from tests.integration.ingest import files
from tests.web import people
from tests.web.conftest import Site, sign_in
from tests.web.people import Library, address_of

pytestmark = pytest.mark.anyio
Client: TypeAlias = AsyncTestClient[Litestar]


async def enter(client: Client, name: str) -> None:
    client.cookies.clear()
    form = {"email": address_of(name), "password": people.PASSWORD, "next": "/"}
    await client.post("/sign-in", data=form, follow_redirects=False)


async def send(client: Client, path: str, **form: str) -> Response:
    """Send a form as the browser does, with the token of its page."""
    token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', (await client.get("/upload")).text)
    assert token
    return await client.post(path, data={"csrf_token": token[1], **form}, follow_redirects=False)


async def test_what_was_typed_survives_that_somebody_else_was_faster(
    client: Client, library: Library
) -> None:
    await enter(client, "petra")
    path = f"/m/{library.draft}/review"
    page = (await client.get(f"{path}?edit=2")).text
    found = re.search(r'name="etag" value="(&#34;[0-9a-f]{20}&#34;)"', page)
    assert found
    old = found[1].replace("&#34;", '"')
    texts = {"title": "Why", "body": "First\r\nSecond", "notes": ""}
    assert (await send(client, f"{path}/pages/2", etag=old, **texts)).status_code == 303
    late = await send(client, f"{path}/pages/2", etag=old, **{**texts, "title": "Mine"})
    assert late.status_code == 412
    assert 'value="Mine"' in late.text
    assert "Somebody else changed this page" in late.text
    shown = (await client.get(path)).text
    assert "Corrected: title and body." in shown
    assert "Predictable prices without egress fees" in shown  # as it was extracted


@pytest.mark.parametrize("who", ["otto", "sam"])
async def test_nobody_else_decides_about_a_material(
    client: Client, library: Library, who: str
) -> None:
    # Only product marketing has a page with a form, so the token is taken from the start page.
    await enter(client, who)
    token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', (await client.get("/")).text)
    assert token
    paths = (
        "/review/pages/1",
        "/review/pages/1/search",
        "/review/corrections/1/undo",
        "/review/warnings",
        "/review/accept",
        "/versions/1/restore",
    )
    for path in paths:
        form = {"csrf_token": token[1], "code": "page_unreadable", "version": "1"}
        answer = await client.post(f"/m/{library.deck}{path}", data=form)
        assert answer.status_code == 403, path
    assert (await client.get(f"/m/{library.deck}/versions")).status_code == 403
    assert (await client.get(f"/m/{library.revised}/file?v=1")).status_code == 404


async def test_an_older_slides_address_leads_to_where_it_stands_now(
    client: Client, library: Library
) -> None:
    await enter(client, "petra")
    moved = await client.get(f"/m/{library.revised}/s/2?v=1")
    assert moved.status_code == 200
    assert "Version 1 of this material was superseded" in moved.text
    assert f'href="/m/{library.revised}/s/1?v=2"' in moved.text
    assert "Butter and cheese" not in moved.text
    changed = (await client.get(f"/m/{library.revised}/s/1?v=1")).text
    assert "No slide says the same any more" in changed
    assert "Wool of a yak" not in changed
    present = (await client.get(f"/m/{library.revised}/s/1?v=2")).text
    assert "<h1>Yak butter</h1>" in present  # the correction went with its slide


async def test_a_newer_file_is_uploaded_and_an_older_one_taken_back(
    client: Client, library: Library
) -> None:
    await enter(client, "petra")
    path = f"/m/{library.renewed}/versions"
    listed = (await client.get(path)).text
    assert f'action="{path}/1/restore"' in listed
    assert f'action="{path}/2/restore"' not in listed
    old = await client.get(f"/m/{library.renewed}/file?v=1")
    assert old.headers["Content-Disposition"].startswith('attachment; filename="gayals.pptx"')
    token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', listed)
    assert token
    form = {"csrf_token": token[1], "version": "3.0"}
    nothing = await client.post(path, files={"file": ("", b"")}, data=form)
    assert (nothing.status_code, "Choose a file first." in nothing.text) == (400, True)
    newer = {"file": ("y.pptx", files.deck((("Gayal", "Three gayals"),), ""))}
    taken = await client.post(path, files=newer, data=form)
    assert "called 3.0" in taken.text
    assert "not read yet" in taken.text
    back = await send(client, f"{path}/1/restore")
    assert back.status_code == 303
    assert "Version 4" in (await client.get(path)).text


@pytest.mark.browser
async def test_a_pmm_settles_a_scan_and_publishes_it_without_scripts(
    browser: Browser, site: Site
) -> None:
    context = await browser.new_context(base_url=site.url, java_script_enabled=False)
    page = await context.new_page()
    await sign_in(page, "petra")
    await page.goto("/library?needs=review")
    await page.get_by_role("row", name="serious warnings").get_by_role("link").click()
    await expect(page.get_by_role("heading", name="1 open warning, 1 serious")).to_be_visible()
    await page.get_by_role("button", name="Send to review").click()
    await page.get_by_role("button", name="Publish", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("open serious warnings: page 2")
    await page.get_by_role("link", name="Correct page 2").click()
    await page.get_by_label("Title", exact=True).fill("Zebu diagram")
    await page.get_by_label("Text", exact=True).fill("What the zebu picture says")
    await page.get_by_role("button", name="Save the correction").click()
    await expect(page.get_by_role("status")).to_contain_text("Corrected")
    await expect(page.get_by_role("heading", name="No open warning")).to_be_visible()
    await page.get_by_role("button", name="Accept what was read").click()
    await expect(page.get_by_text("Accepted by Petra Example")).to_be_visible()
    await page.get_by_role("button", name="Publish", exact=True).click()
    await page.goto("/?q=zebu+picture")
    await expect(page.locator(".card")).to_contain_text("Zebu diagram")
    await page.goto(f"/m/{site.library.scan}/review")
    await page.get_by_role("button", name="Hide from search page 2").click()
    await page.goto("/?q=%22zebu+picture%22")
    await expect(page.locator(".card")).to_have_count(0)
    await page.goto(f"/m/{site.library.scan}/review")
    await page.get_by_role("button", name="Back to what was extracted page 2").click()
    await expect(page.get_by_role("heading", name="1 open warning, 1 serious")).to_be_visible()
    await context.close()
