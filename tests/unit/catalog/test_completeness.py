import re

from search_service.catalog.completeness import TextFacts, assess
from search_service.catalog.materials import Named
from tests.unit.catalog.materials import bare

WHOLE = TextFacts(pages=4, pages_with_text=4)
FULL = bare(
    description="x" * 40,
    product_name="Object Storage",
    universe_name="Public Cloud",
    personas=(Named(1, "CTO"),),
    segments=(Named(1, "Retail"),),
    tags=("a", "b"),
    use_cases=("backup",),
    pain_points=("cost",),
    owner_id=1,
)


def test_a_full_material_has_all_points_and_no_reason() -> None:
    found = assess(FULL, WHOLE)
    assert (found.score, found.reasons) == (100, ())


def test_each_missing_point_has_a_reason() -> None:
    for material, read in ((bare(), TextFacts(0, 0)), (bare(owner_id=1), TextFacts(3, 2))):
        found = assess(material, read)
        missing = sum(
            int(points) for reason in found.reasons for points in re.findall(r"\+(\d+)", reason)
        )
        assert found.score + missing == 100


def test_a_guess_costs_points_until_it_is_confirmed() -> None:
    guessed = assess(bare(guessed_fields=("name", "material_type")), WHOLE)
    assert guessed.score == assess(bare(), WHOLE).score - 5
    assert "name, material_type" in guessed.reasons[-1]


def test_pages_without_text_cost_their_share() -> None:
    found = assess(FULL, TextFacts(pages=5, pages_with_text=3))
    assert found.score == 90
    assert found.reasons == ("2 of 5 pages have no text (+10).",)
