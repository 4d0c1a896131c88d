"""Which rows match, from lists alone."""

import numpy as np

from search_service.search.analysis import Analysis
from search_service.search.bitmaps import mask_of
from search_service.search.candidates import Matching, forms_of, matching
from search_service.search.columns import ColumnRow, Columns
from search_service.search.lists import FormList, Lists
from search_service.search.postings import NOTHING
from search_service.search.terms import Corpus, Lexeme, Unit

CORPUS = Corpus({"en": 3, "fr": 1})
LANGUAGES = ("en", "en", "en", "fr")  # of the rows
COLUMNS = Columns.of(
    [
        ColumnRow(key, [], [], None, None, "PRODUCT_BRIEF", "BOTH", None, None, language, None,
                  None, None, 0, 0, 1)
        for key, language in enumerate(LANGUAGES)
    ]
)  # fmt: skip


def unit(*words: str, languages: str = "en fr") -> Unit:
    """Words that are lexemes of themselves; `a|b` has two forms."""
    positions = {
        place: tuple(Lexeme(form, 1) for form in word.split("|"))
        for place, word in enumerate(words, 1)
    }
    return Unit(" ".join(words), dict.fromkeys(languages.split(), positions))


def found(*concepts: tuple[Unit, ...], **held: str) -> Matching:
    """What matches where each lexeme is held by the rows with a 1."""
    rows = {word: np.array([flag == "1" for flag in flags]) for word, flags in held.items()}
    lists = Lists(
        {
            (language, word): FormList(
                NOTHING, np.packbits(mask & (np.array(LANGUAGES) == language))
            )
            for word, mask in rows.items()
            for language in CORPUS.languages
        },
    )
    return matching(Analysis(CORPUS, concepts, (), (), ()), lists, COLUMNS)


def flags(mask: np.ndarray) -> str:
    """What a mask says of the rows of materials."""
    return "".join("1" if held else "0" for held in mask[COLUMNS.present])


def test_full_matches_hold_every_concept_in_any_of_its_forms_and_units() -> None:
    match = found((unit("a|á"),), (unit("b"), unit("c", "d")), a="1000", á="0111", b="1000",
                  c="0110", d="0011")  # fmt: skip

    assert flags(match.full) == "1010"
    assert flags(match.any) == "1111"
    assert [flags(mask_of(each, COLUMNS.size)) for each in match.missing] == ["0000", "0101"]


def test_a_concept_without_words_in_a_language_is_not_demanded_there() -> None:
    match = found((unit("a"),), (unit("b", languages="en"),), a="1101", b="1000")

    assert flags(match.full) == "1001"
    assert [flags(mask_of(each, COLUMNS.size)) for each in match.missing] == ["0010", "0110"]


def test_a_language_without_any_word_of_the_query_matches_nothing() -> None:
    match = found((unit("a", languages="en"),), a="1101")

    assert flags(match.full) == flags(match.any) == "1100"


def test_without_words_everything_matches() -> None:
    match = found()

    assert flags(match.full) == flags(match.any) == "1111"


def test_a_lexeme_is_read_once() -> None:
    analysis = Analysis(CORPUS, ((unit("a", "b"), unit("a")),), (unit("b"),), (), ())

    assert forms_of(analysis) == [("en", "a"), ("en", "b"), ("fr", "a"), ("fr", "b")]
