"""Mistyped words: corrected and said, or offered, and left alone where something holds them."""

import pytest

from search_service.db.enums import MaterialStatus, Role
from search_service.search.answer import Answer
from search_service.search.query import parse
from tests.integration.search.library import FRENCH, Library, ids

pytestmark = pytest.mark.anyio


def used(answer: Answer) -> dict[str, str]:
    return {each.typed: each.used for each in answer.corrected}


@pytest.mark.parametrize("asked", ["bakcup", "BAKCUP", "Bakcup bakcup", "backp"])
async def test_a_mistyped_word_is_corrected_and_said(library: Library, asked: str) -> None:
    material_id = await library.material("backup in an hour")
    await library.refresh()

    answer = await library.search(asked)

    assert ids(answer) == [material_id]
    assert set(used(answer)) == set(asked.split())
    assert set(used(answer).values()) == {"backup"}
    assert answer.query == " ".join(["backup"] * len(asked.split()))
    assert answer.did_you_mean is None


async def test_without_correction_another_query_is_offered(library: Library) -> None:
    await library.material("backup in an hour")
    await library.refresh()

    answer = await library.search('bakcup hour tag:bakcup -bakcup "bakcup"', correct=False)

    assert answer.hits == ()
    assert answer.corrected == ()
    assert answer.did_you_mean == 'backup hour tag:bakcup -bakcup "backup"'


async def test_a_mistyped_word_of_a_phrase_is_corrected_and_the_phrase_stays_one(
    library: Library,
) -> None:
    plan = await library.material("The disaster recovery plan")
    await library.material("recovery of a disaster, planned")
    await library.refresh()

    answer = await library.search('"disaster recovry plan"')

    assert ids(answer) == [plan]
    assert used(answer) == {"recovry": "recovery"}
    assert answer.query == '"disaster recovery plan"'


@pytest.mark.parametrize(
    "asked", ['"recovery plan"', '"the disaster"', '"pre-disaster plans"', '"plan zork"']
)
async def test_a_phrase_that_only_stands_nowhere_is_left_alone(
    library: Library, asked: str
) -> None:
    await library.material("The disaster recovery plans, pre planned")
    await library.refresh()

    answer = await library.search(asked)

    assert (answer.corrected, answer.did_you_mean, answer.query) == ((), None, asked)


@pytest.mark.parametrize(
    "asked",
    [
        "bakcup restore",
        "restore bakcup OR recovery",
        "(bakcup)",
        "tcp/bakcup",
        "bakcup's bakcup",
        "bakcup bakcups",
        "Note:bakcup",
        "bakcup updated:2026",
    ],
)
async def test_the_query_shown_is_the_one_that_was_answered(library: Library, asked: str) -> None:
    await library.material("backup backups")
    await library.refresh()

    answer = await library.search(asked)

    assert "backup" in used(answer).values()
    assert answer.query == asked.replace("bakcup", "backup").replace("backup's", "bakcup's")
    again = await library.search(parse(answer.query).text)
    assert ids(again) == ids(answer)


async def test_the_nearest_then_the_commonest_word_is_taken(library: Library) -> None:
    await library.material("stork")
    for word in ("store", "storm", "storm"):
        await library.material(word)
    await library.refresh()

    assert used(await library.search("stor")) == {"stor": "storm"}


async def test_a_word_that_something_visible_holds_is_left_alone(library: Library) -> None:
    await library.material("backup")
    owner = await library.person()
    await library.material("other", name="Bakcup", owner_id=owner.user_id)
    await library.refresh()

    answer = await library.search("bakcup", await library.person(Role.SALES))

    assert (len(answer.hits), answer.corrected) == (1, ())


async def test_a_word_of_a_visible_draft_is_left_alone(library: Library) -> None:
    owner = await library.person()
    await library.material("backup")
    draft = await library.material("bakcup", status=MaterialStatus.DRAFT, owner_id=owner.user_id)
    await library.refresh()

    assert ids(await library.search("bakcup", owner)) == [draft]
    assert used(await library.search("bakcup", await library.person())) == {"bakcup": "backup"}


@pytest.mark.parametrize("asked", ["zzzzqq", "bak", "x2000", "bak3up", "bakcu*"])
async def test_what_is_like_nothing_short_or_no_word_stays(library: Library, asked: str) -> None:
    await library.material("backup plan")
    await library.refresh()

    assert (await library.search(asked)).corrected == ()


PROSE = "which customers moved their oracle databases into private clouds after a "


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (PROSE + "bakcup failure", {"bakcup": "backup"}),
        (PROSE + "merry failure", {}),
        (PROSE + "backuppp failure", {}),
        ("backuppp failure", {"backuppp": "backup"}),
        (PROSE + "soar failure", {}),
    ],
)
async def test_in_prose_only_clear_slips_are_corrected(
    library: Library, asked: str, words: dict[str, str]
) -> None:
    await library.material(PROSE + "failure", name="Ferry")
    for word in ("backup", "backup roar", "merryl roar"):
        await library.material(word)
    await library.refresh()

    assert used(await library.search(asked)) == words


async def test_a_word_is_corrected_to_an_accented_one(library: Library) -> None:
    material_id = await library.material("sécurité", facts=FRENCH)
    await library.refresh()

    answer = await library.search("sécrité")

    assert (ids(answer), used(answer)) == ([material_id], {"sécrité": "sécurité"})


async def test_a_word_is_corrected_to_one_of_another_language(library: Library) -> None:
    await library.material("backup")
    material_id = await library.material("sauvegarde", facts=FRENCH)
    await library.refresh()

    answer = await library.search("sauvgarde")

    assert used(answer) == {"sauvgarde": "sauvegarde"}
    assert ids(answer) == [material_id]


async def test_a_mistyped_stop_word_is_no_obstacle(library: Library) -> None:
    material_id = await library.material("backup with a plan")
    await library.refresh()

    answer = await library.search("backup whith plan")

    assert [(hit.material_id, hit.full) for hit in answer.hits] == [(material_id, True)]


async def test_a_correction_reaches_the_next_page(library: Library) -> None:
    for _ in range(3):
        await library.material("backup")
    await library.refresh()

    first = await library.search("bakcup", limit=2)
    second = await library.search("bakcup", limit=2, cursor=first.next_cursor)

    assert len({*ids(first), *ids(second)}) == 3
