"""The score that SQL computes, against BM25F written down from design/search.md in plain Python."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import CUSTOMER_FACING_GUEST
from search_service.db.enums import MaterialStatus
from search_service.index import statistics
from search_service.index.writer import PageText
from search_service.search import feedback, lists, ranker, ranking
from search_service.search.answer import Answer
from search_service.search.request import Match, Sort
from search_service.search.weights import DEFAULT
from tests.integration.search.library import (
    FRENCH,
    GERMAN,
    Facts,
    Library,
    codes,
    examples,
    fresh,
    ids,
)

pytestmark = pytest.mark.anyio

# Lexemes of themselves in every language; asserted below.
WORDS = ("zark", "blim", "kroft", "dunk", "golp")
LANGUAGES = ("en", "fr", "de")

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doc:
    """A material of the plain model: its pages are titles and bodies in words."""

    pages: tuple[tuple[Words, Words], ...]
    name: Words
    tags: Words
    language: str
    published: bool

    @property
    def own(self) -> tuple[Words, Words]:
        return self.name, self.tags

    def holds(self, word: str) -> bool:
        return any(word in (*title, *body) for title, body in (self.own, *self.pages))


def scores(docs: Sequence[Doc], asked: Sequence[str]) -> list[float]:
    """BM25F of each document: best page, next two and own words damped."""
    counted = [(doc.language, *page) for doc in docs if doc.published for page in doc.pages]
    size = len(counted)
    idf = {}
    for word in asked:
        df = sum(word in (*title, *body) for _, title, body in counted)
        idf[word] = math.log(1 + (size - df + 0.5) / (df + 0.5))

    def average(language: str, part: int) -> float:
        pages = [page for page in counted if page[0] == language] or counted
        if not pages:
            return 1
        return max(sum(len(page[part]) for page in pages) / len(pages), 0.001)

    def passage(doc: Doc, page: tuple[Words, Words]) -> float:
        title, body = page
        total = 0.0
        for word in asked:
            t = 4 * title.count(word) / (0.5 + 0.5 * len(title) / average(doc.language, 1))
            t += body.count(word) / (0.25 + 0.75 * len(body) / average(doc.language, 2))
            total += idf[word] * t * (1.2 + 1) / (t + 1.2)
        return total

    weights = (1, *DEFAULT.next_slides)
    result = []
    for doc in docs:
        best = sorted((passage(doc, page) for page in doc.pages), reverse=True)
        damped = sum(weight * score for weight, score in zip(weights, best, strict=False))
        result.append(damped + DEFAULT.own * passage(doc, doc.own))
    return result


async def write(library: Library, docs: Sequence[Doc]) -> list[int]:
    return [
        await library.material(
            *((" ".join(title), " ".join(body)) for title, body in doc.pages),
            name=" ".join(doc.name) or "-",
            tags=list(doc.tags),
            status=MaterialStatus.PUBLISHED if doc.published else MaterialStatus.DRAFT,
            facts=Facts(doc.language),
            updated_at=None,  # which speaks neither for it nor against it
        )
        for doc in docs
    ]


def shown(answer: Answer) -> dict[int, tuple[bool, float]]:
    return {hit.material_id: (hit.full, hit.score) for hit in answer.hits}


def expected(
    docs: Sequence[Doc], keys: Sequence[int], asked: Sequence[str]
) -> dict[int, tuple[bool, Any]]:
    return {
        key: (all(map(doc.holds, asked)), pytest.approx(score, abs=1e-6))
        for doc, key, score in zip(docs, keys, scores(docs, asked), strict=True)
        if any(map(doc.holds, asked))
    }


def docs_of(languages: Sequence[str]) -> st.SearchStrategy[list[Doc]]:
    words = st.lists(st.sampled_from(WORDS), max_size=6).map(tuple)
    pages = st.lists(st.tuples(words, words).filter(any), max_size=4).map(tuple)
    doc = st.builds(
        Doc, pages, words, words, st.sampled_from(languages), st.integers(0, 4).map(bool)
    )
    return st.lists(doc, min_size=1, max_size=6)


ASKED = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True)


@pytest.fixture(params=["whole", "rare", "common"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How passages are found: materials read whole, rare lexemes by index, common ones by lists."""
    monkeypatch.setattr(ranker, "FEW", 100 if request.param == "whole" else 0)
    monkeypatch.setattr(statistics, "LEAST_PASSAGES", 1 if request.param == "common" else 1000)
    monkeypatch.setattr(feedback, "RERANKED", 0)
    monkeypatch.setattr(feedback, "BINDS", {**feedback.BINDS, "leaders": 0})


