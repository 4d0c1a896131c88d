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
