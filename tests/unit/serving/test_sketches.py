from xml.etree import ElementTree as ET

import pytest

from search_service.catalog.pages import PageRecord
from search_service.serving.sketches import LABEL, sketch_of

HOSTILE = "<script>alert(1)</script>&\"']]><image href='http://evil.example/x.png'/>"
SVG = "{http://www.w3.org/2000/svg}"


def drawn(page: PageRecord, *, portrait: bool = False, small: bool = False) -> ET.Element:
    sketch = sketch_of(page, portrait=portrait, small=small)
    return ET.fromstring(sketch)  # noqa: S314 - our own text


def lines(sheet: ET.Element) -> list[str]:
    return [text.text or "" for text in sheet.iter(f"{SVG}text")]


def test_a_sketch_shows_the_texts_of_the_page_and_says_what_it_is() -> None:
    page = PageRecord(
        1, title="Prices", body="Pay per hour", tables=[[["Flavor", "Memory"]]],
        chart_texts=["Growth"], notes="Not on the slide",
    )  # fmt: skip
    found = lines(drawn(page))
    assert found == ["Prices", "Pay per hour", "Flavor | Memory", "Growth", LABEL]


@pytest.mark.parametrize("small", [True, False])
def test_no_text_of_a_page_becomes_markup(small: bool) -> None:
    page = PageRecord(1, title=HOSTILE, body=HOSTILE, tables=[[[HOSTILE]]])
    sheet = drawn(page, small=small)
    assert {element.tag.removeprefix(SVG) for element in sheet.iter()} == {
        "svg", "title", "rect", "text",
    }  # fmt: skip
    names = {name for element in sheet.iter() for name in element.attrib}
    assert not [name for name in names if name.startswith("on") or "href" in name]
    assert "".join("".join(lines(sheet)).split()).startswith("<script>alert(1)</script>")


def test_what_xml_cannot_hold_is_left_out() -> None:
    assert lines(drawn(PageRecord(1, title="a\x0bb\ud800c\uffff")))[0] == "abc"


def test_a_small_sketch_has_the_title_alone() -> None:
    page = PageRecord(1, title="Prices", body="Pay per hour")
    assert lines(drawn(page, small=True)) == ["Prices", "Sketch"]


def test_the_sheet_has_the_shape_of_the_page() -> None:
    assert drawn(PageRecord(1, width=960, height=720)).get("height") == "720"
    assert drawn(PageRecord(1)).get("height") == "540"
    assert drawn(PageRecord(1), portrait=True).get("height") == "1358"
    assert drawn(PageRecord(1, width=1, height=1e9)).get("height") == "1920"


def test_long_texts_are_broken_and_end_at_the_foot_of_the_page() -> None:
    body = "word " * 3_000 + "x" * 500 + "漢字" * 400
    sheet = drawn(PageRecord(1, title="T " * 60, body=body))
    assert max(float(text.get("y", 0)) for text in sheet.iter(f"{SVG}text")) < 540
    assert max(map(len, lines(sheet))) < 90
    assert lines(sheet)[-2].endswith("…")


def test_a_page_without_a_word_is_an_empty_sheet() -> None:
    assert lines(drawn(PageRecord(1))) == [LABEL]
