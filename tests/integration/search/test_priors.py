"""What lifts a material beside its words."""

from datetime import timedelta
from typing import Any

import pytest

from search_service.search.request import Context
from tests.integration.search.library import NOW, Facts, Library

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"updated_at": NOW}, {"updated_at": NOW - timedelta(days=900)}),
        ({"updated_at": NOW}, {"updated_at": None}),
        ({"health_score": 90}, {"health_score": 20}),
        ({"usage_count": 200}, {"usage_count": 1}),
    ],
)
async def test_of_equal_words_the_better_kept_material_comes_first(
    library: Library, better: dict[str, Any], worse: dict[str, Any]
) -> None:
    first = await library.material("backup", **better)
    second = await library.material("backup", **worse)
    await library.refresh()

    assert await library.found("backup") == [first, second]


async def test_age_never_beats_words(library: Library) -> None:
    old = await library.material(("Backup", "backup plan"), updated_at=NOW - timedelta(days=5000))
    await library.material("plan for a backup", updated_at=NOW, health_score=100, usage_count=999)
    await library.refresh()

    assert (await library.found("backup"))[0] == old


@pytest.mark.parametrize(
    "context",
    [
        Context(persona="cto"), Context(segment="Retail"), Context(industry="retail"),
        Context(industry="banking"), Context(stage="discovery"), Context(product="Object Storage"),
        Context(account="ACME"),
    ],
)  # fmt: skip
async def test_what_fits_the_customer_is_lifted_and_nothing_is_filtered(
    library: Library, context: Context
) -> None:
    cto, retail = await library.persona("CTO"), await library.segment("Retail")
    fitting = await library.material(
        "backup",
        facts=Facts(persona_ids=(cto,), segment_ids=(retail,)),
        tags=["Banking", "discovery", "acme"],
        product_name="Object Storage",
    )
    other = await library.material("backup")
    await library.refresh()

    plain = await library.search("backup")
    lifted = await library.search("backup", context=context, explain=True)

    assert [hit.material_id for hit in plain.hits] == [other, fitting]
    assert [hit.material_id for hit in lifted.hits] == [fitting, other]
    [named] = [name for name, value in vars_of(context) if value]
    assert named in {part.name for part in lifted.hits[0].explanation}
    assert named not in {part.name for part in lifted.hits[1].explanation}


def vars_of(context: Context) -> list[tuple[str, str | None]]:
    return [(name, getattr(context, name)) for name in Context.__dataclass_fields__]


async def test_the_parts_with_their_gains_add_up(library: Library) -> None:
    await library.material("backup restore", "backup", usage_count=7, health_score=55)
    await library.refresh()

    answer = await library.search("backup restore", explain=True)

    [hit] = answer.hits
    assert sum(part.value for part in hit.explanation) == pytest.approx(hit.score)
    assert {"freshness", "health", "usage", "word"} <= {part.name for part in hit.explanation}


async def test_an_unknown_customer_changes_nothing(library: Library) -> None:
    await library.material("backup")
    await library.refresh()

    plain = await library.search("backup")
    asked = await library.search("backup", context=Context(persona="nobody", stage="'; --"))

    assert [hit.score for hit in asked.hits] == [hit.score for hit in plain.hits]
