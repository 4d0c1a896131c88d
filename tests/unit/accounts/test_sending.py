"""The rules of sending, one by one: what is in the way, in which words, and what a copy cures."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from search_service.accounts.sending import (
    MaterialFacts,
    PageFacts,
    ReasonCode,
    Shareable,
    has_clean_copy,
    of_material,
    of_page,
)
from search_service.db.enums import MaterialAudience, MaterialStatus

TODAY = date(2026, 6, 1)
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
FINE = MaterialFacts(
    audience=MaterialAudience.CUSTOMER_FACING,
    status=MaterialStatus.PUBLISHED,
    review_by=TODAY,
    expires_on=TODAY + timedelta(days=1),
    version=2,
    media_type=PPTX,
    baggage={},
)
PAGE = PageFacts(number=3, version=2, hidden=False, has_notes=False, comments=0)


def codes(found: Shareable) -> list[str]:
    return [reason.code for reason in found.reasons]


@pytest.mark.parametrize("audience", [MaterialAudience.CUSTOMER_FACING, MaterialAudience.BOTH])
def test_what_nothing_speaks_against_may_be_sent_as_it_is(audience: MaterialAudience) -> None:
    facts = replace(FINE, audience=audience)
    assert of_material(facts, TODAY) == Shareable(ok=True, clean_copy_ok=True, reasons=())
    assert of_page(facts, PAGE, TODAY).ok


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"audience": MaterialAudience.INTERNAL}, "internal_audience", "internal use"),
        ({"status": MaterialStatus.DRAFT}, "not_published", "is a draft"),
        ({"status": MaterialStatus.REVIEW}, "not_published", "still in review"),
        ({"status": MaterialStatus.ARCHIVED}, "archived", "archived"),
        ({"expires_on": TODAY}, "expired", "2026-06-01"),
        ({"review_by": TODAY - timedelta(days=1)}, "review_overdue", "2026-05-31"),
    ],
)
def test_what_is_in_the_way_of_a_material_is_of_its_pages_too(
    change: dict[str, object], code: str, words: str
) -> None:
    facts = replace(FINE, **change)  # type: ignore[arg-type] # one field of several types
    for found in (of_material(facts, TODAY), of_page(facts, PAGE, TODAY)):
        assert codes(found) == [code]
        assert words in found.reasons[0].message
        assert (found.ok, found.clean_copy_ok) == (False, False)


@pytest.mark.parametrize(
    ("name", "one", "many"),
    [
        ("speaker_notes", "1 slide has speaker notes.", "4 slides have speaker notes."),
        ("comments", "1 comment travels", "4 comments travel"),
        ("hidden_slides", "1 hidden slide is", "4 hidden slides are"),
        ("embedded_workbooks", "1 embedded", "4 embedded"),
        ("external_links", "1 link", "4 links"),
        ("author_metadata", "1 property", "4 properties"),
    ],
)
def test_what_travels_with_a_file_is_cured_by_a_clean_copy(name: str, one: str, many: str) -> None:
    for count, words in ((1, one), (4, many)):
        found = of_material(replace(FINE, baggage={name: count}), TODAY)
        assert (found.ok, found.clean_copy_ok, codes(found)) == (False, True, [name])
        assert found.reasons[0].message.startswith(words)
    text = of_material(replace(FINE, baggage={name: 1}, media_type="text/plain"), TODAY)
    assert (text.ok, text.clean_copy_ok) == (False, False)


def test_a_clean_copy_does_not_make_internal_material_fit_to_send() -> None:
    facts = replace(FINE, audience=MaterialAudience.INTERNAL, baggage={"comments": 2})
    found = of_material(facts, TODAY)
    assert (codes(found), found.clean_copy_ok) == (["internal_audience", "comments"], False)


def test_of_a_file_that_was_not_read_in_full_nobody_knows() -> None:
    unread = replace(FINE, read_in_full=False)
    found = of_material(unread, TODAY)
    assert (codes(found), found.clean_copy_ok) == (["not_read"], True)
    partly = replace(unread, baggage={"comments": 2})
    assert codes(of_material(partly, TODAY)) == ["not_read", "comments"]


def test_stale_pages_are_named_by_the_material_and_each_by_itself() -> None:
    facts = replace(FINE, stale_pages=(3, 5))
    assert codes(of_material(facts, TODAY)) == ["stale_block"]
    assert "Slides 3, 5 are" in of_material(facts, TODAY).reasons[0].message
    assert codes(of_page(facts, PAGE, TODAY)) == ["stale_block"]
    assert of_page(facts, replace(PAGE, number=4), TODAY).ok
    many = replace(FINE, stale_pages=tuple(range(1, 9)))
    assert "1, 2, 3, 4, 5 and 3 more" in of_material(many, TODAY).reasons[0].message


@pytest.mark.parametrize(
    ("change", "code", "cured"),
    [
        ({"hidden": True}, "hidden_slide", False),
        ({"version": 1}, "superseded", False),
        ({"has_notes": True}, "speaker_notes", True),
        ({"comments": 2}, "comments", True),
    ],
)
def test_what_is_in_the_way_of_a_page_alone(
    change: dict[str, object], code: str, cured: bool
) -> None:
    found = of_page(FINE, replace(PAGE, **change), TODAY)  # type: ignore[arg-type] # as above
    assert (codes(found), found.ok, found.clean_copy_ok) == ([code], False, cured)
    assert of_material(FINE, TODAY).ok


def test_reasons_come_in_the_order_of_their_codes() -> None:
    worst = MaterialFacts(
        audience=MaterialAudience.INTERNAL,
        status=MaterialStatus.ARCHIVED,
        review_by=date(2020, 1, 1),
        expires_on=date(2020, 1, 1),
        version=2,
        media_type=PPTX,
        baggage=dict.fromkeys(ReasonCode, 1),
        stale_pages=(1,),
    )
    found = codes(of_material(worst, TODAY))
    assert found == [code for code in ReasonCode if code in found]


@pytest.mark.parametrize(
    ("media_type", "copied"),
    [
        (PPTX, True),
        ("application/pdf", True),
        ("application/vnd.ms-powerpoint.presentation.macroEnabled.12", True),
        ("application/vnd.ms-powerpoint", False),
        ("text/markdown", False),
    ],
)
def test_clean_copies_are_made_of_pdfs_and_open_decks(media_type: str, copied: bool) -> None:
    assert has_clean_copy(media_type) is copied
