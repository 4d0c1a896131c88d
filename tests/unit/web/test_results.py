from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from search_service.search.answer import Answer, Correction, Expansion, Facet, FacetValue, Snippet
from search_service.search.tree import Field
from search_service.web.views.addresses import SearchState, Trail
from search_service.web.views.marking import TextPart
from search_service.web.views.results import card_of, results_of
from tests.unit.web.samples import ANSWER, HIT, SLIDE, TODAY


def _facet(field: Field, *values: tuple[str, str, int, bool]) -> Facet:
    return Facet(field, tuple(FacetValue(*value) for value in values))


def _with(**changes: Any) -> Answer:
    return replace(ANSWER, **changes)


def test_a_card_links_each_slide_in_the_version_that_was_found() -> None:
    card = card_of(HIT, TODAY)
    assert card.slides[0].address == "/m/7/s/4?v=2"
    assert card.slides[0].snippet[-1] == TextPart("price", marked=True)
    assert card.more_slides == "2 more matching slides"
    assert card.audience_line == "CTO"


def test_every_link_to_a_hit_names_its_search_and_place() -> None:
    trail = Trail(UUID(int=7), before=20)
    answer = _with(hits=(HIT, HIT), next_cursor="abc")
    results = results_of(SearchState("x"), answer, TODAY, trail)
    first, second = results.full
    assert first.address == f"/m/7?search={UUID(int=7)}&at=21"
    assert second.slides[0].address == f"/m/7/s/4?v=2&search={UUID(int=7)}&at=22"
    assert results.more_address.endswith(f"cursor=abc&search={UUID(int=7)}&before=22")


def test_a_snippet_of_the_notes_and_a_hidden_slide_are_told() -> None:
    slide = replace(SLIDE, hidden=True, snippet=Snippet("say it", (), "notes"))
    row = card_of(replace(HIT, slides=(slide,)), TODAY).slides[0]
    assert row.from_notes
    assert row.hidden


def test_only_what_is_not_published_says_its_status() -> None:
    assert card_of(HIT, TODAY).state == ""
    assert card_of(replace(HIT, status=None), TODAY).badges[0].text == "Draft"


def test_a_product_named_like_its_universe_stands_once() -> None:
    badges = card_of(replace(HIT, product_name="Public Cloud"), TODAY).badges
    assert [badge.text for badge in badges].count("Public Cloud") == 1


def test_old_and_overdue_materials_are_marked() -> None:
    hit = replace(HIT, updated_at=datetime(2024, 1, 1, tzinfo=UTC), review_by=date(2026, 5, 31))
    assert card_of(hit, TODAY).is_old
    assert card_of(hit, TODAY).review_overdue


def test_partial_hits_stand_apart_and_say_what_is_missing() -> None:
    partial = replace(HIT, full=False, missing=("gpu", "price"))
    results = results_of(SearchState("x", asked=True), _with(hits=(HIT, partial)), TODAY)
    assert len(results.full) == len(results.partial) == 1
    assert results.partial[0].missing == "“gpu” and “price”"


def test_a_pinned_hit_stands_first_though_it_does_not_match() -> None:
    pinned = replace(HIT, material_id=8, full=False, missing=("gpu",), pinned=True)
    results = results_of(SearchState("x", asked=True), _with(hits=(pinned, HIT)), TODAY)
    assert [card.address for card in results.full] == ["/m/8", "/m/7"]
    assert results.partial == ()
    assert [card.pinned for card in results.full] == [True, False]


def test_what_was_searched_beside_what_was_typed_is_told() -> None:
    expanded = (Expansion("dr", ("disaster recovery", "draas")), Expansion("k8s", ("kubernetes",)))
    results = results_of(SearchState("dr k8s", asked=True), _with(expanded=expanded), TODAY)
    assert [(each.typed, each.added) for each in results.synonyms] == [
        ("dr", "disaster recovery, draas"),
        ("k8s", "kubernetes"),
    ]
    assert results_of(SearchState("x", asked=True), ANSWER, TODAY).synonyms == ()


def test_the_total_names_partial_matches() -> None:
    answer = _with(partial=True, total=2)
    assert results_of(SearchState("x"), answer, TODAY).total == "2 partial matches"
    assert results_of(SearchState("x"), _with(total=1), TODAY).total == "1 material"


def test_a_correction_offers_the_words_as_typed() -> None:
    state = SearchState("prcie", {Field.TYPE: ("A",)}, asked=True)
    results = results_of(state, _with(corrected=(Correction("prcie", "price"),)), TODAY)
    assert results.corrected
    assert results.verbatim_address == "/?q=prcie&type=A&exact=1"


def test_a_value_is_checked_by_its_id_and_by_its_name() -> None:
    facet = _facet(Field.PERSONA, ("1", "CTO", 3, True), ("2", "CFO", 2, False))
    for chosen in ("1", "cto"):
        state = SearchState(chosen={Field.PERSONA: (chosen,)})
        first = results_of(state, _with(facets=(facet,)), TODAY).open_facets[0].first
        assert [(choice.value, choice.checked, choice.fixed) for choice in first] == [
            (chosen, True, False),
            ("2", False, False),
        ]


def test_a_value_chosen_by_words_cannot_be_taken_back_by_its_box() -> None:
    facet = _facet(Field.PERSONA, ("1", "CTO", 3, True))
    state = SearchState("persona:CTO", asked=True)
    choice = results_of(state, _with(facets=(facet,)), TODAY).open_facets[0].first[0]
    assert choice.checked
    assert choice.fixed


def test_a_chosen_value_is_never_folded_away() -> None:
    values = [(str(number), f"P{number}", 9, number == 8) for number in range(1, 10)]
    state = SearchState(chosen={Field.PERSONA: ("8",)})
    answer = _with(facets=(_facet(Field.PERSONA, *values),))
    facet = results_of(state, answer, TODAY).open_facets[0]
    assert "8" in [choice.value for choice in facet.first]
    assert len(facet.first) + len(facet.rest) == 9


def test_chips_show_names_and_lead_to_less() -> None:
    facet = _facet(Field.PERSONA, ("1", "CTO", 3, True))
    state = SearchState("a", {Field.PERSONA: ("1",)}, asked=True)
    chip = results_of(state, _with(facets=(facet,)), TODAY).chips[0]
    assert (chip.label, chip.value, chip.address) == ("Persona", "CTO", "/?q=a")


def test_a_facet_with_one_value_is_no_choice_among_more() -> None:
    facets = (_facet(Field.STATUS, ("PUBLISHED", "Published", 3, False)),)
    assert results_of(SearchState("a"), _with(facets=facets), TODAY).more_facets == ()
