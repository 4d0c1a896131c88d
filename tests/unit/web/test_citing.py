"""What a slide's citation says."""

from search_service.accounts.policy import NOBODY
from search_service.catalog.citations import CitedPassage, Place
from search_service.web.views.citing import citation_of
from search_service.web.views.reading import head_of, slide_of
from tests.unit.web.samples import MATERIAL, page

URL = "https://search.example.com"
HEAD = head_of(MATERIAL, NOBODY)
VIEW = slide_of(HEAD, page(), URL)


def cited(content_hash: str, body: str) -> CitedPassage:
    return CitedPassage(Place(7, HEAD.name, 2, 1), content_hash, "", body)


def test_one_passage_is_checked_by_one_address() -> None:
    assert citation_of(HEAD, VIEW, [cited("ab", "Words")], URL).splitlines() == [
        f"{HEAD.name}, page 1, version 2: {URL}/m/7/s/1?v=2",
        f"Check: {URL}/api/v1/citations/ab?material_id=7&version=2",
    ]


def test_several_passages_are_told_apart_by_their_first_words() -> None:
    passages = [cited("ab", "Few words"), cited("cd", "One two three four five six seven")]
    checks = citation_of(HEAD, VIEW, passages, URL).splitlines()[1:]
    assert [line.split(":")[0] for line in checks] == [
        "Check “Few words”",
        "Check “One two three four five six…”",
    ]


def test_a_slide_without_words_has_its_address_alone() -> None:
    assert citation_of(HEAD, VIEW, [], URL).endswith("/m/7/s/1?v=2")
