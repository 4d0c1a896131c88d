import json

import pytest

from extractors.types import Baggage, Code, Document, Page, ReadWarning, Summary, WarningCode
from search_service.ingest.receipt import Reading, incomplete_pages, receipt_of

PAGES = (
    Page(1, title="Title", body="Body", notes="Notes", tables=((("ab", "c"),),)),
    Page(2, hidden=True, warnings=(ReadWarning(WarningCode.NO_TEXT_BUT_IMAGE, "1 image"),)),
)


def test_characters_are_counted_by_source_and_added_up() -> None:
    receipt = receipt_of(Reading(Document("a/b", "x 1", pages=2), PAGES, Summary("done"), 1.23456))
    assert receipt["totals"] == {
        "pages": 2,
        "pages_without_text": 1,
        "pages_with_warnings": 1,
        "hidden_pages": 1,
        "characters": {"title": 5, "text": 4, "notes": 5, "table": 3},
    }
    assert receipt["pages"][1] == {
        "number": 2,
        "characters": {},
        "hidden": True,
        "warnings": [{"code": "no_text_but_image", "detail": "1 image"}],
    }
    assert receipt["duration_s"] == 1.235


def test_what_travels_with_the_file_is_the_extractors_count_or_ours() -> None:
    stated = Document("a/b", "x", baggage=Baggage(speaker_notes=3, embedded_workbooks=1))
    assert receipt_of(Reading(stated, PAGES, Summary("done"), 0))["baggage"]["speaker_notes"] == 3
    counted = Document("a/b", "x", author="Ada")
    baggage = receipt_of(Reading(counted, PAGES, Summary("done"), 0))["baggage"]
    assert (baggage["speaker_notes"], baggage["hidden_slides"], baggage["author_metadata"]) == (
        1,
        1,
        1,
    )


def test_a_receipt_is_json() -> None:
    summary = Summary("partial", Code.TIME_LIMIT, "too long", 2, (ReadWarning(WarningCode.HIDDEN),))
    receipt = receipt_of(Reading(Document("a/b", "x"), PAGES, summary, 0))
    assert json.loads(json.dumps(receipt)) == receipt
    assert (receipt["status"], receipt["code"]) == ("partial", "time_limit")


def test_comments_that_only_the_pages_tell_of_count_too() -> None:
    stated = Document("a/b", "x", baggage=Baggage(embedded_workbooks=1))
    pages = (Page(1, comments=("Why?", "Because")), Page(2, comments=("No",)))
    baggage = receipt_of(Reading(stated, pages, Summary("done"), 0))["baggage"]
    assert (baggage["comments"], baggage["embedded_workbooks"]) == (3, 1)


def test_links_to_files_of_somebodys_own_travel_with_a_file() -> None:
    stated = Document("a/b", "x", baggage=Baggage(external_links=1))
    links = ("https://example.com/offer", "file:///C:/Users/Ada/prices.xlsx", r"\\server\share")
    pages = (Page(1, links=links), Page(2, links=("mailto:ada@example.com",)))
    baggage = receipt_of(Reading(stated, pages, Summary("done"), 0))["baggage"]
    assert baggage["external_links"] == 3


@pytest.mark.parametrize(
    ("stated", "damaged", "told"),
    [
        (5, [2], "page 2"),
        (5, [1, 2, 4], "pages 1–2 and 4"),
        (9, [3], "pages 3 and 6–9"),
        (None, [], ""),
        (400, list(range(1, 40, 2)), "pages 1, 3, 5, 7, 9 and 15 more places"),
    ],
)
def test_pages_that_were_not_read_in_full_are_named(
    stated: int | None, damaged: list[int], told: str
) -> None:
    lost = (ReadWarning(WarningCode.PART_DAMAGED),)
    last = max(damaged, default=0) if stated == 400 else 5
    pages = tuple(
        Page(number, warnings=lost if number in damaged else ()) for number in range(1, last + 1)
    )
    reading = Reading(Document("a/b", "x", pages=stated), pages, Summary("partial"), 0)
    assert incomplete_pages(reading) == told
