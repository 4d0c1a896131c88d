from datetime import date

from search_service.accounts.policy import Principal
from search_service.db.enums import JobState, MaterialStatus, Role
from search_service.jobs.progress import JobRecord
from search_service.web.views import wording
from search_service.web.views.reading import (
    Known,
    furniture_of,
    head_of,
    material_of,
    slide_of,
    version_notice,
)
from search_service.web.views.review import review_of, steps_of
from tests.unit.web.samples import MATERIAL, MOMENT, TODAY, material, page

OWNER = Principal(3, "p@example.com", "Petra", Role.PMM, is_superuser=False, scopes=None)
SALES = Principal(4, "s@example.com", "Sam", Role.SALES, is_superuser=False, scopes=None)
PAGES = (page(), page(page_number=2, title="Second", body="One\nTwo\n\nThree"))


def test_a_slide_knows_its_neighbours_and_its_permanent_address() -> None:
    view = slide_of(head_of(MATERIAL, SALES), PAGES[1], "https://search.example.com")
    assert (view.previous, view.following) == ("/m/7/s/1", "")
    assert view.permanent == "https://search.example.com/m/7/s/2?v=2"
    assert view.paragraphs == ("One", "Two", "Three")


def test_a_page_keeps_the_lines_of_a_paragraph_together() -> None:
    head = head_of(material(file_format="pdf"), SALES)
    view = slide_of(head, PAGES[1], "")
    assert view.paragraphs == ("One\nTwo", "Three")


def test_a_title_below_a_header_is_not_said_twice() -> None:
    first = page(title="What it costs", body="Acme 2026\nWhat it\ncosts\nLittle")
    view = slide_of(head_of(MATERIAL, SALES), first, "")
    assert view.paragraphs == ("Acme 2026", "Little")


def test_lines_that_most_pages_repeat_are_no_content() -> None:
    pages = [
        page(page_number=n, body=f"Confidential {n}\nWords of {'abc'[n - 1]}") for n in (1, 2, 3)
    ]
    assert furniture_of(pages) == {"Confidential #"}
    assert furniture_of(pages[:2]) == frozenset()


def test_what_is_overdue_or_expired_is_told_first() -> None:
    head = head_of(MATERIAL, SALES)
    overdue = Known(material(review_by=date(2026, 5, 1)), PAGES, None, None)
    expired = Known(material(expires_on=TODAY, review_by=date(2026, 5, 1)), PAGES, None, None)
    assert "review was due on 1 May 2026" in material_of(head, overdue, TODAY).notices[0]
    assert material_of(head, expired, TODAY).notices == ("This material expired on 1 Jun 2026.",)


def test_why_a_file_was_not_read_is_told_once() -> None:
    head = head_of(material(language="und"), SALES)
    job = JobRecord(
        1, 7, 1, JobState.REFUSED, 0, None, "encrypted", "It is encrypted.", 1, 3, MOMENT, MOMENT,
        MOMENT, MOMENT,
    )  # fmt: skip

    view = material_of(head, Known(MATERIAL, (), None, job), TODAY)

    assert view.notices == ("It is encrypted.",)
    assert material_of(head, Known(MATERIAL, (), None, None), TODAY).notices
    assert "UND" not in {badge.text for badge in head.badges}


def test_a_link_to_another_version_says_so() -> None:
    head = head_of(MATERIAL, SALES)
    assert version_notice("1", head)
    assert [version_notice(seen, head) for seen in ("2", "", "x", "²")] == [""] * 4


def test_warnings_of_a_page_are_sentences() -> None:
    pages = (
        page(warnings=[{"code": "hidden", "detail": None}]),
        page(page_number=2, warnings=[{"code": "glued_words", "detail": "3 words"}]),
    )
    view = review_of(Known(MATERIAL, pages, {"totals": {}}, None), OWNER, "slide")
    assert view.pages[1].warnings == ("Some words run together: 3 words",)


def test_the_steps_are_those_that_the_policy_allows() -> None:
    assert [step.label for step in steps_of(MATERIAL, OWNER)] == ["Send to review"]
    review = material(status=MaterialStatus.REVIEW)
    assert [step.label for step in steps_of(review, OWNER)] == ["Publish", "Back to draft"]
    assert steps_of(MATERIAL, SALES) == ()


def test_every_possible_step_has_a_name() -> None:
    for status in MaterialStatus:
        assert steps_of(material(status=status), OWNER)


def test_numbers_dates_and_sizes_read_naturally() -> None:
    assert wording.counted(1, "slide") == "1 slide"
    assert wording.counted(1200, "property") == "1,200 properties"
    assert wording.day(date(2026, 3, 5)) == "5 Mar 2026"
    assert (wording.size(900), wording.size(2_400_000)) == ("1 kB", "2.4 MB")
    assert wording.joined(["a", "b", "c"]) == "a, b and c"


def test_what_could_not_be_read_is_not_handed_on() -> None:
    known = Known(material(status=MaterialStatus.REVIEW), (), None, None, "It is damaged.")
    view = review_of(known, OWNER, "page")
    assert [step.status for step in view.steps] == ["DRAFT"]
    assert view.unread == "It is damaged."
