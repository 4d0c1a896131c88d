from datetime import date

import pytest

from search_service.catalog.metadata import name_of, validated
from search_service.db.enums import MaterialAudience, MaterialStatus, MaterialType
from search_service.errors import InvalidInputError


def test_fields_are_given_as_they_are_stored() -> None:
    assert validated(
        {
            "name": "  Object\n Storage ",
            "description": " One.\r\n\r\n\r\nTwo. ",
            "material_type": "product brief",
            "audience": "customer-facing",
            "product_name": " ",
            "tags": ["S3", "s3", " ", "Backup"],
            "review_by": "2027-01-31",
            "persona_ids": [3, 1, 3],
            "owner_id": None,
        }
    ) == {
        "name": "Object Storage",
        "description": "One.\n\nTwo.",
        "material_type": MaterialType.PRODUCT_BRIEF,
        "audience": MaterialAudience.CUSTOMER_FACING,
        "product_name": None,
        "tags": ["S3", "Backup"],
        "review_by": date(2027, 1, 31),
        "persona_ids": [1, 3],
        "owner_id": None,
    }


def test_what_is_not_named_stays_out() -> None:
    assert validated({}) == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", " \n"),
        ("name", None),
        ("name", 5),
        ("name", "x" * 256),
        ("description", "x" * 10_001),
        ("description", ["a"]),
        ("universe_name", "x" * 101),
        ("version", "x" * 51),
        ("material_type", "novel"),
        ("material_type", None),
        ("audience", 3),
        ("tags", "a, b"),
        ("tags", [1]),
        ("tags", ["x" * 101]),
        ("tags", [str(number) for number in range(51)]),
        ("review_by", "31.01.2027"),
        ("persona_ids", [0]),
        ("persona_ids", [2**31]),
        ("persona_ids", ["1"]),
        ("persona_ids", [True]),
        ("persona_ids", "12"),
        ("owner_id", "me"),
        ("status", "PUBLISHED"),
        ("id", 5),
    ],
)
def test_a_wrong_field_is_named(field: str, value: object) -> None:
    with pytest.raises(InvalidInputError) as caught:
        validated({field: value})
    assert set(caught.value.details["errors"]) == {field}


def test_every_wrong_field_is_named_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        validated({"name": "", "tags": 3, "audience": "BOTH"})
    assert set(caught.value.details["errors"]) == {"name", "tags"}


@pytest.mark.parametrize("written", ["REVIEW", "review", " Review "])
def test_names_may_be_written_in_any_case(written: str) -> None:
    assert name_of(MaterialStatus, written) is MaterialStatus.REVIEW


@pytest.mark.parametrize(
    "written", ["PRODUCT_SALES_DECK", "product sales deck", "Sales deck", "sales-deck"]
)
def test_types_may_be_written_without_their_prefix(written: str) -> None:
    assert name_of(MaterialType, written) is MaterialType.PRODUCT_SALES_DECK
