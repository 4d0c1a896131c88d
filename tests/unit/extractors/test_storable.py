import string
import sys

from hypothesis import given
from hypothesis import strategies as st

from extractors.storable import characters, cleaned, storable
from extractors.types import Page, ReadWarning, WarningCode


def test_ordinary_text_stays_as_it_is() -> None:
    text = "Größe 10 €\tﬁne – \U0001f680\nnext"
    assert storable(text) == text


def test_nul_controls_and_noncharacters_go() -> None:
    assert storable("a\x00b\x07c\x1bd\ufffee\uffff\x9ff\U0001ffff") == "abcdef"


def test_every_kind_of_line_end_becomes_a_newline() -> None:
    assert storable("a\r\nb\rc\x0bd\x0ce\x85f\u2028g\u2029h") == "a\nb\nc\nd\ne\nf\ng\nh"


def test_surrogate_pairs_join_and_lone_ones_go() -> None:
    assert storable("\ud83d\ude80 \ud83d lone \ude80") == "\U0001f680  lone "


@given(st.text(st.characters(min_codepoint=0, max_codepoint=sys.maxunicode, exclude_categories=())))
def test_whatever_comes_out_can_be_stored_and_is_stable(text: str) -> None:
    clean = storable(text)
    assert "\x00" not in clean
    assert clean.encode().decode() == clean
    assert storable(clean) == clean


@given(st.text(string.printable.replace("\r", "").replace("\x0b", "").replace("\x0c", "")))
def test_printable_text_is_never_changed(text: str) -> None:
    assert storable(text) == text


def test_a_record_is_cleaned_through_every_nesting() -> None:
    page = Page(
        1,
        title="a\x00",
        tables=((("b\x00", "c"),),),
        warnings=(ReadWarning(WarningCode.HIDDEN, "d\x00"),),
    )
    assert cleaned(page) == Page(
        1, title="a", tables=((("b", "c"),),), warnings=(ReadWarning(WarningCode.HIDDEN, "d"),)
    )


def test_characters_counts_every_field() -> None:
    assert characters(Page(1, title="ab", body="cd", tables=((("e", "f"),),), notes="g")) == 7
