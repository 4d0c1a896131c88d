from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from search_service.search import facets
from search_service.search.answer import Facet
from search_service.search.columns import ColumnRow, Columns
from search_service.search.dates import DateFilter
from search_service.search.facets import (
    MAX_VALUES,
    Names,
    Selection,
    Unknown,
    select,
)
from search_service.search.tree import Field, FieldFilter

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
NAMES = Names({Field.PERSONA: {3: "CTO", 4: "365"}, Field.SEGMENT: {}, Field.OWNER: {1: "Ada"}})


def row(number: int = 1, **columns: object) -> ColumnRow:
    values = {
        "id": number, "persona_ids": [], "segment_ids": [], "universe_name": None,
        "product_name": None, "material_type": "PRODUCT_BRIEF", "audience": "BOTH",
        "status": "PUBLISHED", "file_format": None, "language": "en", "tags": None,
        "owner_id": None, "updated_at": NOW, "usage_count": 0, "health_score": 0, "passages": 1,
    }  # fmt: skip
    return ColumnRow(**{**values, **columns})  # type: ignore[arg-type] # the columns of one test


def chosen(field: Field, *values: str, excluded: bool = False) -> Selection:
    return select([FieldFilter(field, values, excluded)], None, NAMES, NOW)


def matching(rows: list[ColumnRow], selection: Selection) -> list[ColumnRow]:
    """The rows that pass; numbers must differ."""
    columns = Columns.of(rows)
    passing = facets.passing(columns, columns.present, selection)
    return [row for row in rows if passing[row.id]]


def unknown(rows: list[ColumnRow], field: Field, typed: str, seen: int = 99) -> list[Unknown]:
    """What is unknown to who sees only the rows up to one."""
    columns = Columns.of(rows)
    filters = [FieldFilter(field, (typed,), excluded=False)]
    return facets.unknown(
        filters, columns, columns.present & (np.arange(columns.size) <= seen), NAMES
    )


def count(rows: list[ColumnRow], selection: Selection) -> tuple[Facet, ...]:
    columns = Columns.of(rows)
    return facets.count(columns, columns.present, selection, NAMES, NOW)


def facet(rows: list[ColumnRow], selection: Selection, field: Field) -> Facet:
    [found] = [each for each in count(rows, selection) if each.field is field]
    return found


@pytest.mark.parametrize(
    ("field", "typed", "meant"),
    [
        (Field.PERSONA, "cto", {"3"}),
        (Field.PERSONA, " 003 ", {"3"}),
        (Field.PERSONA, "٣", {"3"}),
        (Field.PERSONA, "365", {"4"}),
        (Field.TYPE, "brief", {"product_brief"}),
        (Field.TYPE, "Product Sales-Deck", {"product_sales_deck"}),
        (Field.AUDIENCE, "customer facing", {"customer_facing"}),
        (Field.STATUS, "Published", {"published"}),
        (Field.UNIVERSE, "Public Cloud", {"public cloud"}),
        (Field.UPDATED, "30D", {"30d"}),
    ],
)
def test_a_value_means_what_rows_have(field: Field, typed: str, meant: set[str]) -> None:
    selection = chosen(field, typed)
    assert selection.wanted == {field: meant}


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        (Field.PERSONA, "5"), (Field.PERSONA, "²"), (Field.PERSONA, "9" * 5_000),
        (Field.PERSONA, ""), (Field.OWNER, "Eve"), (Field.TYPE, "poster"), (Field.STATUS, "gone"),
        (Field.AUDIENCE, "all"), (Field.UPDATED, "8d"),
    ],
)  # fmt: skip
def test_a_value_that_no_row_can_have_matches_nothing(field: Field, typed: str) -> None:
    selection = chosen(field, typed)
    rows = [row(persona_ids=[3], owner_id=1)]
    assert [each.typed for each in unknown(rows, field, typed)] == [typed]
    assert matching(rows, selection) == []


