"""What pages say of sending, and the downloads that they offer."""

import html
import io
import re

import pytest
from pptx import Presentation

from tests.web.people import Library
from tests.web.test_pages import Client, _sign_in

pytestmark = pytest.mark.anyio


async def test_a_material_says_whether_it_may_be_sent_and_offers_a_clean_copy(
    client: Client, library: Library
) -> None:
    await _sign_in(client, "sam")
    page = (await client.get(f"/m/{library.deck}")).text
    assert "Safe to send?" in page
    assert f"/m/{library.deck}/file?clean=1" in page
    copy = await client.get(f"/m/{library.deck}/file?clean=1")
    assert copy.status_code == 200
    assert len(Presentation(io.BytesIO(copy.content)).slides) > 0


async def test_a_clean_copy_is_told_from_its_original_by_its_name(
    client: Client, library: Library
) -> None:
    await _sign_in(client, "sam")
    names = []
    for query in ("", "?clean=1", "?slides=1"):
        answer = await client.get(f"/m/{library.deck}/file{query}")
        names.append(answer.headers["Content-Disposition"].split('"')[1])
    assert names == [f"k8s sales_deck{what}.pptx" for what in ("", " - clean", " - 1")]


async def test_a_slide_can_be_had_alone(client: Client, library: Library) -> None:
    await _sign_in(client, "sam")
    page = (await client.get(f"/m/{library.deck}/s/1")).text
    assert "Is this slide safe to send?" in page
    alone, whole = f'"/m/{library.deck}/file?slides=1"', f'"/m/{library.deck}/file"'
    assert page.index(alone) < page.index(whole)
    copy = await client.get(f"/m/{library.deck}/file?slides=1")
    assert len(Presentation(io.BytesIO(copy.content)).slides) == 1


async def test_some_slides_are_chosen_on_the_materials_page(
    client: Client, library: Library
) -> None:
    await _sign_in(client, "sam")
    page = (await client.get(f"/m/{library.deck}")).text
    assert f'<form class="stack" action="/m/{library.deck}/file" method="get">' in page
    assert 'name="slides"' in page
    copy = await client.get(f"/m/{library.deck}/file", params={"slides": "1, 1-1"})
    assert len(Presentation(io.BytesIO(copy.content)).slides) == 1


@pytest.mark.parametrize(
    ("typed", "problem"), [("99", "the deck has 3 slides"), ('3;"x', "write them as 3,5-7")]
)
async def test_slides_that_are_none_lead_back_to_the_form_with_what_was_typed(
    client: Client, library: Library, typed: str, problem: str
) -> None:
    await _sign_in(client, "sam")
    answer = await client.get(f"/m/{library.deck}/file", params={"slides": typed})
    assert answer.status_code == 400
    assert "<h1>Managed Kubernetes deck</h1>" in answer.text
    field = re.search(r'<input id="slides"[^>]* value="([^"]*)"[^>]*>', answer.text)
    assert field
    assert html.unescape(field[1]) == typed
    assert 'aria-invalid="true" aria-describedby="wrong-slides"' in field[0]
    message = re.search(r'<p class="wrong" id="wrong-slides">([^<]*)</p>', answer.text)
    assert message
    assert problem in message[1]


async def test_a_slides_citation_stands_on_its_page_as_the_interface_gives_it(
    client: Client, library: Library
) -> None:
    await _sign_in(client, "sam")
    page = (await client.get(f"/m/{library.deck}/s/1")).text
    shown = re.search(r'<textarea id="citation"[^>]*>([^<]*)</textarea>', page)
    assert shown
    path = f"/api/v1/materials/{library.deck}/pages/1/citations"
    (given,) = (await client.get(path)).json()["items"]
    lines = html.unescape(shown[1]).splitlines()
    assert lines == [given["line"], f"Check: {given['citation']['check']}"]
