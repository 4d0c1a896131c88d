import pytest

from search_service.text.languages import CONFIGURATIONS, configuration, detect

SENTENCES = {
    "en": "Our backup platform restores every file within minutes",
    "fr": "La sécurité des données de vos clients sans compromis",
    "de": "Sicherheit für die Daten Ihrer Kunden ohne Kompromisse",
    "es": "Seguridad en la nube para los datos de sus clientes",
    "it": "La sicurezza dei dati dei vostri clienti prima di tutto",
    "nl": "Gegevensbescherming voor bedrijven van elke omvang",
    "pt": "Segurança na nuvem para os dados dos seus clientes",
}


@pytest.mark.parametrize(("code", "text"), SENTENCES.items())
def test_each_indexed_language_is_told(code: str, text: str) -> None:
    assert detect(text) == code
    assert detect(text.upper()) == code


@pytest.mark.parametrize(
    "text",
    [
        "Ochrona danych w chmurze dla firm",
        "Skydd för dina data i molnet",
        "データ保護 クラウド",
        "Lorem ipsum dolor sit amet consectetur adipiscing elit",
    ],
)
def test_another_language_is_undetermined_whatever_the_hint(text: str) -> None:
    assert detect(text) == "und"
    assert detect(text, "en-US") == "und"


@pytest.mark.parametrize("text", ["", "  ", "X-200", "42 % 2026", "https://example.com/a", "\x00"])
def test_too_little_text_is_decided_by_the_hint(text: str) -> None:
    assert detect(text) == "und"
    assert detect(text, "de-AT") == "de"
    assert detect(text, " FR_ca ") == "fr"
    assert detect(text, "pl") == "und"
    assert detect(text, "") == "und"


def test_a_wrong_hint_loses_to_the_text() -> None:
    assert detect(SENTENCES["fr"], "en-US") == "fr"


def test_a_long_text_is_sampled_throughout() -> None:
    assert detect("1234 " * 20_000 + SENTENCES["it"]) == "it"


def test_configurations() -> None:
    assert configuration("en") == "english"
    assert configuration("pt") == "portuguese"
    assert configuration("und") == "simple"
    assert set(CONFIGURATIONS) == set(SENTENCES)
