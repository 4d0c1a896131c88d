"""Expansion of a query by synonym entries, without a database."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_service.search.query import parse
from search_service.search.synonyms import (
    MAX_ADDED,
    MAX_SOURCE_WORDS,
    SynonymEntry,
    expand,
    keys_of,
)
from search_service.search.tree import Concept, Phrase, Query, Synonymy, Word
from search_service.text.normalise import folded

DR = SynonymEntry("dr", ("disaster recovery",))
BOTH = replace(DR, two_way=True)


def shown(query: Query) -> list[list[str]]:
    """The alternatives of each concept; phrases in quotes, what was added behind a plus."""
    return [[_shown(term) for term in concept.alternatives] for concept in query.concepts]


def _shown(term: Word | Phrase) -> str:
    text = f'"{" ".join(term.words)}"' if isinstance(term, Phrase) else term.text
    return ("+" if term.synonymy else "") + text + ("*" if _is_prefix(term) else "")


def _is_prefix(term: Word | Phrase) -> bool:
    return isinstance(term, Word) and term.prefix


@pytest.mark.parametrize(
    ("typed", "entry", "expected"),
    [
        ("dr", DR, [["dr", '+"disaster recovery"']]),
        ("DR plan", DR, [["DR", '+"disaster recovery"'], ["plan"]]),
        ("disaster recovery", DR, [["disaster"], ["recovery"]]),
        ("disaster recovery", BOTH, [["disaster", "+dr"], ["recovery", "+dr"]]),
        ("Disaster  Recovery plan", BOTH, [["Disaster", "+dr"], ["Recovery", "+dr"], ["plan"]]),
        ('"disaster recovery"', BOTH, [['"disaster recovery"', "+dr"]]),
        ('"disaster recovery plan"', BOTH, [['"disaster recovery plan"']]),
        ("recovery disaster", BOTH, [["recovery"], ["disaster"]]),
        ("disaster OR recovery", BOTH, [["disaster", "recovery"]]),
        ("dr OR backup", DR, [["dr", "backup", '+"disaster recovery"']]),
        ('"dr"', DR, [['"dr"', '+"disaster recovery"']]),
        ("drs", DR, [["drs"]]),
        ("résumé", SynonymEntry("Resume", ("CV",)), [["résumé", "+CV"]]),
        ("tcp/ip", SynonymEntry("TCP/IP", ("network",)), [["tcp", "+network"], ["ip", "+network"]]),
        ("x", SynonymEntry("x", ("X", "y", "Y")), [["x", "+y", "+Y"]]),
        ("x", SynonymEntry("x", ("…", "y")), [["x", "+y"]]),
    ],
)
def test_a_typed_source_gets_what_it_also_means(
    typed: str, entry: SynonymEntry, expected: list[list[str]]
) -> None:
    assert shown(expand(parse(typed), [entry]).query) == expected


def test_a_group_means_each_other() -> None:
    group = SynonymEntry("k8s", ("kubernetes", "container orchestration"), two_way=True)

    assert shown(expand(parse("kubernetes"), [group]).query) == [
        ["kubernetes", "+k8s", '+"container orchestration"']
    ]


@pytest.mark.parametrize(
    "typed", ["dr*", "-dr backup", "tag:dr", "product:dr", "disaster recover*"]
)
def test_prefixes_exclusions_and_filters_stay_as_they_are(typed: str) -> None:
    query = parse(typed)

    assert expand(query, [BOTH]).query == query


def test_what_was_added_is_not_expanded_again() -> None:
    chain = [SynonymEntry("a1", ("b1",)), SynonymEntry("b1", ("c1",))]

    assert shown(expand(parse("a1"), chain).query) == [["a1", "+b1"]]
    assert shown(expand(parse("a1 b1"), chain).query) == [["a1", "+b1"], ["b1", "+c1"]]


def test_the_longest_words_side_by_side_win() -> None:
    entries = [SynonymEntry("cloud backup", ("baas",)), SynonymEntry("backup", ("copy",))]

    assert shown(expand(parse("cloud backup"), entries).query) == [
        ["cloud", "+baas"],
        ["backup", "+baas"],
    ]
    assert shown(expand(parse("hot backup"), entries).query) == [["hot"], ["backup", "+copy"]]


def test_it_can_be_said_what_was_expanded() -> None:
    expanded = expand(parse("Disaster recovery k8s plan"), [BOTH, SynonymEntry("k8s", ("kube",))])

    assert [(each.typed, each.added) for each in expanded.expansions] == [
        ("Disaster recovery", ("dr",)),
        ("k8s", ("kube",)),
    ]
    assert expanded.spared == {"Disaster", "recovery", "dr", "k8s", "kube"}


def test_an_added_term_knows_its_reason_and_language() -> None:
    entry = replace(BOTH, language="fr")

    [one] = expand(parse("dr"), [entry]).query.concepts
    assert one == Concept((Word("dr"), Phrase(("disaster", "recovery"), Synonymy("dr", "fr"))))
    several = expand(parse("disaster recovery"), [entry]).query.concepts
    added = Word("dr", synonymy=Synonymy("disaster recovery", "fr", spread=True))
    assert [concept.alternatives[-1] for concept in several] == [added, added]


def test_the_same_target_may_count_in_several_languages() -> None:
    entries = [SynonymEntry("dr", ("pra",), language=code) for code in ("fr", "es")]

    expanded = expand(parse("dr"), entries)
    languages = [
        term.synonymy.language for term in expanded.query.concepts[0].alternatives if term.synonymy
    ]
    assert languages == ["fr", "es"]
    assert expanded.expansions[0].added == ("pra",)


def test_expansions_are_bounded() -> None:
    many = SynonymEntry("a1", tuple(f"word{number}" for number in range(3 * MAX_ADDED)))

    expanded = expand(parse("a1 a1 a1"), [many])
    assert sum(len(concept) - 1 for concept in shown(expanded.query)) == MAX_ADDED


def test_keys_are_folded_sources() -> None:
    assert keys_of(DR) == ["dr"]
    assert keys_of(SynonymEntry("Écran  TCP/IP", ("ecran tcp ip", "b"), two_way=True)) == [
        "ecran tcp ip",
        "b",
    ]


WORDS = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=6)


@given(WORDS, WORDS, WORDS)
def test_what_was_typed_stays(typed: list[str], source: list[str], target: list[str]) -> None:
    query = parse(" ".join(typed))
    entry = SynonymEntry(" ".join(source), (" ".join(target),), two_way=True)

    expanded = expand(query, [entry]).query
    kept = [
        Concept(tuple(term for term in concept.alternatives if term.synonymy is None))
        for concept in expanded.concepts
    ]
    assert replace(expanded, concepts=tuple(kept)) == query
    stands = " ".join(source) in " ".join(typed) or " ".join(target) in " ".join(typed)
    if expanded != query:
        assert stands
    elif source != target and max(len(source), len(target)) <= MAX_SOURCE_WORDS:
        assert not stands


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [("  Öl\tund  GAS ", "ol und gas"), ("Straße", "strasse"), ("İ", "i"), ("", "")],
)
def test_folding_sets_case_blanks_and_accents_aside(text: str, key: str) -> None:
    assert folded(text) == key
