"""By what a pin is found, and which pins a page shows."""

import pytest

from search_service.errors import InvalidCursorError
from search_service.search.pins import Pin, key_of, turn_of
from search_service.search.query import parse

PINS = (Pin(7), Pin(3), Pin(5))


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("  Disaster   RECOVERY? ", "disaster recovery"),
        ("Rücksicherung", "rucksicherung"),
        ('"disaster recovery"', "disaster recovery"),
        ("disaster recovery persona:cto -tag:old updated:2026", "disaster recovery"),
        ("kube*", "kube*"),
        ("dr OR backup", "dr or backup"),
        ("backup -tape", "backup -tape"),
        ("persona:cto", ""),
        ("", ""),
    ],
)
def test_a_pin_is_found_by_the_words_without_the_filters(typed: str, key: str) -> None:
    assert key_of(parse(typed)) == key


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_turns_show_each_pin_once_in_order(limit: int) -> None:
    shown: list[int] = []
    text = None
    while True:
        turn = turn_of(PINS, text, limit)
        shown += [pin.material_id for pin in turn.shown]
        assert sorted(turn.settled) == [3, 5, 7]
        text = turn.text
        if not turn.left:
            break
    assert shown == [7, 3, 5]
    assert turn_of(PINS, text, limit).shown == ()


def test_a_pin_that_is_gone_is_left_out_and_a_new_one_waits() -> None:
    first = turn_of(PINS, None, 1)

    second = turn_of((Pin(9), Pin(5)), first.text, 5)
    assert [pin.material_id for pin in second.shown] == [5]
    assert second.settled == [7, 5]


def test_without_pins_nothing_is_settled() -> None:
    assert turn_of((), None, 5).settled == []
    assert turn_of((), turn_of((), None, 5).text, 5).settled == []


@pytest.mark.parametrize("text", ["", "1", "a;b", "1;2;3", "²;", "9999999999;", "-1;", "1;\n"])
def test_a_forged_turn_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursorError):
        turn_of(PINS, text, 5)
