import re

from hypothesis import given
from hypothesis import strategies as st

from search_service.text.fingerprint import (
    BANDS,
    bands,
    fingerprint,
    shingles,
    similarity,
    telling_words,
)

SLIDE = (
    "Our platform protects the data of two thousand customers in forty countries, restores any "
    "file within minutes and reports every change to the people who answer for it. Sales teams "
    "use it to show what happens on the day of an incident and how little of it a customer sees."
)


def test_case_accents_and_punctuation_make_no_difference() -> None:
    assert fingerprint("Sécurité:  des données!") == fingerprint("SECURITE\ndes – donnees")
    assert fingerprint("Straße") == fingerprint("STRASSE")
    assert fingerprint("price 10") != fingerprint("price 11")
    assert fingerprint("a b") != fingerprint("ab")


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_has_a_fingerprint_and_bands_unless_it_has_no_words(text: str) -> None:
    assert re.fullmatch("[0-9a-f]{64}", fingerprint(text))
    keys = bands(text, "slide")
    assert len(keys) == (BANDS if fingerprint(text) != fingerprint("") else 0)
    assert all(-(2**63) <= key < 2**63 for key in keys)


def test_numbers_tell_texts_apart_and_keep_them_alike() -> None:
    then, now = "Prices from 10 to 2,000 euros a month", "Prices from 12 to 2,400 euros a month"
    assert fingerprint(then) != fingerprint(now)
    assert similarity(shingles(then), shingles(now)) == 1
    assert bands(then, "slide") == bands(now, "slide")
    assert telling_words(then) == {"prices", "from", "to", "euros", "a", "month"}


def test_similarity_is_the_share_of_common_pairs() -> None:
    assert similarity(shingles("a b c d"), shingles("a b c x")) == 2 / 4
    assert similarity(shingles("a b"), shingles("b a")) == 0
    assert similarity(shingles("one"), shingles("One!")) == 1
    assert similarity(shingles(""), shingles("")) == 0


def test_near_texts_share_a_band_and_others_none() -> None:
    changed = SLIDE.replace("protects the data", "guards each file").replace("incident", "attack")
    other = "Pricing starts at nine euros per user and month, billed yearly, with a free month"
    assert 0.6 < similarity(shingles(SLIDE), shingles(changed)) < 0.9
    assert set(bands(SLIDE, "slide")) & set(bands(changed, "slide"))
    assert not set(bands(SLIDE, "slide")) & set(bands(other, "slide"))


def test_blocks_of_another_kind_share_no_band() -> None:
    assert not set(bands(SLIDE, "slide")) & set(bands(SLIDE, "table"))


def test_stored_values_stay_what_they_are() -> None:
    """A change here makes every stored band useless: then BANDS_VERSION must be raised."""
    assert bands("incident response plan for sales", "slide")[:2] == [
        -6_259_047_420_540_477_926,
        3_724_532_022_817_038_911,
    ]