@pytest.mark.usefixtures("way")
@given(st.one_of(docs_of(["en"]), docs_of(LANGUAGES)), ASKED)
@examples(20)
async def test_the_score_is_bm25f(
    connection: AsyncConnection, docs: list[Doc], asked: list[str]
) -> None:
    async with fresh(connection) as library:
        keys = await write(library, docs)
        await library.refresh()

        answer = await library.search(" ".join(asked), match=Match.ANY, correct=False)
        in_order = await library.search(" ".join(asked), correct=False)

    wanted = expected(docs, keys, asked)
    assert shown(answer) == wanted
    if len(asked) > 1:
        assert shown(in_order) == wanted
    assert ids(in_order) == sorted(
        ids(in_order), key=lambda key: (*shown(in_order)[key], key), reverse=True
    )


async def test_the_words_above_are_lexemes_of_themselves(connection: AsyncConnection) -> None:
    for configuration in ("english", "french", "german"):
        for word in WORDS:
            found = await connection.scalar(
                text(
                    "SELECT tsvector_to_array(to_tsvector(:configuration ::regconfig, :word))"
                ).bindparams(configuration=configuration, word=word)
            )
            assert found == [word]


async def test_frequencies_are_exact_to_64(connection: AsyncConnection) -> None:
    counted = ranking._frequency("{1,1,1,1}", "CAST(:term AS tsquery)")
    in_title = ranking._frequency("{0,0,0,1}", "CAST(:term AS tsquery)")
    found = await connection.execute(
        text(
            f"SELECT n, titles, {counted} AS total, {in_title} AS title FROM ("
            " SELECT n, titles,"
            " setweight(to_tsvector('simple', repeat('zark filler ', titles)), 'A')"
            " || setweight(to_tsvector('simple', repeat('filler zark ', n)), 'D') AS search_vector"
            " FROM generate_series(0, 70) n, unnest(ARRAY[0, 1, 7, 64]) titles) p"
        ),
        {"term": "'zark'", "steps": ranking.steps()},
    )

    for row in found.all():
        assert (row.total, row.title) == (min(row.n + row.titles, 64), row.titles)


async def test_a_draft_shifts_nobodys_score(library: Library) -> None:
    await library.material(("Backup", "backup and restore"), "other")
    await library.refresh()
    before = shown(await library.search("backup"))
    person = await library.person()

    await library.material(
        *(("Backup", "backup backup"),) * 5, status=MaterialStatus.DRAFT, owner_id=person.user_id
    )
    await library.refresh()

    after = shown(await library.search("backup"))
    assert {key: after[key] for key in before} == before


async def test_title_beats_body(library: Library) -> None:
    body = await library.material(("plan", "backup"))
    title = await library.material(("backup", "plan"))
    await library.material("other")
    await library.refresh()

    assert await library.found("backup") == [title, body]


async def test_full_matches_come_before_partial_ones(library: Library) -> None:
    partial = await library.material(("Backup", "backup backup backup"))
    for word in ("backup", "pricing") * 5:
        await library.material(word)
    filler = "x y z w v u t s r q p " * 9
    full = await library.material(f"{filler} backup", f"pricing {filler}")
    await library.refresh()

    await library.refresh()
    answer = await library.search("backup pricing")

    best, *others = answer.hits
    assert (best.material_id, best.full, best.missing) == (full, True, ())
    assert not any(hit.full for hit in others)
    [other] = [hit for hit in others if hit.material_id == partial]
    assert other.missing == ("pricing",)
    assert other.score > best.score
    assert answer.total == 1
    assert not answer.partial


