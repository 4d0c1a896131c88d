"""Hits gain by holding what the best ones share; nobody's hits by what he may not see."""

from dataclasses import replace

import pytest

from search_service.db.enums import MaterialStatus, Role
from search_service.search import feedback, weights
from search_service.search.analysis import analyse, corpus_of
from search_service.search.lexicon import Lexicon, word_cache
from search_service.search.query import parse
from search_service.search.request import Match
from tests.integration.search.library import FRENCH, Library

pytestmark = pytest.mark.anyio

QUERY = "backup plan"


async def gained(library: Library, asked: str = QUERY, role: Role = Role.PMM) -> dict[int, float]:
    """What hits gain, by their ids."""
    person = await library.person(role)
    answer = await library.search(
        asked, person, match=Match.ANY, correct=False, explain=True, limit=50
    )
    return {
        hit.material_id: part.value
        for hit in answer.hits
        for part in hit.explanation
        if part.name == "like_the_best"
    }


async def fill(library: Library, *pages: str | tuple[str, str]) -> list[int]:
    written = [await library.material(page) for page in pages]
    await library.material("nothing of it")
    await library.refresh()
    return written


async def test_a_hit_with_the_words_that_the_best_share_gains(library: Library) -> None:
    best, _, like, unlike = await fill(
        library,
        "backup plan tape library",
        "backup plan tape robot",
        "backup tape",
        "backup holiday",
    )

    found = await gained(library)

    assert found[like] > found[unlike] > 0
    assert found[best] > found[like]


async def test_what_only_one_hit_holds_is_not_typical(library: Library) -> None:
    await fill(library, "backup tape", "plan robot")

    assert await gained(library) == {}


async def test_a_rare_word_counts_more_than_a_common_one(library: Library) -> None:
    pages = ["backup plan tape common", "backup plan tape common", "plan tape", "plan common"]
    ids = await fill(library, *pages, *["common"] * 5)

    found = await gained(library)

    assert found[ids[2]] > found[ids[3]]


async def test_hits_far_behind_the_best_say_little(library: Library) -> None:
    weak = "plan " + "robot filler " * 20
    ids = await fill(library, *["backup plan tape"] * 2, weak, weak, "plan tape", "plan robot")

    found = await gained(library)

    assert found[ids[4]] > 1.5 * found[ids[5]]  # all else is alike: tape and robot stand in three


async def test_only_the_first_hits_say_what_is_typical(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback, "BINDS", {**feedback.BINDS, "sources": 2})
    pages = ["backup backup plan plan tape", "backup backup plan plan tape"]
    ids = await fill(
        library, *pages, "backup plan robot", "backup plan robot", "plan", "robot plan"
    )

    found = await gained(library)

    assert found[ids[4]] == pytest.approx(found[ids[5]], rel=0.3)  # a robot is not typical


async def test_gains_stay_below_what_holding_the_query_gives(library: Library) -> None:
    await fill(library, *["backup plan tape " * 20] * 3)
    connection = library.connection
    lexicon = Lexicon(connection, await corpus_of(connection), None, word_cache())
    analysis = await analyse(lexicon, parse(QUERY))

    found = await gained(library)

    whole = feedback.WEIGHT * 2.2 * sum(term.weight for term in analysis.terms)
    assert 0 < max(found.values()) < whole


@pytest.mark.parametrize("asked", ["backup", "the", '"backup tape"'])
async def test_one_word_or_phrase_gives_nothing(library: Library, asked: str) -> None:
    await fill(library, "backup tape", "backup tape")

    assert await gained(library, asked) == {}


async def test_one_hit_gives_nothing(library: Library) -> None:
    await fill(library, "backup plan")

    assert await gained(library) == {}


async def test_hits_without_a_score_gain_nothing(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "DEFAULT", replace(weights.DEFAULT, own=0.0))
    ids = [await library.material("other words", name=f"Backup plan {n}") for n in (1, 2)]
    await library.refresh()

    answer = await library.search(QUERY)

    assert sorted(hit.material_id for hit in answer.hits) == ids
    assert [hit.score for hit in answer.hits] == [0, 0]


async def test_only_so_many_are_reranked(library: Library) -> None:
    ids = await fill(library, *["backup plan"] * (feedback.RERANKED + 2))

    assert set(await gained(library)) == set(ids[2:])  # of equal ones the newer is first


async def test_words_of_another_language_are_other_words(library: Library) -> None:
    first = await library.material("backup plan tape")
    second = await library.material("backup plan tape")
    french = await library.material("backup tape", facts=FRENCH)
    await library.refresh()

    assert set(await gained(library)) == {first, second}
    assert french in {
        hit.material_id for hit in (await library.search(QUERY, match=Match.ANY)).hits
    }


async def test_what_may_not_be_seen_neither_gains_nor_speaks(library: Library) -> None:
    await library.material("backup plan tape")
    await library.material("backup plan tape", status=MaterialStatus.DRAFT)
    await library.refresh()

    assert await gained(library, role=Role.SALES) == {}
    assert await gained(library, role=Role.ADMIN)
