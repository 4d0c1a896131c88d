import pytest

from extractors.plain.extractor import decoded


@pytest.mark.parametrize(
    "data",
    [
        "Größe €".encode(),
        "Größe €".encode("utf-8-sig"),
        "Größe €".encode("utf-16"),
        "Größe €".encode("cp1252"),
    ],
)
def test_text_is_decoded_by_what_it_shows(data: bytes) -> None:
    assert decoded(data) == "Größe €"


def test_a_character_cut_at_the_end_is_no_reason_to_doubt_utf8() -> None:
    assert decoded("aé€".encode()[:-1]) == "aé"
