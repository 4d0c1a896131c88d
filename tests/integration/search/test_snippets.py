"""What is shown of a hit: the piece that holds the words, and which of them are marked."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.index.writer import PageText
from search_service.search.highlight import LENGTH
from search_service.text.normalise import clean
from tests.integration.search.library import FRENCH, GERMAN, Facts, Library, examples, fresh

pytestmark = pytest.mark.anyio


async def marked(library: Library, asked: str) -> list[str]:
    """The marked words of the first slide's snippet."""
    answer = await library.search(asked, correct=False)
    snippet = answer.hits[0].slides[0].snippet
    return [snippet.text[start:end] for start, end in snippet.marks]


@pytest.mark.parametrize(
    ("facts", "body", "asked", "words"),
    [
        (Facts(), "Backups are backed up; a BACKUP.", "backup", ["Backups", "BACKUP"]),
        (Facts(), "Restoring restores the store.", "restore", ["Restoring", "restores"]),
        (FRENCH, "La sécurité, securite et sécurités.", "securite",
         ["sécurité", "securite", "sécurités"]),
        (FRENCH, "L’équipe de l'équipe", "équipe", ["L’équipe", "l'équipe"]),
        (FRENCH, "Une œuvre, des œuvres", "oeuvre", ["œuvre", "œuvres"]),
        (GERMAN, "Größe und grosse Straße", "größe", ["Größe", "grosse"]),
        (Facts("und"), "Øre er en øre", "ore", ["Øre", "øre"]),
        (Facts(), "Zero-trust and trust", "zero-trust", ["Zero-trust", "trust"]),
        (Facts(), "An e-mail or email by mail", "email", ["e-mail", "email"]),
        (FRENCH, "-pré-vente, des préventes", "prevente", ["pré-vente", "préventes"]),
        (Facts(), "An E‐mail or email, e or mail", "e-mail", ["E‐mail", "email", "e", "mail"]),
        (Facts(), "Speaks TCP/IP and ip", "tcp/ip", ["TCP", "IP", "ip"]),
        (Facts(), "The X-200 and 200", "X-200", ["X", "200", "200"]),
        (Facts(), "At 99.9 percent, not 99", "99.9", ["99.9"]),
        (Facts(), "Secure security", "secur*", ["Secure", "security"]),
        (Facts(), "An incident response", '"incident response"', ["incident", "response"]),
        (Facts(), "The plan of the backup", "the backup", ["backup"]),
        (Facts(), "backup without tape", "backup -disk", ["backup"]),
    ],
)  # fmt: skip
async def test_the_words_that_match_are_marked(
    library: Library, facts: Facts, body: str, asked: str, words: list[str]
) -> None:
    await library.material(body, facts=facts)
    await library.refresh()

    assert await marked(library, asked) == words


async def test_a_word_that_matches_in_another_language_only_is_not_marked(
    library: Library,
) -> None:
    await library.material("they run", facts=Facts())
    await library.material("running un run", facts=FRENCH)
    await library.refresh()

    answer = await library.search("running")

    [slide] = [slide for hit in answer.hits for slide in hit.slides if hit.language == "fr"]
    assert slide.snippet.marks == ((0, 7),)


async def test_names_and_titles_are_marked(library: Library) -> None:
    await library.material(("Our Backups", "text"), name="Backup brief")

    [hit] = (await library.search("backup")).hits

    assert hit.name_marks == ((0, 6),)
    assert hit.slides[0].title_marks == ((4, 11),)


async def test_words_in_notes_alone_are_shown_from_there(library: Library) -> None:
    await library.material(PageText(1, "Title", "What the slide says.", notes="Mention pricing."))
    await library.material(PageText(1, "Title", "The pricing.", notes="Mention pricing."))

    snippets = [hit.slides[0].snippet for hit in (await library.search("pricing")).hits]

    assert {(each.source, each.text) for each in snippets} == {
        ("notes", "Mention pricing."), ("slide", "The pricing."),
    }  # fmt: skip


async def test_a_long_slide_is_cut_around_most_of_the_words(library: Library) -> None:
    filler = "lorem ipsum dolor sit amet " * 10
    await library.material(f"backup {filler} backup pricing restore {filler} backup")
    await library.refresh()

    snippet = (await library.search("backup pricing restore")).hits[0].slides[0].snippet

    assert len(snippet.text) <= LENGTH
    assert [snippet.text[a:b] for a, b in snippet.marks] == ["backup", "pricing", "restore"]


WORD = "backup"
TEXT = st.text(max_size=80).map(clean)


@given(TEXT, TEXT, TEXT)
@example("İ" * 300, "ŉ ǰ", "")
@example("a" * 500, "\t\n" * 5, "é" * 400)
@example("0.0.0,0.0", "''’’", "x’" * 40)
@examples(40)
async def test_no_text_breaks_a_snippet(
    connection: AsyncConnection, title: str, before: str, after: str
) -> None:
    async with fresh(connection) as library:
        await library.material(
            PageText(1, title, clean(f"{before} {WORD} {after}"), notes=after),
            name=title[:255] or "-",
        )
        asked = f"{WORD} OR {before[:20]} OR {title[:20]}".replace('"', " ")
        answer = await library.search(asked, correct=False)

    for hit in answer.hits:
        for slide in hit.slides:
            snippet = slide.snippet
            assert len(snippet.text) <= LENGTH
            for text, marks in (
                (hit.name, hit.name_marks),
                (slide.title, slide.title_marks),
                (snippet.text, snippet.marks),
            ):
                assert all(0 <= start < end <= len(text) for start, end in marks)
                assert all(before[1] <= after[0] for before, after in pairwise(marks))
                assert not any(text[start:end].isspace() for start, end in marks)
