import zipfile
from pathlib import Path

import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml import parse_xml
from pptx.util import Inches

from extractors.limits import Limits
from extractors.types import Baggage, Code, WarningCode
from tests.integration.extractors.packages import slide, text_shape, write_deck, write_zip
from tests.integration.extractors.reads import read_here

_BOX = (Inches(1), Inches(1), Inches(4), Inches(3))


@pytest.fixture
def full_deck(tmp_path: Path) -> Path:
    """A deck by python-pptx with everything that it can write."""
    deck = Presentation()
    deck.core_properties.title = "Sovereign Cloud"
    deck.core_properties.author = "Ann"
    first = deck.slides.add_slide(deck.slide_layouts[5])
    first.shapes.title.text = "Why sovereign cloud"
    frame = first.shapes.add_textbox(*_BOX).text_frame
    frame.text = "Data stays in the country"
    run = frame.add_paragraph().add_run()
    run.text = "see our site"
    run.hyperlink.address = "https://cloud.example"
    group = first.shapes.add_group_shape().shapes.add_group_shape()
    group.shapes.add_textbox(*_BOX).text_frame.text = "in a nested group"
    first.notes_slide.notes_text_frame.text = "Ask about the contract"
    second = deck.slides.add_slide(deck.slide_layouts[5])
    second.shapes.title.text = "Prices"
    table = second.shapes.add_table(2, 2, *_BOX).table
    for row, column, text in ((0, 0, "Plan"), (0, 1, "Price"), (1, 0, "Pro"), (1, 1, "10 EUR")):
        table.cell(row, column).text = text
    chart = CategoryChartData()  # type: ignore[no-untyped-call] # python-pptx has few types
    chart.categories = ["North", "South"]
    chart.add_series("Revenue", (1.5, 2.5))  # type: ignore[no-untyped-call] # the same
    second.shapes.add_chart(XL_CHART_TYPE.PIE, *_BOX, chart)
    second.element.set("show", "0")
    deck.save(str(tmp_path / "deck.pptx"))
    return tmp_path / "deck.pptx"


def test_a_deck_is_read_field_by_field(full_deck: Path) -> None:
    outcome = read_here(full_deck)
    first, second = outcome.pages
    assert (first.title, first.notes) == ("Why sovereign cloud", "Ask about the contract")
    assert first.body == "Data stays in the country\nsee our site\n\nin a nested group"
    assert first.links == ("https://cloud.example",)
    assert (first.width, first.height) == (720, 540)
    assert (second.title, second.body, second.hidden) == ("Prices", "", True)
    assert second.tables == ((("Plan", "Price"), ("Pro", "10 EUR")),)
    assert second.chart_texts == ("Revenue", "North", "South")
    assert [warning.code for warning in second.warnings] == [WarningCode.HIDDEN]
    assert outcome.summary.status == "done"


def test_the_header_counts_what_travels_with_the_deck(full_deck: Path) -> None:
    document = read_here(full_deck).document
    assert document
    assert (document.title, document.author, document.pages) == ("Sovereign Cloud", "Ann", 2)
    assert document.baggage == Baggage(
        speaker_notes=1, hidden_slides=1, embedded_workbooks=1, author_metadata=2
    )


@pytest.mark.parametrize(
    ("main_type", "media_type"),
    [
        ("vnd.openxmlformats-officedocument.presentationml.presentation", "presentation"),
        ("vnd.openxmlformats-officedocument.presentationml.slideshow", "slideshow"),
        ("vnd.openxmlformats-officedocument.presentationml.template", "template"),
        ("vnd.ms-powerpoint.presentation.macroEnabled", "presentation.macroEnabled.12"),
        ("vnd.ms-powerpoint.slideshow.macroEnabled", "slideshow.macroEnabled.12"),
        ("vnd.ms-powerpoint.template.macroEnabled.12", "template.macroEnabled.12"),
    ],
)
def test_every_kind_of_deck_is_read(tmp_path: Path, main_type: str, media_type: str) -> None:
    path = write_deck(tmp_path / "x", [slide(text_shape("Title", "title"))], main_type=main_type)
    outcome = read_here(path)
    assert outcome.document
    assert outcome.document.media_type.rpartition("/")[2].endswith(media_type)
    assert outcome.pages[0].title == "Title"


def test_a_strict_deck_is_read(tmp_path: Path) -> None:
    part = slide(text_shape("Strict", "title") + text_shape("body"))
    strict = part.replace(
        "http://schemas.openxmlformats.org/drawingml/2006/main",
        "http://purl.oclc.org/ooxml/drawingml/main",
    ).replace(
        "http://schemas.openxmlformats.org/presentationml/2006/main",
        "http://purl.oclc.org/ooxml/presentationml/main",
    )
    (page,) = read_here(write_deck(tmp_path / "x", [strict])).pages
    assert (page.title, page.body) == ("Strict", "body")


