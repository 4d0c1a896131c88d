"""Which downloads are offered, and which of them first."""

from dataclasses import replace

import pytest

from search_service.accounts.sending import Shareable
from search_service.web.views.reading import MaterialHead
from search_service.web.views.sendable import SendView, of_material, of_page

PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
SAFE = Shareable(ok=True, clean_copy_ok=True, reasons=())
HEAD = MaterialHead(
    id=7,
    address="/m/7",
    name="Backup",
    badges=(),
    download="/m/7/file",
    file_line="",
    word="slide",
    portrait=False,
    count=5,
    version=1,
    may_edit=False,
)


def addresses(view: SendView) -> list[str]:
    return [offer.address for offer in view.offers]


@pytest.mark.parametrize(
    ("audience", "material", "page"),
    [
        ("CUSTOMER_FACING", ["?clean=1", ""], ["?slides=3", ""]),
        ("INTERNAL", ["", "?clean=1"], ["", "?slides=3"]),
    ],
)
def test_the_copy_comes_first_where_it_may_be_sent(
    audience: str, material: list[str], page: list[str]
) -> None:
    whole = of_material(HEAD, SAFE, audience, PPTX)
    assert addresses(whole) == [f"/m/7/file{query}" for query in material]
    assert whole.some == "/m/7/file"
    assert addresses(of_page(HEAD, SAFE, 3, audience, PPTX)) == [f"/m/7/file{q}" for q in page]


def test_nothing_but_the_file_is_offered_where_nothing_could_be_read() -> None:
    view = of_material(replace(HEAD, count=0), SAFE, "BOTH", PPTX)

    assert addresses(view) == ["/m/7/file"]
    assert view.some == ""
