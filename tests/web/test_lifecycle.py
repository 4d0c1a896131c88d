"""Deleting and restoring on the pages."""

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.web.people import PASSWORD, Library, address_of

pytestmark = pytest.mark.anyio


async def sign_in(client: AsyncTestClient[Litestar], name: str) -> None:
    client.cookies.clear()
    await client.post("/sign-in", data={"email": address_of(name), "password": PASSWORD})


async def form(client: AsyncTestClient[Litestar], path: str, **fields: str) -> dict[str, str]:
    """What a form on a page sends."""
    page = (await client.get(path)).text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    return {"csrf_token": token, **fields}


async def test_a_material_is_deleted_and_restored_by_forms(
    client: AsyncTestClient[Litestar], library: Library
) -> None:
    await sign_in(client, "petra")
    review = f"/m/{library.draft}/review"
    sent = await form(client, review)
    gone = await client.post(f"/m/{library.draft}/delete", data=sent, follow_redirects=True)
    assert gone.url.path == "/library/deleted"
    assert "It can be restored for 30 days" in gone.text
    assert f'action="/m/{library.draft}/restore"' in gone.text
    assert (await client.get(review)).status_code == 404
    back = await client.post(f"/m/{library.draft}/restore", data=sent, follow_redirects=True)
    assert back.url.path == review
    assert "Restored: it is as it was." in back.text
    assert "Nothing was deleted" in (await client.get("/library/deleted")).text


async def test_deleted_materials_are_no_affair_of_sales(
    client: AsyncTestClient[Litestar], library: Library
) -> None:
    await sign_in(client, "sam")
    assert (await client.get("/library/deleted")).status_code == 403


async def test_a_rep_reports_a_slide_and_its_owner_answers(
    client: AsyncTestClient[Litestar], library: Library
) -> None:
    await sign_in(client, "sam")
    slide = f"/m/{library.deck}/s/2"
    page = (await client.get(slide)).text
    assert "Report as outdated" in page
    sent = await form(client, slide, page="2", reason="Prices <b>changed</b>")
    told = await client.post(f"/m/{library.deck}/reports", data=sent, follow_redirects=True)
    assert told.url.path == slide
    assert "Reported: its owner has it on the list." in told.text
    await sign_in(client, "petra")
    assert "reported as outdated" in (await client.get("/library?needs=review")).text
    review = f"/m/{library.deck}/review"
    page = (await client.get(review)).text
    assert "Prices &lt;b&gt;changed&lt;/b&gt;" in page
    path = page.partition(f'action="/m/{library.deck}/reports/')[2].partition('"')[0]
    answer = await form(client, review, answer="Mended")
    done = await client.post(
        f"/m/{library.deck}/reports/{path}", data=answer, follow_redirects=True
    )
    assert "Resolved by Petra Example" in done.text
    assert "reported as outdated" not in (await client.get("/library?needs=review")).text


async def test_a_replaced_materials_address_leads_to_what_replaces_it(
    client: AsyncTestClient[Litestar], library: Library
) -> None:
    await sign_in(client, "petra")
    review = f"/m/{library.hostile}/review"
    for wrong in ("somewhere", f"/m/{library.hostile}", "/m/99999999999"):
        sent = await form(client, review, successor=wrong)
        refused = await client.post(f"/m/{library.hostile}/successor", data=sent)
        assert refused.status_code == 400
    address = f"http://testserver.local/m/{library.deck}/s/1?v=1"
    sent = await form(client, review, successor=address)
    saved = await client.post(f"/m/{library.hostile}/successor", data=sent, follow_redirects=True)
    assert f'<a href="/m/{library.deck}">Managed Kubernetes deck</a>' in saved.text
    kept = await client.get(f"/m/{library.hostile}")
    assert (kept.status_code, "Replaced by" in kept.text) == (200, True)
    await sign_in(client, "sam")
    for place in ("", "/s/1", "/s/1?v=1", "/file"):
        gone = await client.get(f"/m/{library.hostile}{place}")
        assert gone.status_code == 410
        assert f'href="/m/{library.deck}">Managed Kubernetes deck</a>' in gone.text
        assert "A cluster" not in gone.text
        assert "<img src=x" not in gone.text