def test_smartart_is_read_through_its_data(tmp_path: Path) -> None:
    data = (
        '<dgm:dataModel xmlns:dgm="d" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        "<dgm:pt><dgm:t><a:p><a:r><a:t>Plan</a:t></a:r></a:p></dgm:t></dgm:pt>"
        "<dgm:pt><dgm:t><a:p><a:r><a:t>Build</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:dataModel>"
    )
    path = write_deck(
        tmp_path / "x",
        [slide(text_shape("Steps", "title"))],
        {1: [("diagramData", "../diagrams/data1.xml")]},
        {"ppt/diagrams/data1.xml": data},
    )
    assert read_here(path).pages[0].diagram_texts == ("Plan", "Build")


def test_comments_old_and_new_are_read_and_counted(tmp_path: Path) -> None:
    old = "<p:cmLst xmlns:p='p'><p:cm><p:text>check the price</p:text></p:cm></p:cmLst>"
    new = (
        "<q:cmLst xmlns:q='q' xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main'>"
        "<q:cm><q:txBody><a:p><a:r><a:t>is this current?</a:t></a:r></a:p></q:txBody></q:cm>"
        "</q:cmLst>"
    )
    modern = "http://schemas.microsoft.com/office/2018/10/relationships/comments"
    path = write_deck(
        tmp_path / "x",
        [slide(text_shape("T", "title"))],
        {1: [("comments", "/ppt/comments/c1.xml"), (modern, "../comments/c2.xml")]},
        {"ppt/comments/c1.xml": old, "ppt/comments/c2.xml": new},
    )
    outcome = read_here(path)
    assert outcome.pages[0].comments == ("check the price", "is this current?")
    assert outcome.document
    assert outcome.document.baggage
    assert outcome.document.baggage.comments == 2


def test_outside_parts_are_counted_and_never_followed(tmp_path: Path) -> None:
    relations = [("image", "file:///etc/passwd"), ("hyperlink", "https://x.example")]
    path = write_deck(tmp_path / "x", [slide(text_shape("T", "title"))], {1: relations})
    outcome = read_here(path)
    assert outcome.document
    assert outcome.document.baggage == Baggage(external_links=1)
    assert outcome.pages[0].links == ("https://x.example",)


def test_a_missing_slide_keeps_its_place(tmp_path: Path) -> None:
    shapes = [slide(text_shape(word, "title")) for word in ("one", "three")]
    outcome = read_here(write_deck(tmp_path / "x", [shapes[0], None, shapes[1]]))
    assert [page.title for page in outcome.pages] == ["one", None, "three"]
    assert outcome.pages[1].warnings[0].code is WarningCode.PAGE_UNREADABLE
    assert (outcome.summary.status, outcome.summary.code) == ("partial", Code.DAMAGED)


def test_a_missing_attachment_is_named_and_the_slide_is_read(tmp_path: Path) -> None:
    part = slide(text_shape("T", "title"))
    outcome = read_here(write_deck(tmp_path / "x", [part], {1: [("chart", "../charts/c.xml")]}))
    (warning,) = outcome.pages[0].warnings
    assert (warning.code, warning.detail) == (WarningCode.PART_MISSING, "ppt/charts/c.xml")
    assert outcome.pages[0].title == "T"
    assert outcome.summary.status == "done", "nothing that the file holds was left out"


def test_a_slide_with_a_document_type_is_not_read(tmp_path: Path) -> None:
    entity = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    parts = [entity + slide(text_shape("&e;", "title")), slide(text_shape("next", "title"))]
    outcome = read_here(write_deck(tmp_path / "x", parts))
    assert [page.title for page in outcome.pages] == [None, "next"]


def test_a_slide_that_does_not_parse_to_its_end_is_read_as_far_as_it_does(tmp_path: Path) -> None:
    whole = slide(text_shape("T", "title") + text_shape("kept") + text_shape("lost"))
    outcome = read_here(write_deck(tmp_path / "x", [whole[: whole.index("lost")]]))
    (page,) = outcome.pages
    assert (page.title, page.body) == ("T", "kept")
    assert page.warnings[0].code is WarningCode.PART_DAMAGED
    assert (outcome.summary.status, outcome.summary.code) == ("partial", Code.DAMAGED)


def test_a_damaged_list_of_slides_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = write_deck(tmp_path / "x", [slide(text_shape(word, "title")) for word in "ab"])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    listed = parts["ppt/presentation.xml"]
    parts["ppt/presentation.xml"] = listed.replace(b"</p:sldIdLst>", b"<<")
    outcome = read_here(write_zip(path, parts))
    assert [page.title for page in outcome.pages] == ["a", "b"]
    assert (outcome.summary.status, outcome.summary.code) == ("partial", Code.DAMAGED)


