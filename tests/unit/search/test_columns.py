from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_service.errors import ConfigurationError
from search_service.search.columns import LISTS, SINGLE, ColumnRow, Columns
from search_service.search.tree import Field

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
WORDS = st.sampled_from(["red", "Blue", "green"])


@st.composite
def rows_of(draw: st.DrawFn, numbers: st.SearchStrategy[set[int]]) -> list[ColumnRow]:
    return [
        ColumnRow(
            id=number,
            persona_ids=draw(st.lists(st.integers(1, 3), unique=True)),
            segment_ids=draw(st.lists(st.integers(1, 3), unique=True)),
            universe_name=draw(st.none() | WORDS),
            product_name=draw(st.none() | WORDS),
            material_type="PRODUCT_BRIEF",
            audience="BOTH",
            status=draw(st.sampled_from([None, "DRAFT", "PUBLISHED"])),
            file_format=None,
            language="en",
            tags=draw(st.none() | st.lists(WORDS)),
            owner_id=draw(st.none() | st.integers(1, 2)),
            updated_at=draw(st.sampled_from([None, NOW])),
            usage_count=number,
            health_score=None,
            passages=number % 3,
        )
        for number in sorted(draw(numbers))
    ]


IDS = st.sets(st.integers(0, 30), max_size=12)


def everything(columns: Columns) -> dict[int, object]:
    """All that columns say, by id."""
    told: dict[int, object] = {}
    for key in np.flatnonzero(columns.present).tolist():
        mask = columns.mask(np.array([key]))
        facts = {each: columns.counts(each, mask) for each in (*SINGLE, *LISTS)}
        [row] = np.flatnonzero(mask)
        numbers = (
            columns.usage[row], columns.health[row], columns.passages[row],
            np.nan_to_num(columns.updated[row]),
        )  # fmt: skip
        told[key] = (facts, numbers)
    return told


@given(rows_of(IDS), rows_of(IDS), st.data())
def test_changed_columns_are_those_of_the_changed_rows(
    before: list[ColumnRow], after: list[ColumnRow], data: st.DataObject
) -> None:
    gone = data.draw(IDS)
    left = [row for row in before if row.id not in gone | {row.id for row in after}]

    changed = Columns.of(before).changed(gone, after)

    assert everything(changed) == everything(Columns.of([*left, *after]))
    for field in SINGLE:
        assert (changed.single[field][~changed.present] == -1).all()
    for field in LISTS:
        assert changed.present[changed.several[field].rows].all()


@given(rows_of(IDS), st.sampled_from((*SINGLE, *LISTS)), st.sets(WORDS.map(str.casefold)))
def test_rows_having_a_value_are_those_that_count_it(
    rows: list[ColumnRow], field: Field, wanted: set[str]
) -> None:
    columns = Columns.of(rows)

    having = columns.having(field, wanted)

    for row in range(columns.size):
        only = np.arange(columns.size) == row
        values = {value.casefold() for value in columns.counts(field, only)}
        assert having[row] == bool(values & wanted)


def test_an_id_beyond_the_rows_has_none() -> None:
    assert not Columns.of([]).mask(np.array([0, 7])).any()


@given(rows_of(st.just({1})))
def test_ids_for_which_there_is_no_room_are_told(rows: list[ColumnRow]) -> None:
    with pytest.raises(ConfigurationError, match="has the id 2000000000"):
        Columns.of([row._replace(id=2_000_000_000) for row in rows])