async def test_words_on_different_slides_and_in_the_name_make_a_full_match(
    library: Library,
) -> None:
    material_id = await library.material("backup", "pricing", name="Vault", tags=["immutable"])

    answer = await library.search("immutable vault pricing backup")

    assert [(hit.material_id, hit.full) for hit in answer.hits] == [(material_id, True)]


async def test_partial_matches_count_where_there_is_no_full_one(library: Library) -> None:
    both = await library.material("backup restore")
    one = await library.material("pricing")
    await library.material("other")
    await library.refresh()

    answer = await library.search("backup restore pricing")

    assert set(ids(answer)) == {both, one}
    assert (answer.total, answer.partial) == (2, True)
    missing = {hit.material_id: hit.missing for hit in answer.hits}
    assert missing == {both: ("pricing",), one: ("backup", "restore")}


async def test_the_total_of_partial_matches_is_what_is_found_in_every_language(
    library: Library,
) -> None:
    """`run` is the English lexeme of `running`, but in French another word."""
    english = await library.material("they run")
    await library.material("un run", facts=FRENCH)
    await library.refresh()

    answer = await library.search("running pricing", correct=False)

    assert ids(answer) == [english]
    assert answer.total == 1


@pytest.mark.parametrize(
    ("match", "found"),
    [(Match.AUTO, ["both", "one"]), (Match.ALL, ["both"]), (Match.ANY, ["one", "both"])],
)
async def test_match_says_which_hits_are_wanted(
    library: Library, match: Match, found: list[str]
) -> None:
    names = {
        await library.material("backup x y z w v u", "pricing x y z w v u"): "both",
        await library.material(("backup", "backup")): "one",
        await library.material("other"): "none",
    }
    await library.refresh()

    answer = await library.search("backup pricing", match=match)

    assert [names[key] for key in ids(answer)] == found
    assert answer.total == (2 if match is Match.ANY else 1)


async def test_a_word_typed_twice_weighs_twice(library: Library) -> None:
    await library.material("zark blim")
    await library.material("other")
    await library.refresh()

    once = (await library.search("zark blim")).hits[0].score
    twice = (await library.search("zark blim zark")).hits[0].score

    assert twice == pytest.approx(once * 1.5)


async def test_a_phrase_stands_in_one_passage(library: Library) -> None:
    phrase = await library.material("our incident response plan")
    await library.material("response to an incident")
    await library.material("incident", "response")
    await library.material("incident; no response")
    await library.refresh()

    answer = await library.search('"incident response"')

    assert ids(answer) == [phrase]
    assert answer.total == 1
    assert await library.found('"incident response" plan') == [phrase]


async def test_a_phrase_filters_partial_matches_too(library: Library) -> None:
    phrase = await library.material("our incident response")
    await library.material("incident plan")

    answer = await library.search('"incident response" plan')

    assert ids(answer) == [phrase]
    assert (answer.partial, answer.total) == (True, 1)
    assert answer.hits[0].missing == ("plan",)


@pytest.mark.parametrize(
    "asked", ["backup -tape", 'backup -"tape library"', "backup -tap*", "-tape backup"]
)
async def test_an_excluded_word_takes_its_materials_away(library: Library, asked: str) -> None:
    kept = await library.material("backup to disk")
    await library.material("backup to disk", "or to a tape library")
    await library.material("backup to disk", "tape library", facts=GERMAN)
    await library.refresh()

    answer = await library.search(asked)

    assert ids(answer) == [kept]
    assert answer.total == 1


async def test_an_exclusion_holds_for_partial_matches(library: Library) -> None:
    kept = await library.material("backup")
    await library.material("backup tape")

    answer = await library.search("backup pricing -tape", correct=False)

    assert ids(answer) == [kept]
    assert answer.total == 1


async def test_an_exclusion_alone_lists_everything_else(library: Library) -> None:
    kept = await library.material("backup")
    await library.material("tape")

    assert await library.found("-tape") == [kept]


async def test_or_is_satisfied_by_either(library: Library) -> None:
    disk = await library.material("backup to disk")
    tape = await library.material("backup to tape")
    await library.material("backup to cloud")
    await library.refresh()

    answer = await library.search("backup disk OR tape", match=Match.ALL)

    assert set(ids(answer)) == {disk, tape}
    assert all(hit.full for hit in answer.hits)
    lacking = await library.search("backup disk OR tape")
    assert lacking.hits[-1].missing == ("disk OR tape",)