def test_targets_that_climb_out_of_the_package_find_nothing(tmp_path: Path) -> None:
    relations = {1: [("notesSlide", "../../../../../../etc/passwd")]}
    path = write_deck(tmp_path / "x", [slide(text_shape("T", "title"))], relations)
    (page,) = read_here(path).pages
    assert page.notes is None
    assert page.warnings[0].code is WarningCode.PART_MISSING


def test_a_part_that_inflates_past_its_cap_costs_its_slide_only(tmp_path: Path) -> None:
    bomb = slide(text_shape("x" * 200_000, "title"))
    path = write_deck(tmp_path / "x", [bomb, slide(text_shape("next", "title"))])
    outcome = read_here(path, Limits(part_bytes=100_000))
    assert [page.title for page in outcome.pages] == [None, "next"]
    assert outcome.summary.code is Code.DAMAGED


def test_an_archive_that_inflates_past_the_cap_is_cut_there(tmp_path: Path) -> None:
    parts = [slide(text_shape("word " * 10_000)) for _ in range(5)]
    outcome = read_here(write_deck(tmp_path / "x", parts), Limits(inflated_bytes=150_000))
    assert (outcome.summary.status, outcome.summary.code) == ("partial", Code.TOO_LARGE)
    assert 0 < len(outcome.pages) < 5


def test_a_slide_that_is_a_picture_says_so(tmp_path: Path) -> None:
    (page,) = read_here(write_deck(tmp_path / "x", [slide("<p:pic/>")])).pages
    assert [warning.code for warning in page.warnings] == [WarningCode.NO_TEXT_BUT_IMAGE]


def test_sections_are_the_outline(tmp_path: Path) -> None:
    deck = Presentation()
    for _ in range(2):
        deck.slides.add_slide(deck.slide_layouts[6])
    ids = [entry.get("id") for entry in deck.slides._sldIdLst]
    sections = "".join(
        f'<q:section name="{name}"><q:sldIdLst><q:sldId id="{slide_id}"/></q:sldIdLst></q:section>'
        for name, slide_id in zip(("Intro", "Offer"), ids, strict=True)
    )
    path = tmp_path / "deck.pptx"
    extension = (
        '<p:extLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main">'
        f'<p:ext><q:sectionLst xmlns:q="q">{sections}</q:sectionLst></p:ext></p:extLst>'
    )
    deck.part._element.append(parse_xml(extension))
    deck.save(str(path))
    document = read_here(path).document
    assert document
    assert [(entry.title, entry.page) for entry in document.outline] == [("Intro", 1), ("Offer", 2)]


_LONG = " ".join(f'xmlns:n{number}="urn:example:namespace:{number}"' for number in range(200))


@pytest.mark.parametrize(
    "hidden",
    [
        slide(text_shape("Gone"), 'show="0"'),
        slide(text_shape("Gone"), "show = 'false'"),
        slide(text_shape("Gone"), 'show="&#48;"'),
        slide(text_shape("Gone"), 'show=" 0 "'),
        slide(text_shape("Gone"), f'{_LONG} show="0"'),
        f"<!-- {'x' * 5000} -->" + slide(text_shape("Gone"), 'show="0"'),
        slide(text_shape("Gone"), 'show="0"').encode("utf-16"),
    ],
)
def test_a_hidden_slide_is_known_however_it_is_written(tmp_path: Path, hidden: str | bytes) -> None:
    path = write_deck(
        tmp_path / "x",
        [slide(text_shape("Shown")), None],
        parts={"ppt/slides/slide1.xml": hidden},
    )
    outcome = read_here(path)
    assert [page.hidden for page in outcome.pages] == [False, True]
    assert outcome.document
    assert outcome.document.baggage == Baggage(hidden_slides=1)


def test_what_a_firms_programs_wrote_into_the_properties_is_counted(tmp_path: Path) -> None:
    custom = (
        '<Properties xmlns="urn:custom" xmlns:vt="urn:types">'
        '<property name="MSIP_Label_Owner"><vt:lpwstr>ann@customer.example</vt:lpwstr></property>'
        '<property name="Client"><vt:lpwstr>Customer Ltd.</vt:lpwstr></property>'
        '<property name="Empty"><vt:lpwstr/></property></Properties>'
    )
    path = write_deck(
        tmp_path / "x", [slide(text_shape("Shown"))], parts={"docProps/custom.xml": custom}
    )
    document = read_here(path).document
    assert document
    assert document.baggage == Baggage(author_metadata=2)
