from extractors.plain.html import read
from extractors.types import Document, Page, WarningCode


def pages(text: str) -> list[Page]:
    return [record for record in read(text) if isinstance(record, Page)]


def test_headings_make_pages_and_blocks_make_lines() -> None:
    read_pages = pages("<p>intro<h1>One <b>two</b></h1><p>a\nb<p>c<h4>d</h4>e<h2>Next</h2>f")
    assert [(page.title, page.body) for page in read_pages] == [
        (None, "intro"),
        ("One two", "a b\nc\nd\ne"),
        ("Next", "f"),
    ]


def test_what_no_browser_shows_is_left_out() -> None:
    (page,) = pages("<body>a<script>x()</script><style>y{}</style><!-- z --> b</body>")
    assert page.body == "a b"


def test_a_table_of_data_becomes_rows_and_one_for_layout_does_not() -> None:
    (page,) = pages("<table><tr><th>a<th>b<tr><td>1<td>2 <i>x</i></table>after")
    assert (page.tables, page.body) == (((("a", "b"), ("1", "2 x")),), "after")
    (page,) = pages("<table><tr><td>left<td><ul><li>right</ul></table>")
    assert (page.tables, page.body) == ((), "left\nright")


def test_alt_texts_and_outside_links_are_noted() -> None:
    (page,) = pages('<img alt="a map"><a href="https://x.org">x</a><a href="#y">y</a>')
    assert (page.alt_texts, page.links) == (("a map",), ("https://x.org",))


def test_the_head_gives_title_author_and_language() -> None:
    header = read('<html lang="de"><title>My  page</title><meta name=author content=Ann><p>x')[0]
    assert isinstance(header, Document)
    assert (header.title, header.author, header.language) == ("My page", "Ann", "de")


def test_an_entity_of_the_document_type_is_not_expanded() -> None:
    (page,) = pages('<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><p>a &x; b')
    assert "root:" not in page.body


def test_nesting_too_deep_to_follow_is_named() -> None:
    *_, page = pages("<html>" + "<div>" * 20_000 + "lost")
    assert [warning.code for warning in page.warnings] == [WarningCode.PART_DAMAGED]
