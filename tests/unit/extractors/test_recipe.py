import pytest

from extractors.recipe import Recipe, recipe_of


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("3", "3"),
        ("3,5-7", "3,5-7"),
        ("3, 5\u20137", "3,5-7"),
        (" 7 , 1 - 2 ", "1-2,7"),
        ("5,4,3", "3-5"),
        ("1-4,2-3,9", "1-4,9"),
        ("2,2", "2"),
    ],
)
def test_pages_are_read_in_any_order_and_written_in_one(written: str, name: str) -> None:
    assert recipe_of(written).name == name


@pytest.mark.parametrize("written", ["", "0", "3-1", "a", "1,,2", "1-", "-1", "1.5", "٣", "100001"])
def test_what_is_no_list_of_pages_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="page"):
        recipe_of(written)


def test_a_recipe_wants_the_pages_of_its_ranges_or_all() -> None:
    assert [page for page in range(1, 9) if recipe_of("2,4-5").wants(page)] == [2, 4, 5]
    assert (recipe_of("2,4-5").last_page, Recipe().last_page) == (5, 0)
    assert all(Recipe().wants(page) for page in range(1, 9))


def test_too_many_ranges_are_named_as_such() -> None:
    with pytest.raises(ValueError, match="101 ranges, and at most 100"):
        recipe_of(",".join(["1"] * 101))
