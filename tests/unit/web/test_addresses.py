from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest

from search_service.search.query import parse
from search_service.search.request import Sort
from search_service.search.tree import Field
from search_service.web.views.addresses import SearchState, Trail, local_target, sign_in_address


def _read(address: str) -> SearchState:
    return SearchState.read(parse_qsl(urlsplit(address).query, keep_blank_values=True))


def test_the_bare_address_asks_nothing() -> None:
    assert not SearchState.read([]).asked


def test_an_empty_box_that_was_sent_asks_for_everything() -> None:
    assert SearchState.read([("q", "")]).asked


def test_several_values_of_a_facet_are_kept_in_order() -> None:
    state = SearchState.read([("persona", "3"), ("persona", "5"), ("persona", "3")])
    assert state.chosen == {Field.PERSONA: ("3", "5")}


def test_what_is_unknown_or_out_of_range_is_left_out() -> None:
    state = SearchState.read([("q", "a"), ("sort", "magic"), ("colour", "red"), ("tag", "x" * 300)])
    assert state.sort is Sort.RELEVANCE
    assert state.chosen == {}


def test_an_address_read_again_is_the_same_state() -> None:
    state = SearchState(
        "price & terms",
        {Field.UNIVERSE: ("Public Cloud",), Field.TAG: ("a+b", "c")},
        Sort.NEWEST,
        verbatim=True,
        cursor="abc==",
        asked=True,
    )
    assert _read(state.address) == state


SEARCH = UUID("0d5f7a52-3d3b-4c5e-9b1a-8f6f4a1f2b3c")


def test_a_further_page_goes_on_with_the_hits_of_its_search() -> None:
    state = SearchState("price", cursor="abc", asked=True, trail=Trail(SEARCH, 20))
    assert _read(state.address) == state
    assert _read(state.without_filters().address).trail is None


@pytest.mark.parametrize(
    ("search", "number"),
    [("", ""), ("nonsense", "1"), (str(SEARCH), ""), (str(SEARCH), "-1"), (str(SEARCH), "10001"),
     (str(SEARCH), "²"), (str(SEARCH), "9" * 5000)],
)  # fmt: skip
def test_what_names_no_search_or_no_place_marks_nothing(search: str, number: str) -> None:
    assert Trail.read(search, number) is None


def test_a_marked_address_names_search_and_place() -> None:
    trail = Trail(SEARCH, 20)
    assert trail.mark("/m/7", 1) == f"/m/7?search={SEARCH}&at=21"
    assert trail.mark("/m/7/s/4?v=2", 3) == f"/m/7/s/4?v=2&search={SEARCH}&at=23"


@pytest.mark.parametrize("typed", ["gdpr " * 600, "a" * 9000, "  gdpr" * 2000, "a\u200b" * 3000])
def test_a_question_that_is_too_long_is_told_that_it_was_cut(typed: str) -> None:
    state = SearchState.read([("q", typed)])

    warnings = parse(state.request().text).warnings
    assert "query_cut" in [warning.code for warning in warnings]
    assert len(state.text) <= 2001


def test_removing_the_last_value_removes_the_facet() -> None:
    state = SearchState("q", {Field.TYPE: ("A", "B")}, cursor="c")
    once = state.without(Field.TYPE, "A")
    assert once.chosen == {Field.TYPE: ("B",)}
    assert once.cursor is None
    assert once.without(Field.TYPE, "B").chosen == {}


@pytest.mark.parametrize("path", ["/", "/m/3/s/4?v=2", "/?q=a%20b&persona=3", "/library"])
def test_own_paths_are_followed(path: str) -> None:
    assert local_target(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None, "", "m/3", "//evil.example", "/\\evil.example", "\\\\evil.example",
        "/\t/evil.example", "https://evil.example/", "javascript:alert(1)", "/ /evil.example",
        "/sign-out", "/api/v1/me",
        "/" + "a" * 5000, "/\x00", "//[",
    ],
)  # fmt: skip
def test_everything_else_leads_to_the_start(path: str | None) -> None:
    assert local_target(path) == "/"


def test_the_sign_in_page_knows_where_to_lead_back() -> None:
    assert sign_in_address("/m/3/s/4?v=1") == "/sign-in?next=%2Fm%2F3%2Fs%2F4%3Fv%3D1"
    assert sign_in_address("/") == "/sign-in"