@pytest.mark.parametrize(
    ("field", "typed", "nearest"),
    [
        (Field.PERSONA, "cto", "known"), (Field.PERSONA, "tco", "CTO"), (Field.PERSONA, "5", None),
        (Field.STATUS, "publishd", "Published"), (Field.UPDATED, "31d", "30d"),
        (Field.UNIVERSE, "PUBLIC cloud", "known"), (Field.UNIVERSE, "Pubic Cloud", "Public Cloud"),
        (Field.UNIVERSE, "Secret Cloud", None), (Field.TAG, "x" * 9_000, None),
    ],
)  # fmt: skip
def test_what_nobody_has_is_told_with_the_most_similar(
    field: Field, typed: str, nearest: str | None
) -> None:
    rows = [row(1, universe_name="Public Cloud"), row(2, universe_name="Secret plan")]
    found = unknown(rows, field, typed, seen=1)
    assert [each.nearest for each in found] == ([] if nearest == "known" else [nearest])


def test_only_of_the_first_slips_is_looked_for_what_was_meant() -> None:
    filters = [FieldFilter(Field.PERSONA, ("tco",) * 5, excluded=False)]
    columns = Columns.of([row()])

    found = facets.unknown(filters, columns, columns.present, NAMES)

    assert [each.nearest for each in found] == ["CTO", "CTO", "CTO", None, None]


def test_values_of_one_field_widen_and_fields_narrow() -> None:
    rows = [row(1, tags=["red"]), row(2, tags=["blue"], status=None), row(3, tags=["green"])]
    filters = [FieldFilter(Field.TAG, ("Red", "BLUE")), FieldFilter(Field.STATUS, ("draft",))]

    assert matching(rows, chosen(Field.TAG, "red", "blue")) == rows[:2]
    assert matching(rows, select(filters, None, NAMES, NOW)) == [rows[1]]
    assert matching(rows, chosen(Field.TAG, "red", excluded=True)) == rows[1:]
    assert matching(rows, select([], None, NAMES, NOW)) == rows


def test_days_in_the_text_and_chosen_spans_narrow_together() -> None:
    rows = [row(age, updated_at=NOW - timedelta(days=age)) for age in (1, 7, 8, 40)]
    rows.append(row(9, updated_at=None))
    until = DateFilter(until=(NOW - timedelta(days=2)).date())

    assert matching(rows, chosen(Field.UPDATED, "7d")) == rows[:2]
    assert matching(rows, chosen(Field.UPDATED, "7d", "30d")) == rows[:3]
    both = select([FieldFilter(Field.UPDATED, ("7d",))], until, NAMES, NOW)
    assert matching(rows, both) == rows[1:2]


def test_a_selection_does_not_change_the_counts_of_its_own_facet() -> None:
    rows = [row(1, tags=["red"], language="en"), row(2, tags=["blue"], language="fr")]
    selection = chosen(Field.TAG, "red")

    tags = facet(rows, selection, Field.TAG).values
    assert [(value.value, value.count, value.selected) for value in tags] == [
        ("blue", 1, False), ("red", 1, True),
    ]  # fmt: skip
    assert [value.value for value in facet(rows, selection, Field.LANGUAGE).values] == ["en"]


def test_a_selected_value_stays_with_0_and_beyond_the_limit() -> None:
    rows = [row(number, tags=[f"tag{number:04}"] * 2) for number in range(MAX_VALUES + 50)]
    rows += [row(1000 + number, tags=[f"tag{number:04}"]) for number in range(MAX_VALUES)]

    values = facet(rows, chosen(Field.TAG, "none", "tag0120"), Field.TAG).values

    assert len(values) == MAX_VALUES + 2
    assert [(value.value, value.count) for value in values if value.selected] == [
        ("tag0120", 1), ("none", 0),
    ]  # fmt: skip
    assert values[0].count == 2


def test_labels_are_names_and_words() -> None:
    rows = [row(persona_ids=[3, 77], owner_id=1, audience="CUSTOMER_FACING")]
    labels = {
        each.field: [value.label for value in each.values]
        for each in count(rows, select([], None, NAMES, NOW))
    }
    assert labels[Field.PERSONA] == ["77", "CTO"]
    assert labels[Field.OWNER] == ["Ada"]
    assert labels[Field.TYPE] == ["Brief"]
    assert labels[Field.AUDIENCE] == ["Customer facing"]
    assert labels[Field.UPDATED] == ["Last 7 days", "Last 30 days", "Last 90 days", "Last year"]


def test_nothing_has_no_values() -> None:
    assert all(each.values == () for each in count([], select([], None, NAMES, NOW)))
