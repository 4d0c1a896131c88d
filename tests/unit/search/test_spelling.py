"""Edits of a mistyped word, and which of them people make."""

import pytest
from rapidfuzz.distance import DamerauLevenshtein

from search_service.search.spelling import distance, likelihood, one_edit_away


def test_everything_one_edit_away_and_nothing_else() -> None:
    near = one_edit_away("bakup")

    assert {"backup", "bakupp", "akup", "abkup", "bakpu", "bacup", "bakul"} <= near
    assert "bakup" not in near
    assert {DamerauLevenshtein.distance("bakup", word) for word in near} == {1}
    assert len(near) < 60 * (len("bakup") + 1)


def test_accents_are_tried_where_the_library_has_them() -> None:
    assert "sécurité" in one_edit_away("securité", accents=True)
    assert "sécurité" not in one_edit_away("securite", accents=True)
    assert "café" not in one_edit_away("cafe")
    assert "cafés" in one_edit_away("café")


@pytest.mark.parametrize(
    ("typed", "likely", "unlikely"),
    [("shes", "shoes", "ses"), ("tsick", "stick", "tick"), ("cas", "case", "gas")],
)
def test_letters_are_swapped_or_left_out_rather_than_added_or_replaced(
    typed: str, likely: str, unlikely: str
) -> None:
    assert likelihood(typed, likely) > likelihood(typed, unlikely)


def test_distance_ends_beyond_the_most() -> None:
    assert [distance("backup", word, 2) for word in ("backup", "bakcup", "bcup", "xxxxxx")] == [
        0, 1, 2, 3,
    ]  # fmt: skip
