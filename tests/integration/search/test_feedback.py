"""Hits gain by holding what the best ones share; nobody's hits by what he may not see."""

import pytest

from search_service.db.enums import MaterialStatus, Role
from search_service.search import feedback
from search_service.search.analysis import analyse, corpus_of
from search_service.search.feedback import Leader, gains
from search_service.search.query import parse
from tests.integration.search.library import FRENCH, Library

pytestmark = pytest.mark.anyio

QUERY = "backup plan"


async def gained(
    library: Library, scores: dict[int, float], asked: str = QUERY, role: Role = Role.PMM
) -> dict[int, float]:
    connection = library.connection
    analysis = await analyse(connection, parse(asked), await corpus_of(connection))
    leaders = [Leader(material_id, 1, score) for material_id, score in scores.items()]
    found = await gains(connection, await library.person(role), leaders, analysis.terms)
    return {material_id: round(gain, 6) for material_id, gain in found.items()}


async def fill(library: Library, *pages: str | tuple[str, str]) -> list[int]:
    written = [await library.material(page) for page in pages]
    await library.material("nothing of it")
    await library.refresh()
    return written


async def test_a_hit_with_the_words_that_the_best_share_gains(library: Library) -> None:
    best, second, like, unlike = await fill(
        library,
        "backup plan tape library",
        "backup plan tape robot",
        "backup tape",
        "backup holiday",
    )

    found = await gained(library, {best: 3.0, second: 3.0, unlike: 1.0, like: 1.0})

    assert found[like] > found[unlike] > 0
    assert found[best] > found[like]


async def test_what_only_one_hit_holds_is_not_typical(library: Library) -> None:
    ids = await fill(library, "backup tape", "plan robot")

    assert await gained(library, dict.fromkeys(ids, 1.0)) == {}


async def test_a_rare_word_counts_more_than_a_common_one(library: Library) -> None:
    pages = ["backup tape common", "backup tape common", "plan tape", "plan common"]
    ids = await fill(library, *pages, *["common"] * 5)

    found = await gained(library, dict(zip(ids, [2.0, 2.0, 0.1, 0.1], strict=False)))

    assert found[ids[2]] > found[ids[3]]


async def test_gains_stay_below_what_holding_the_query_gives(library: Library) -> None:
    ids = await fill(library, *["backup plan tape " * 20] * 3)
    connection = library.connection
    analysis = await analyse(connection, parse(QUERY), await corpus_of(connection))

    found = await gained(library, dict.fromkeys(ids, 2.0))

    whole = feedback.WEIGHT * 2.2 * sum(term.weight for term in analysis.terms)
    assert 0 < max(found.values()) < whole


@pytest.mark.parametrize("asked", ["backup", "the"])
async def test_one_word_gives_nothing(library: Library, asked: str) -> None:
    ids = await fill(library, "backup tape", "backup tape")

    assert await gained(library, dict.fromkeys(ids, 1.0), asked) == {}


async def test_one_hit_gives_nothing(library: Library) -> None:
    ids = await fill(library, "backup plan")

    assert await gained(library, {ids[0]: 1.0}) == {}


async def test_only_so_many_are_reranked(library: Library) -> None:
    ids = await fill(library, *["backup plan"] * (feedback.RERANKED + 2))

    found = await gained(library, dict.fromkeys(ids, 1.0))

    assert set(found) == set(ids[: feedback.RERANKED])


async def test_words_of_another_language_are_other_words(library: Library) -> None:
    first = await library.material("backup plan tape")
    second = await library.material("backup plan tape")
    french = await library.material("tape", facts=FRENCH)
    await library.refresh()

    assert french not in await gained(library, {first: 2.0, second: 2.0, french: 1.0})


async def test_what_may_not_be_seen_neither_gains_nor_speaks(library: Library) -> None:
    seen = await library.material("backup plan tape")
    hidden = await library.material("backup plan tape", status=MaterialStatus.DRAFT)
    await library.refresh()

    scores = {seen: 1.0, hidden: 1.0}

    assert await gained(library, scores, role=Role.SALES) == {}


async def test_hits_without_a_score_gain_nothing(library: Library) -> None:
    first, second = await fill(library, "backup plan", "backup plan too")

    assert await gained(library, {first: 0.0, second: 0.0}) == {}
