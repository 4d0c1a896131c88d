import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_service.search.highlight import LENGTH, Marked, fold, look_through, snippet

WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['’][^\W_]+)?")


def candidates(text: str, lexemes: list[str]) -> set[str]:
    return look_through([text], lexemes).words


def mark(text: str, words: set[str]) -> Marked:
    [marked] = look_through([text], words).marked(words)
    return marked


def test_words_that_begin_like_a_lexeme_may_match() -> None:
    text = "Sécurité, secondary L’équipe 99.9 œuvre store"
    assert candidates(text, ["secur"]) == {"sécurité", "secondary"}
    assert candidates(text, ["equip", "99.9", "oeuvr"]) == {"l’équipe", "99.9", "œuvre"}
    assert candidates(text, []) == set()


@given(st.text("abcé'’.,15-_ \n", max_size=60), st.text("abcé15", min_size=1, max_size=4))
def test_all_words_that_begin_like_it_are_candidates(text: str, lexeme: str) -> None:
    start = fold(lexeme)[:3]
    alike = [
        word.span()
        for word in WORD.finditer(text)
        if any(fold(part).startswith(start) for part in (word[0], *re.split("['’]", word[0])))
        and not re.search(r"([^\W_]['’]|\d[.,])\Z", text[: word.start()])  # the rest of a'b'c
    ]

    assert [each[:2] for each in look_through([text], [lexeme]).occurrences] == alike


def test_each_text_has_its_own_marks() -> None:
    found = look_through(["no", "İ a backup", "", "backups", "Backup, backup"], ["backup"])

    assert found.words == {"backup", "backups"}
    assert [each.marks for each in found.marked({"backup"})] == [
        (), ((4, 10),), (), (), ((0, 6), (8, 14)),
    ]  # fmt: skip


def test_marks_are_offsets_of_whole_words() -> None:
    marked = mark("Backup, BACKUP; backups", {"backup"})
    assert [marked.text[start:end] for start, end in marked.marks] == ["Backup", "BACKUP"]


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Sécurité", "securite"), ("Größe", "grosse"), ("ŁØ", "lo"), ("œuf", "oeuf"), ("İ", "i")],
)
def test_folding_takes_case_and_accents_away(text: str, plain: str) -> None:
    assert fold(text) == plain


def test_a_short_text_is_shown_whole_on_one_line() -> None:
    shown = snippet(mark("one\ntwo\tthree", {"two"}), "notes")
    assert (shown.text, shown.marks, shown.source) == ("one two three", ((4, 7),), "notes")


def test_a_long_text_begins_a_little_before_its_first_mark_at_a_word() -> None:
    shown = snippet(mark("filler words " * 40 + "needle " + "filler words " * 40, {"needle"}))
    [(start, end)] = shown.marks
    assert shown.text[start:end] == "needle"
    assert 0 < start <= 40
    assert shown.text.startswith(("filler", "words"))
    assert shown.text.endswith(("filler", "words"))


def test_different_words_are_worth_more_than_the_same_again() -> None:
    same = "alpha alpha alpha "
    text = same + "filler " * 60 + "alpha bravo " + "filler " * 60
    shown = snippet(mark(text, {"alpha", "bravo"}))
    assert [shown.text[a:b] for a, b in shown.marks] == ["alpha", "bravo"]


def test_a_text_without_marks_shows_its_beginning() -> None:
    text = "filler words " * 40
    shown = snippet(Marked(text, ()))
    assert text.startswith(shown.text)
    assert 200 < len(shown.text) <= LENGTH


@given(st.text(max_size=400), st.integers(1, 300))
def test_any_text_is_cut_to_length_with_marks_inside(text: str, length: int) -> None:
    words = candidates(text, text.split())
    shown = snippet(mark(text, words), length=length)
    assert len(shown.text) <= length
    assert all(0 <= start < end <= len(shown.text) for start, end in shown.marks)
    assert all(before[1] <= after[0] for before, after in pairwise(shown.marks))
    assert {shown.text[start:end].lower() for start, end in shown.marks} <= words
    assert "\n" not in shown.text


@pytest.mark.parametrize("lexeme", ["email", "e-mail"])
def test_long_runs_of_other_letters_are_looked_through_once(lexeme: str) -> None:
    texts = ["я" * 200_000, "я-" * 100_000, "-я" * 100_000, "e-e-" * 50_000]

    assert not look_through(texts, [lexeme]).words & {"email", "e-mail"}


@pytest.mark.parametrize(
    ("text", "compounds"),
    [
        ("An e-mail, E-Mails", {"e-mail", "e-mails"}),
        ("--e-mail", {"e-mail"}),
        ("x-e-mail", set()),
        ("é-mail --é-mail a--é-mail", {"é-mail"}),
        ("x-é-mail", set()),
        ("e-commerce été-là", set()),
    ],
)
def test_compounds_that_begin_like_a_lexeme_may_match(text: str, compounds: set[str]) -> None:
    assert {word for word in look_through([text], ["e-mail"]).words if "-" in word} == compounds


@pytest.mark.parametrize("end", [". ", "!\n", "\n\n", '." '])
def test_a_snippet_begins_with_the_sentence_or_the_line_where_that_is_near(end: str) -> None:
    text = "filler words " * 40 + "last of it" + end + "Then the needle is found. " + "more " * 90

    shown = snippet(mark(text, {"needle"}))

    assert shown.text.startswith("Then the needle is found. more")
    assert [shown.text[start:to] for start, to in shown.marks] == ["needle"]


def test_a_figure_or_an_abbreviation_ends_no_sentence() -> None:
    text = "filler words " * 40 + "costs 3.5 and v2.0 the needle " + "more " * 90

    assert "costs 3.5 and v2.0 the needle" in snippet(mark(text, {"needle"})).text
