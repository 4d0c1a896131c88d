from lxml import etree

from extractors.pptx.attachments import chart_texts, comment_texts, notes_texts

NAMESPACES = (
    'xmlns:p="p" xmlns:c="c" xmlns:cx="cx" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)


def root(inner: str) -> etree._Element:
    return etree.fromstring(f"<root {NAMESPACES}>{inner}</root>")


def test_notes_are_the_body_placeholder_alone() -> None:
    shapes = "".join(
        f'<p:sp><p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr>'
        f"<p:txBody><a:p><a:r><a:t>{kind} text</a:t></a:r></a:p></p:txBody></p:sp>"
        for kind in ("sldNum", "body", "hdr")
    )
    assert notes_texts(root(shapes)) == ["body text"]


def test_comments_are_read_in_the_old_and_in_the_new_form() -> None:
    old = "<p:cm><p:text>old one</p:text></p:cm>"
    new = "<p:txBody><a:p><a:r><a:t>new one</a:t></a:r></a:p></p:txBody>"
    assert comment_texts(root(old + new)) == ["old one", "new one"]


def test_charts_give_titles_and_names_and_no_numbers() -> None:
    title = "<c:title><a:p><a:r><a:t>Revenue</a:t></a:r></a:p></c:title>"
    names = "<c:strCache><c:pt><c:v>North</c:v></c:pt><c:pt><c:v>South</c:v></c:pt></c:strCache>"
    numbers = "<c:numCache><c:pt><c:v>17.5</c:v></c:pt></c:numCache>"
    assert chart_texts(root(title + names + numbers)) == ["Revenue", "North", "South"]


def test_charts_of_the_newer_kind_give_their_categories() -> None:
    data = "<cx:strDim><cx:lvl><cx:pt>Q1</cx:pt><cx:pt>Q2</cx:pt></cx:lvl></cx:strDim>"
    assert chart_texts(root(data + "<cx:numDim><cx:pt>5</cx:pt></cx:numDim>")) == ["Q1", "Q2"]
