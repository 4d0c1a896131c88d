import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search_service.text.normalise import clean, indexable, repeated_lines, without_lines

any_text = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("ﬁnance\u00a0team", "finance team"),
        ("nul\x00 \x07bell \ud800lone \ufffe\uffff", "nul bell lone"),
        ("soft\u00adhyphen zero\u200bwidth \ufeffmark", "softhyphen zerowidth mark"),
        ("a\r\nb\rc\x0bd\u2028e", "a\nb\nc\nd\ne"),
        ("  many   blanks  \n\n\n\n next ", "many blanks\n\nnext"),
        ("cell \t  cell", "cell\tcell"),
        ("Acme™ 2½ 10⁶ uptime¹ m² CO₂", "Acme™ 2 1⁄2 10 6 uptime 1 m2 CO2"),
        ("e\u200b\u0301", "é"),
        ("", ""),
    ],
)
def test_cleaning(raw: str, stored: str) -> None:
    assert clean(raw) == stored


@given(any_text)
@example("a\u0300\u00ad\u0301 \x85 \t\n\n\n½")
def test_cleaning_twice_changes_nothing_and_leaves_nothing_unstorable(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert "\n\n\n" not in cleaned
    assert "  " not in cleaned
    assert not [
        character
        for character in cleaned
        if character not in "\n\t" and unicodedata.category(character) in {"Cc", "Cs"}
    ]
    cleaned.encode()


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("TCP/IP and and/or", "TCP IP and and or"),
        ("read/write // a_b __init__ 24/7", "read write // a b __init__ 24 7"),
        ("“quoted” l’équipe zero‑trust".replace("‑", "‐"), '"quoted" l\'équipe zero-trust'),
        ("Dear <customer name>,", "Dear  customer name ,"),
        ("X-200, ISO-27001, -5 and 10,000", "X 200, ISO 27001, -5 and 10,000"),
    ],
)
def test_the_index_sees_words_where_a_reader_does(text: str, seen: str) -> None:
    assert indexable(text) == seen


# The letter apostrophe counts as a letter and becomes a plain one all the same.
@given(st.text(st.characters(exclude_categories=(), exclude_characters="ʼ")))
def test_indexing_form_is_stable_and_keeps_every_letter(text: str) -> None:
    seen = indexable(text)
    assert indexable(seen) == seen
    assert [c for c in seen if c.isalnum()] == [c for c in text if c.isalnum()]


def test_running_lines_are_found_and_taken_out() -> None:
    deck = ["Acme Inc.\nBackup\n99\nfast\n© 2026 Acme\n1"]
    deck += [f"acme  inc.\nslide {word}\n© 2025 ACME\n{n}" for n, word in enumerate("xyz", 2)]
    lines = repeated_lines(deck)
    assert lines == {"acme inc.", "© # acme", "#"}
    assert without_lines(deck[0], lines) == "Backup\n99\nfast"
    assert without_lines(deck[2], lines) == "slide y"


def test_a_page_number_below_a_heading_is_one_too() -> None:
    pages = [
        *[f"{number}\n{word}" for number, word in enumerate("abcd", 1)],
        "Statement\n5\n7\nNotes",
        "6\n6\nx",
    ]
    lines = repeated_lines(pages)
    kept = [without_lines(page, lines, number) for number, page in enumerate(pages, 1)]
    assert kept == [*"abcd", "Statement\n7\nNotes", "6\nx"]
    assert without_lines("Statement\nNone\n5\n7\nNotes", lines) == "Statement\nNone\n5\n7\nNotes"


def test_figures_inside_a_page_are_no_page_numbers() -> None:
    tables = [f"Revenue {name}\n10\n20\n{name} total" for name in "abcd"]
    assert repeated_lines(tables) == frozenset()


def test_three_pages_are_too_few() -> None:
    assert repeated_lines(["Acme\na", "Acme\nb", "Acme\nc"]) == frozenset()


def test_half_of_the_pages_is_not_enough() -> None:
    assert repeated_lines(["Acme\na", "Acme\nb", "c", "d"]) == frozenset()


def test_a_line_counts_once_a_page() -> None:
    assert repeated_lines(["yes\nyes\nyes", "a", "b", "c"]) == frozenset()


@given(st.lists(st.text("ab1 \n", max_size=20), max_size=6))
def test_nothing_but_found_lines_goes(texts: list[str]) -> None:
    lines = repeated_lines(texts)
    for text in texts:
        kept = without_lines(text, lines).split("\n")
        rest = iter(text.split("\n"))
        assert all(line in rest for line in kept if line)


def test_what_most_pages_consist_of_is_no_running_line() -> None:
    pages = [f"Acme 2026\nStep {number}" for number in range(9)]
    assert repeated_lines(pages) == frozenset()
    others = [f"Acme 2026\nWord {letter}" for letter in "abcdefghij"]
    assert repeated_lines([*pages, *others]) == {"acme #"}
