from extractors.plain.markdown import read
from extractors.types import Document, Page


def pages(text: str) -> list[Page]:
    return [record for record in read(text) if isinstance(record, Page)]


def test_headings_of_both_kinds_make_pages() -> None:
    read_pages = pages("# One #\na\n\nTwo\n---\nb\n### Three\n#### deeper\nc\n")
    assert [(page.number, page.title) for page in read_pages] == [
        (1, "One"),
        (2, "Two"),
        (3, "Three"),
    ]
    assert read_pages[2].body == "deeper\nc"


def test_text_before_the_first_heading_is_a_page_without_title() -> None:
    assert [(page.title, page.body) for page in pages("intro\n# H\n")] == [
        (None, "intro"),
        ("H", ""),
    ]


def test_a_fence_holds_no_headings() -> None:
    (page,) = pages("# H\n```sh\n# comment\n```\n")
    assert page.body == "# comment"


def test_a_pipe_table_becomes_rows() -> None:
    (page,) = pages("# H\n| a | b |\n|---|:-:|\n| *1* | 2 |\n\nafter\n")
    assert page.tables == ((("a", "b"), ("1", "2")),)
    assert page.body == "after"


def test_marks_go_and_links_and_images_are_noted() -> None:
    (page,) = pages("a **bold** [site](https://x.org) ![alt text](p.png) `code` <https://y.org>\n")
    assert page.body == "a bold site  code https://y.org"
    assert page.links == ("https://x.org", "https://y.org")
    assert page.alt_texts == ("alt text",)


def test_underscores_within_words_stay() -> None:
    assert pages("snake_case_name\n")[0].body == "snake_case_name"


def test_front_matter_gives_title_and_author() -> None:
    header = read('---\ntitle: "Card"\nauthor: Ann\n---\n# H\n')[0]
    assert isinstance(header, Document)
    assert (header.title, header.author, header.pages) == ("Card", "Ann", 1)


def test_comments_are_not_seen() -> None:
    assert pages("a <!-- secret\n# not a heading --> b\n")[0].body == "a  b"


def test_long_hostile_lines_take_no_time() -> None:
    for line in ("<!--" * 50_000, "#" + " " * 200_000, "|" + " " * 200_000, "[" * 20_000):
        assert len(pages(line)) == 1