async def test_or_joins_a_phrase_and_a_word(library: Library) -> None:
    phrase = await library.material("an incident response plan")
    word = await library.material("a backup plan")
    await library.material("response to an incident plan")

    assert set(await library.found('plan "incident response" OR backup')) == {phrase, word}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("secur*", {"security", "secure"}),
        ("securit*", {"security", "secure"}),  # one stem
        ("SECURI*", {"security", "secure"}),
        ("securities*", {"security", "secure"}),
        ("zero-tru*", {"zero-trust"}),
        ("zz*", set()),
        ("1%*", set()),
    ],
)
async def test_a_star_finds_what_begins_so(library: Library, asked: str, found: set[str]) -> None:
    names = {
        await library.material(body): body
        for body in ("security", "secure", "sector", "zero-trust", "zero tolerance", "trust")
    }
    await library.refresh()

    assert {names[key] for key in await library.found(asked)} == found


async def test_a_star_finds_accented_words(library: Library) -> None:
    material_id = await library.material("La sécurité", facts=FRENCH)
    await library.refresh()

    for asked in ("sécur*", "secur*", "sécurit*", "securite*"):
        assert await library.found(asked) == [material_id]


async def test_a_star_finds_words_of_names_and_tags_alone(library: Library) -> None:
    material_id = await library.material("text", name="Hypervisor", tags=["containers"])
    await library.refresh()

    for asked in ("hyperv*", "contain*"):
        assert await library.found(asked) == [material_id]


async def test_stop_words_are_left_out_and_said(library: Library) -> None:
    material_id = await library.material("backup and restore")

    answer = await library.search("the backup")

    assert [(hit.material_id, hit.full) for hit in answer.hits] == [(material_id, True)]
    assert [warning.code for warning in answer.warnings] == ["common_words"]


async def test_a_word_that_is_common_in_another_language_is_searched(library: Library) -> None:
    english = await library.material("ai for everyone", "one more", "and one more")
    await library.material("j'ai tout", facts=FRENCH)
    await library.refresh()

    assert await library.found("ai everyone") == [english]


async def test_the_parts_of_an_explanation_add_up_to_the_score(library: Library) -> None:
    await library.material(
        ("Backup", "backup and restore"),
        "restore restore",
        PageText(3, "Backup", "nothing", notes="restore from notes"),
        "backup",
        "backup restore sauvegarde",
        name="Backup",
        description="restore",
    )
    await library.material("backup restore", facts=FRENCH, tags=["restore"])
    await library.material("other")
    await library.refresh()

    for asked in ("backup", "backup restore", "backup rest* sauvegarde", "restore OR backup other"):
        answer = await library.search(asked, explain=True)
        assert len(answer.hits) >= 2
        for hit in answer.hits:
            total = sum(part.value for part in hit.explanation)
            assert total == pytest.approx(hit.score, abs=1e-6)
            assert all(part.value > 0 for part in hit.explanation)
            assert all(part.words.endswith(".") for part in hit.explanation)


async def test_nothing_is_explained_where_the_score_does_not_decide(library: Library) -> None:
    await library.material("backup")

    answer = await library.search("backup", explain=True, sort=Sort.NEWEST)

    assert answer.hits[0].explanation == ()


async def test_the_best_slides_are_shown_first_and_counted(library: Library) -> None:
    await library.material(
        "nothing", "backup x y z", ("Backup", "backup"), "backup x y z u v w", "backup x y z u v w"
    )
    await library.refresh()

    [hit] = (await library.search("backup")).hits
    assert [slide.page_number for slide in hit.slides] == [3, 2, 4]
    assert hit.matching_slides == 4
    for asked_slides in (0, 1, 20):
        [hit] = (await library.search("backup", slides=asked_slides)).hits
        assert len(hit.slides) == min(asked_slides, 4)
        assert hit.matching_slides == 4


