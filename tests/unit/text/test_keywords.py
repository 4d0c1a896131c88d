import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_service.text.keywords import Frequencies, Wording, keywords, phrases
from search_service.text.languages import CONFIGURATIONS
from search_service.text.stop_words import stop_words

ENGLISH = stop_words("en")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the state of art", {"state", "art", "state of art"}),
        ("Zero-trust access", {"zero-trust", "access", "zero-trust access"}),
        ("backup, restore", {"backup", "restore"}),
        ("backup\nrestore", {"backup", "restore"}),
        ("2026 plan", {"plan"}),
        ("ISO 27001", {"iso", "iso 27001"}),
        ("see https://a.example/b?c or mail jo@acme.example", {"mail"}),
        ("www.acme.example acme.com/pricing x", set()),
        ("Moody’s rating", {"moody", "rating", "moody rating"}),
        ("C++ R&D", {"c++", "r&d", "c++ r&d"}),
        ("", set()),
    ],
)
def test_candidates(text: str, found: set[str]) -> None:
    assert set(phrases(text, ENGLISH)) == found


def test_elided_articles_go() -> None:
    assert set(phrases("l’équipe qu'une", stop_words("fr"))) == {"équipe"}


def test_candidates_are_counted() -> None:
    assert phrases("Backup. backup. BACKUP", ENGLISH) == {"backup": 3}


@given(st.text())
def test_candidates_never_begin_or_end_with_a_stop_word(text: str) -> None:
    for phrase in phrases(text, ENGLISH):
        words = phrase.split(" ")
        assert len(words) <= 3
        assert not {words[0], words[-1]} & ENGLISH


TITLES = ["Incident response", "How it works", "Pricing"]
BODIES = [
    "Our incident response team starts within minutes. Incident response is what we do.",
    "The team collects logs. Logs reach the team, and incident response begins.",
    "Price per user and month",
]
SPOKEN = Wording("en", TITLES, BODIES)


def test_rare_phrases_beat_common_ones_and_swallow_their_parts() -> None:
    common = {"team": 900, "logs": 400, "works": 800, "incident": 3, "response": 9}
    found = keywords(SPOKEN, Frequencies(1000, common))
    assert found[0] == "incident response"
    assert "incident" not in found
    assert "response" not in found
    assert found.index("logs") < found.index("team")


def test_a_part_that_stands_alone_often_is_kept() -> None:
    bodies = ["Cloud backup. Backup. Backup. Backup. Cloud backup."]
    assert set(keywords(Wording("en", [""], bodies), Frequencies(1000))) == {
        "backup",
        "cloud backup",
    }


def test_plurals_are_one_keyword() -> None:
    audits = Wording("en", [""], ["Audit. Audits. Audit. Audits."])
    assert len(keywords(audits, Frequencies(100))) == 1


def test_a_small_library_needs_no_frequencies() -> None:
    found = keywords(SPOKEN, Frequencies(3))
    assert found[0] == "incident response"


def test_the_limit_and_nothing_at_all() -> None:
    assert len(keywords(SPOKEN, Frequencies(1000), limit=2)) == 2
    assert keywords(Wording("und", [], []), Frequencies()) == []
    assert keywords(Wording("und", ["of the"], ["and"]), Frequencies(50)) == []


@given(st.lists(st.text("ab Cs.\n")), st.lists(st.text("ab Cs.\n")), st.sampled_from([0, 30]))
def test_keywords_are_distinct_and_the_same_each_time(
    titles: list[str], bodies: list[str], documents: int
) -> None:
    wording, frequencies = Wording("en", titles, bodies), Frequencies(documents)
    found = keywords(wording, frequencies)
    assert len(found) == len(set(found)) <= 12
    assert found == keywords(wording, frequencies)


def test_each_indexed_language_has_stop_words_and_an_unknown_one_has_all() -> None:
    for code in CONFIGURATIONS:
        words = stop_words(code)
        assert 100 < len(words) < 400
        assert all(word == word.lower() and len(word) > 1 for word in words)
        assert words <= stop_words("und")
