"""The list of files being read, laid out."""

import pytest

from search_service.web.views.queued import QueuePageState


@pytest.mark.parametrize(
    "address", ["/queue", "/queue?show=refused", "/queue?show=open&owner=all&before=12"]
)
def test_an_address_says_what_was_read_from_it(address: str) -> None:
    _, _, query = address.partition("?")
    pairs = dict(pair.split("=") for pair in query.split("&") if pair)
    assert QueuePageState.read(pairs).address == address


@pytest.mark.parametrize(
    "wrong", [{"show": "zork"}, {"before": "-1"}, {"before": "٣"}, {"before": "9" * 20}]
)
def test_what_is_unknown_is_left_out(wrong: dict[str, str]) -> None:
    assert QueuePageState.read(wrong) == QueuePageState()
