import pytest

from extractors.types import Document, Page, ReadWarning, Summary, WarningCode
from search_service.ingest.preparation import Prepared, prepare, without_title
from search_service.ingest.receipt import Reading


def prepared(*pages: Page, title_in_body: bool = False, language: str | None = None) -> Prepared:
    document = Document("application/pdf", "test", language=language, title_in_body=title_in_body)
    return prepare(Reading(document, pages, Summary("done"), 0.1))


@pytest.mark.parametrize(
    ("body", "title", "rest"),
    [
        ("Title\nText", "Title", "Text"),
        ("A long\ntitle  here\nText", "A long title here", "Text"),
        ("Before\nTitle\nAfter", "Title", "Before\nAfter"),
        ("Title\nText\nTitle", "Title", "Text\nTitle"),
        ("Title and more\nText", "Title", "Title and more\nText"),
        ("Subtitle Title\nText", "Title", "Subtitle Title\nText"),
        ("C++ (2)\nText", "C++ (2)", "Text"),
        ("Title", "Title", ""),
        ("Text", "", "Text"),
    ],
)
def test_a_title_is_taken_out_of_its_body_once(body: str, title: str, rest: str) -> None:
    assert without_title(body, title) == rest


def test_a_title_stays_in_the_body_where_it_stands_apart() -> None:
    (text,) = prepared(Page(1, title="Prices", body="Prices\nare low")).texts
    assert (text.title, text.body) == ("Prices", "Prices\nare low")


def test_everything_on_a_page_is_found() -> None:
    (text,) = prepared(
        Page(
            1,
            title="Title",
            body="Body",
            notes="Notes",
            tables=((("a", ""), ("b", "c")),),
            alt_texts=("alt",),
            chart_texts=("chart",),
            diagram_texts=("diagram",),
            comments=("comment",),
            hidden=True,
        )
    ).texts
    assert text.body == "Body\n\na\nb | c\n\nchart\ndiagram\nalt"
    assert text.notes == "Notes\n\ncomment"
    assert text.hidden


def test_running_lines_leave_the_index_and_stay_on_the_page() -> None:
    pages = [
        Page(number, body=f"Words {'abcd'[number]}\nAcme confidential {number}")
        for number in range(4)
    ]
    found = prepared(*pages)
    assert [text.body for text in found.texts] == ["Words a", "Words b", "Words c", "Words d"]
    assert found.pages[0].body == "Words a\nAcme confidential 0"


def test_a_running_line_is_no_title() -> None:
    pages = [
        Page(number, title="Acme Inc.", body=f"Acme Inc.\nWords {'abcd'[number]}")
        for number in range(4)
    ]
    assert {text.title for text in prepared(*pages, title_in_body=True).texts} == {""}


def test_text_is_cleaned() -> None:
    warning = ReadWarning(WarningCode.HIDDEN)
    found = prepared(
        Page(1, title=" ﬁne\ntitle\0", body="a\0\r\nb", links=("x", ""), warnings=(warning,))
    )
    (page,) = found.pages
    assert (page.title, page.body, page.links) == ("fine title", "a\nb", ["x"])
    assert page.warnings == [{"code": "hidden", "detail": None}]


def test_the_language_is_that_of_the_text() -> None:
    words = "Nos serveurs restent en Europe et les prix ne changent jamais en cours de contrat"
    assert prepared(Page(1, body=words), language="en").language == "fr"
    assert prepared(Page(1), language="de").language == "de"


def test_the_same_words_have_the_same_fingerprint_whatever_runs_around_them() -> None:
    words = "eight words are enough for a content block"
    plain = prepared(*(Page(number, body=f"{words} {'abcd'[number]}") for number in range(4)))
    framed = prepared(
        *(
            Page(number, body=f"{words.upper()} {'abcd'[number]}!\nAcme {number}")
            for number in range(4)
        )
    )
    assert [unit.fingerprint for unit in plain.units] == [unit.fingerprint for unit in framed.units]
