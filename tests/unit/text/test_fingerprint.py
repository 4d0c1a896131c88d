import re

from hypothesis import given
from hypothesis import strategies as st

from search_service.text.fingerprint import distance, fingerprint, simhash

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
def test_any_text_has_both_values(text: str) -> None:
    assert re.fullmatch("[0-9a-f]{64}", fingerprint(text))
    assert -(2**63) <= simhash(text) < 2**63
    if fingerprint(text) == fingerprint(""):
        assert simhash(text) == 0


def test_near_texts_are_near_and_others_far() -> None:
    changed = SLIDE.replace("two thousand", "three thousand")
    assert 0 < distance(simhash(SLIDE), simhash(changed)) <= 12
    other = (
        "Pricing starts at nine euros per user and month, billed yearly, with a free first month"
    )
    assert distance(simhash(SLIDE), simhash(other)) > 20


def test_stored_values_stay_what_they_are() -> None:
    assert simhash("incident response plan for sales") == -719_783_297_162_066_421
    assert simhash("Backup") != simhash("Restore")


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
def test_distance_is_one_between_signed_numbers(a: int, b: int) -> None:
    assert distance(a, a) == 0
    assert distance(a, b) == distance(b, a)
    assert distance(a, ~a) == 64
    assert distance(a, a ^ 1) == 1
