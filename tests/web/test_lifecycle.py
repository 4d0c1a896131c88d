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


async def test_the_library_lists_what_waits_by_reason(
    client: AsyncTestClient[Litestar], library: Library
) -> None:
    await sign_in(client, "petra")
    review = f"/m/{library.datasheet}/review"
    page = (await client.get(review)).text
    etag = page.partition('name="etag" value="')[2].partition('"')[0].replace("&#34;", '"')
    sent = await form(client, review, name="Object Storage", review_by="2020-01-31", etag=etag)
    sent |= {"material_type": "PRODUCT_DATASHEET", "audience": "BOTH", "universe_name": "Storage"}
    assert (await client.post(review, data=sent)).status_code in {200, 303}
    waiting = (await client.get("/library?needs=review")).text
    assert "review is due: 31 Jan 2020" in waiting
    assert 'href="/library?needs=review&amp;reason=review_due"' in waiting
    due = (await client.get("/library?needs=review&reason=review_due")).text
    assert f'href="/m/{library.datasheet}/review"' in due
    assert f'href="/m/{library.scan}/review"' not in due
    ready = (await client.get("/library?needs=publishing")).text
    assert f'href="/m/{library.draft}/review"' in ready
    assert f'href="/m/{library.datasheet}/review"' not in ready
    assert "Its review was due on 31 Jan 2020" in (await client.get(review)).text
    held = await client.post(
        f"/m/{library.datasheet}/still-right",
        data=await form(client, review),
        follow_redirects=True,
    )
    assert "Noted: its next review is in half a year." in held.text
    assert "Its review was due" not in held.text


async def test_materials_are_handed_over_by_forms(
    client: AsyncTestClient[Litestar], library: Library
) -> None:
    await sign_in(client, "petra")
    page = (await client.get("/library/transfer")).text
    assert f'name="material" value="{library.draft}"' in page
    assert "All materials of somebody who left" not in page
    sent = await form(
        client, "/library/transfer", material=str(library.draft), to=address_of("otto")
    )
    done = await client.post("/library/transfer", data=sent, follow_redirects=True)
    assert "Handed over." in done.text
    assert f'name="material" value="{library.draft}"' not in done.text
    assert (await client.get(f"/m/{library.draft}")).status_code == 404
    wrong = await client.post("/library/transfer", data=sent | {"material": "x"})
    assert wrong.status_code == 400
    await sign_in(client, "ada")
    page = (await client.get("/library/transfer")).text
    assert "All materials of somebody who left" in page
    sent = await form(client, "/library/transfer", owner=address_of("otto"), to=address_of("petra"))
    await client.post("/library/transfer", data=sent)
    await sign_in(client, "petra")
    assert (await client.get(f"/m/{library.draft}")).status_code == 200
