from search_service.search.similar import Like, LikeSlide
from search_service.search.suggest import Suggestion, SuggestionKind
from search_service.web.views.suggested import SuggestedChoice, choices_of, more_like

LIKE = Like(
    material_id=7,
    name="Deck",
    material_type="PRODUCT_SALES_DECK",
    status="DRAFT",
    language="en",
    score=0.5,
    shared_words=("a", "b", "c", "d", "e", "f"),
    slide=LikeSlide(4, 2, "Two\nlines"),
)


def test_every_kind_of_suggestion_has_a_word() -> None:
    found = [Suggestion("x", kind, None, None) for kind in SuggestionKind]

    choices = choices_of(found)

    assert choices[0] == SuggestedChoice("x", "Material")
    assert len({choice.kind for choice in choices}) == len(SuggestionKind)


def test_a_similar_material_leads_to_itself_and_to_its_page() -> None:
    shown = more_like(LIKE)

    assert (shown.address, shown.slide_address) == ("/m/7", "/m/7/s/4")
    assert (shown.kind, shown.state, shown.slide_title) == ("Sales deck", "Draft", "Two lines")
    assert shown.shared == "a, b, c, d, e"


def test_a_page_without_a_title_goes_by_its_number() -> None:
    untitled = Like(
        LIKE.material_id, "Deck", "BRIEF", "PUBLISHED", "en", 1.0, ("a",), LikeSlide(4, 2, " ")
    )

    assert more_like(untitled).slide_title == "Page 4"


def test_a_material_without_a_page_that_matches_leads_to_none() -> None:
    alone = Like(7, "Deck", "BRIEF", "PUBLISHED", "en", 1.0, ("a",), None)

    assert (more_like(alone).slide_address, more_like(alone).slide_title) == ("", "")
