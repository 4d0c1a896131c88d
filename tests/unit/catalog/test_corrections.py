from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from search_service.catalog.corrections import Correction, placed
from search_service.catalog.warnings import (
    Acknowledgement,
    ReceiptWarning,
    WarningState,
    judged,
)

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def correction(
    key: int, page: int, fingerprint: str, age_days: int = 0, **texts: Any
) -> Correction:
    return Correction(
        page_number=page, fingerprint=fingerprint, extracted_title="", extracted_body="",
        extracted_notes="", id=key, fits=True, corrected_by=None, created_at=NOW,
        updated_at=NOW - timedelta(days=age_days), **texts,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("known", "pages", "places"),
    [
        # It stays, moves, rests.
        ([(1, 2, "b")], {1: "a", 2: "b"}, {1: 2}),
        ([(1, 2, "b")], {1: "b", 2: "a"}, {1: 1}),
        ([(1, 2, "b")], {1: "a", 2: "c"}, {}),
        # Two change places.
        ([(1, 1, "a"), (2, 2, "b")], {1: "b", 2: "a"}, {1: 2, 2: 1}),
        # Of equal pages each keeps its own; only one follows where there is one.
        ([(1, 2, "a"), (2, 4, "a")], {1: "a", 2: "a", 4: "a"}, {1: 2, 2: 4}),
        ([(1, 2, "a")], {1: "a", 3: "a"}, {1: 1}),
        ([(1, 7, "a"), (2, 2, "a")], {2: "a"}, {2: 2}),
    ],
)
def test_a_correction_stands_where_its_page_stands(
    known: list[tuple[int, int, str]], pages: dict[int, str], places: dict[int, int]
) -> None:
    assert placed([correction(*each) for each in known], pages) == places


def test_of_two_corrections_for_one_page_the_newer_one_fits() -> None:
    older, newer = correction(1, 3, "a", age_days=2), correction(2, 3, "a", age_days=1)
    assert placed([older, newer], {3: "a"}) == {2: 3}


def test_open_warnings_stand_first_and_of_them_serious_ones() -> None:
    given = [
        ReceiptWarning(1, "glued_words", None),
        ReceiptWarning(2, "hidden", None),
        ReceiptWarning(3, "no_text_but_image", None),
        ReceiptWarning(4, "no_text_but_image", None),
        ReceiptWarning(5, "page_unreadable", None),
        ReceiptWarning(6, "page_unreadable", None),
    ]
    fitting = {
        4: correction(1, 4, "a", hidden=True),
        5: correction(2, 5, "b", body="What it says"),
        6: correction(3, 6, "c", title="A title alone"),
    }
    acknowledged = {(3, "no_text_but_image"): Acknowledgement("Ada", NOW)}
    assert [
        (each.page_number, each.is_serious, each.state)
        for each in judged(given, fitting, acknowledged)
    ] == [
        (6, True, WarningState.OPEN),
        (1, False, WarningState.OPEN),
        (3, True, WarningState.ACKNOWLEDGED),
        (4, True, WarningState.HIDDEN),
        (5, True, WarningState.CORRECTED),
    ]
