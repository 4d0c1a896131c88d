import pytest

from search_service.errors import InvalidInputError, PreconditionRequiredError
from search_service.serving import etag


def test_if_match_names_the_state_that_a_change_is_based_on() -> None:
    assert etag.expected('"abc"') == '"abc"'
    assert etag.expected('W/"abc"') == '"abc"'
    assert etag.expected("*") is None


@pytest.mark.parametrize("header", [None, "", "  "])
def test_a_change_without_if_match_is_told_so(header: str | None) -> None:
    with pytest.raises(PreconditionRequiredError):
        etag.expected(header)


def test_several_states_cannot_be_meant() -> None:
    with pytest.raises(InvalidInputError):
        etag.expected('"a", "b"')


def test_if_none_match_takes_any_of_its_tags() -> None:
    assert etag.is_unchanged('"a", W/"b"', '"b"')
    assert etag.is_unchanged("*", '"b"')
    assert not etag.is_unchanged('"a"', '"b"')
    assert not etag.is_unchanged(None, '"b"')