async def test_of_a_long_material_the_best_slides_are_looked_at(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has more pages than are looked at stands where it would stand with all of them."""
    monkeypatch.setattr(statistics, "LEAST_PASSAGES", 1)
    for best in (5, 3, 7):
        pages = [f"{'zark ' * (number % best)} blim" + " dunk" * number for number in range(12)]
        await library.material(*pages, name=f"zark {best}")
    await library.material("zark zark", "blim")
    await library.material(*["golp"] * 8, name="zark blim")
    await library.refresh()
    whole = await library.search("zark blim", slides=2)
    looking_at_few(monkeypatch)
    bounded = await library.search("zark blim", slides=2)

    assert slides_of(bounded) == slides_of(whole)
    assert [hit.score for hit in bounded.hits] == pytest.approx([hit.score for hit in whole.hits])
    assert sorted(hit.matching_slides for hit in whole.hits) == [0, 2, 12, 12, 12]
    assert sorted(hit.matching_slides for hit in bounded.hits) == [0, 2, 4, 4, 4]


async def test_a_long_material_is_looked_at_whole_where_lists_tell_little_of_it(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One slide that stands out in a list must not stand for those that are cut from it."""
    monkeypatch.setattr(statistics, "LEAST_PASSAGES", 1)
    monkeypatch.setattr(lists, "BUDGET", 4)
    for number in range(6):
        outstanding = ["zark zark zark"] if number % 2 else []
        await library.material(*outstanding, *["zark blim dunk dunk"] * 12)
    await library.refresh()
    whole = await library.search("zark blim", slides=2)
    looking_at_few(monkeypatch)
    bounded = await library.search("zark blim", slides=2)

    assert slides_of(bounded) == slides_of(whole)
    assert {hit.matching_slides for hit in bounded.hits} == {12, 13}


async def test_a_guest_is_shown_what_is_not_hidden_of_a_long_material(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics, "LEAST_PASSAGES", 1)
    hidden = [PageText(number, "", "zark zark zark", hidden=True) for number in range(1, 6)]
    await library.material(*hidden, *["zark"] * 6)
    await library.refresh()
    looking_at_few(monkeypatch)

    [hit] = (await library.search("zark", CUSTOMER_FACING_GUEST)).hits
    assert hit.matching_slides == 6
    assert {slide.page_number for slide in hit.slides} <= set(range(6, 12))


def looking_at_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranker, "LONG", 6)
    monkeypatch.setattr(ranker, "LOOKED_AT", 4)


def slides_of(answer: Answer) -> list[tuple[int, list[int]]]:
    return [(hit.material_id, [each.page_number for each in hit.slides]) for hit in answer.hits]


async def test_slides_that_match_in_another_language_only_are_not_shown(library: Library) -> None:
    await library.material("they run", facts=GERMAN)
    french = await library.material("running", "un run", facts=FRENCH)
    await library.material("we run")
    await library.refresh()

    hits = (await library.search("running")).hits

    [hit] = [hit for hit in hits if hit.material_id == french]
    assert [slide.page_number for slide in hit.slides] == [1]
    assert hit.matching_slides == 1


async def test_a_library_without_statistics_finds(library: Library) -> None:
    plain = await library.material("restore in an hour")
    title = await library.material(("Restore", "in an hour"))
    french = await library.material("restore", facts=FRENCH)

    answer = await library.search("restore")

    assert set(ids(answer)) == {plain, title, french}
    assert all(hit.score > 0 for hit in answer.hits)
    assert answer.corrected == ()


@pytest.mark.parametrize("asked", ["", "backup", '"a b" -c d*', "persona:CTO", "the"])
async def test_an_empty_library_answers(library: Library, asked: str) -> None:
    answer = await library.search(asked)

    assert (answer.hits, answer.total, answer.next_cursor) == ((), 0, None)
    assert {*codes(answer)} <= {"unknown_value", "prefix_too_short"}


@pytest.mark.usefixtures("way")
async def test_the_forms_of_a_prefix_count_together(library: Library) -> None:
    forms = ("secure", "securities", "security", "securing", "securable", "secureness")
    many = await library.material(" ".join(forms), updated_at=None)
    one = await library.material("secure plan of some other words", updated_at=None)
    twice = await library.material("secure secure words of some plan", updated_at=None)
    await library.refresh()

    assert await library.found("secur*") == [many, twice, one]
