"""Words written together, apart and with a hyphen: each finds the other spellings."""

import pytest

from search_service.db.enums import MaterialStatus
from tests.integration.search.library import FRENCH, GERMAN, Library, ids

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("email", "Secure e-mail for all"),
        ("emails", "Secure e-mail for all"),
        ("e-mail", "Secure email for all"),
        ("e mail", "Secure email for all"),
        ("wifi", "Wi-Fi everywhere"),
        ("wi fi", "Wi-Fi everywhere"),
        ("real time", "Realtime data"),
        ("real-time", "Realtime data"),
        ("web hosting", "Our webhosting"),
        ("webhosting", "Our web hosting"),
        ("webhosting", "Our web-hosting"),
        ("WebHosting", "Our Web Hosting"),
        ("set up", "A setup in an hour"),
        ("log in", "A login for each"),
        ("iso27001", "Audited to ISO 27001"),
        ("iso27001", "Audited to ISO-27001"),
        ("iso 27001", "Audited to ISO27001"),
        ("iso-27001", "Audited to ISO27001"),
        ("m365", "Moves to M 365"),
        ("s 3", "Stores in S3"),
    ],
)
async def test_every_spelling_finds_the_others(library: Library, asked: str, written: str) -> None:
    material_id = await library.material(written)
    await library.material("Something else")
    await library.refresh()

    answer = await library.search(asked)

    assert ids(answer) == [material_id]
    assert not answer.partial
    assert (answer.corrected, answer.did_you_mean, answer.expanded) == ((), None, ())
    assert answer.hits[0].slides[0].snippet.marks


async def test_other_languages_have_other_spellings(library: Library) -> None:
    french = await library.material("Un weekend à la mer", facts=FRENCH)
    german = await library.material("Die Daten-Sicherung", facts=GERMAN)
    await library.refresh()

    assert ids(await library.search("week-end")) == [french]
    assert ids(await library.search("datensicherung")) == [german]


async def test_a_word_is_two_only_in_the_language_that_writes_them_so(library: Library) -> None:
    await library.material("alpha centauri and cloud services")
    french = await library.material("Une offre: cloud in action", facts=FRENCH)
    await library.refresh()

    assert await library.found("cloudin") == [french]


async def test_stop_words_leave_room_for_words_that_are_two(library: Library) -> None:
    material_id = await library.material("web hosting")
    await library.refresh()

    asked = "about above after again against before below between webhosting"
    assert await library.found(asked) == [material_id]


async def test_two_words_find_the_spellings_in_one_piece(library: Library) -> None:
    spellings = [
        await library.material(each) for each in ("web hosting", "webhosting", "web-hosting")
    ]
    await library.refresh()

    answer = await library.search("web hosting")

    assert set(ids(answer)) == set(spellings)
    assert not answer.partial
    assert max(hit.score for hit in answer.hits) < 1.5 * min(hit.score for hit in answer.hits)


async def test_a_word_that_is_published_is_not_taken_apart(library: Library) -> None:
    together = await library.material("webhosting")
    joined = await library.material("web-hosting")
    await library.material("web hosting")
    await library.refresh()

    assert set(ids(await library.search("webhosting"))) == {together, joined}


async def test_what_is_excluded_is_so_in_all_spellings_of_one_piece(library: Library) -> None:
    await library.material("secure e-mail")
    await library.material("secure email")
    other = await library.material("secure mail")
    await library.refresh()

    assert ids(await library.search("secure -email")) == [other]
    assert ids(await library.search("secure -e-mail")) == [other]


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        # Not side by side; then a figure and a word that are cut in two.
        ("webhosting", "hosting of a web"),
        ("webhosting", "web and hosting"),
        ("iso27001", "iso 27 001"),
        # A stop word makes no other word of the next, figures none of each other.
        ("in form", "To inform all"),
        ("10 20", "It holds 1020"),
        # What is no letter breaks a word, also within one.
        ("web❶ hosting", "hosting plans"),
        # A phrase means its words as they stand.
        ('"web hosting"', "Our webhosting"),
    ],
)
async def test_what_is_no_other_spelling_is_not_found(
    library: Library, asked: str, written: str
) -> None:
    await library.material(written)
    await library.refresh()

    answer = await library.search(asked)

    assert answer.partial or not answer.hits


async def test_spellings_are_those_of_published_material(library: Library) -> None:
    await library.material("web hosting", status=MaterialStatus.DRAFT)
    await library.refresh()

    assert not (await library.search("webhosting")).hits


async def test_a_slip_beside_is_corrected_as_before(library: Library) -> None:
    material_id = await library.material("web hosting with a backup")
    await library.refresh()

    answer = await library.search("webhosting bakcup")

    assert ids(answer) == [material_id]
    assert [(each.typed, each.used) for each in answer.corrected] == [("bakcup", "backup")]
    assert answer.query == "webhosting backup"


async def test_what_lacks_a_word_written_together_says_so_as_typed(library: Library) -> None:
    await library.material("web hosting")
    partial = await library.material("backup")
    await library.refresh()

    answer = await library.search("webhosting backup")

    assert {hit.material_id: hit.missing for hit in answer.hits}[partial] == ("webhosting",)
