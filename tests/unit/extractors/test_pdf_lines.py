import pytest

from extractors.pdf.lines import Vocabulary, joined_hyphens, parted_scripts, signs
from extractors.types import WarningCode


def joined(text: str, *, known: str = "") -> str:
    vocabulary = Vocabulary()
    for one_word in vocabulary.learn(f"{known} {text}"):
        vocabulary.add(one_word)
    return joined_hyphens(text, vocabulary)


@pytest.mark.parametrize("mark", ["\ufffe", "\x02", "\x02\r\n"])
def test_a_word_broken_at_a_line_end_is_made_whole(mark: str) -> None:
    assert joined(f"the appoint{mark}ments made") == "the appointments made"


@pytest.mark.parametrize("broken", ["BM\ufffeLucene", "COVID\ufffe19"])
def test_a_hyphen_before_a_capital_or_a_digit_stays(broken: str) -> None:
    assert joined(broken) == broken.replace("\ufffe", "-")


def test_a_compound_that_is_written_with_a_hyphen_elsewhere_keeps_it() -> None:
    assert joined("multi\ufffecloud", known="every multi-cloud setup") == "multi-cloud"


def test_a_compound_of_two_known_words_keeps_its_hyphen() -> None:
    assert (
        joined("business\ufffecritical", known="critical for the business") == "business-critical"
    )


def test_a_word_known_as_a_whole_loses_the_hyphen() -> None:
    assert joined("over\ufffeview", known="over the view, an overview") == "overview"


def test_the_halves_of_a_broken_word_teach_nothing() -> None:
    vocabulary = Vocabulary()
    vocabulary.learn("popu\ufffelation")
    assert not vocabulary.keeps_hyphen("popu", "lation")


def test_a_page_of_word_characters_alone_takes_no_time() -> None:
    assert len(joined("a" * 300_000 + "\ufffe")) == 300_001


@pytest.mark.parametrize("address", ["https://acme.test/results-and", "www.acme.test/open"])
def test_an_address_keeps_its_hyphen(address: str) -> None:
    assert joined(f"see {address}\ufffenews.") == f"see {address}-news."


def test_a_word_after_an_address_is_made_whole() -> None:
    assert joined("www.acme.test appoint\ufffements") == "www.acme.test appointments"


def test_new_words_that_may_be_two_known_ones_are_told() -> None:
    vocabulary = Vocabulary()
    assert vocabulary.learn("with the goodwill of all withthe ofall withsmaller") == {
        *("withthe", "ofall", "withsmaller"),
    }
    vocabulary.add("withthe")
    assert vocabulary.learn("withthe goodwill ofall") == {"ofall"}


def test_a_page_of_countless_new_words_keeps_them_all() -> None:
    words = [
        f"with{a}{b}" for a in "abcdefghijklmnopqrstuvwxyz" for b in "abcdefghijklmnopqrstuvwxyz"
    ]
    assert not Vocabulary().learn(f"with {' '.join(words)}")
    assert len(Vocabulary().learn(f"with {' '.join(words[:400])}")) == 400


def test_latin_and_arabic_words_are_set_apart() -> None:
    assert parted_scripts("Pythonمن وRust") == "Python من و Rust"


def test_signs_name_glued_words_and_unknown_characters() -> None:
    assert [sign.code for sign in signs("x" * 40)] == [WarningCode.GLUED_WORDS]
    assert [sign.code for sign in signs("\ufffd\ue000 ab")] == [WarningCode.REPLACEMENT_CHARACTERS]
    assert not list(signs("An ordinary line of text."))
