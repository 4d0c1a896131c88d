"""The languages that are indexed with a stemmer, and which of them a text is written in.

It knows PostgreSQL's configuration names, but not what a configuration does.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from py3langid.langid import MODEL_FILE, LanguageIdentifier

UNDETERMINED = "und"
SIMPLE = "simple"

CONFIGURATIONS: Mapping[str, str] = MappingProxyType(
    {
        "en": "english",
        "fr": "french",
        "de": "german",
        "es": "spanish",
        "it": "italian",
        "nl": "dutch",
        "pt": "portuguese",
    }
)

# Below this share of the probability a text is called undetermined. Over 800 English texts each
# of six collections it names another indexed language in under 1 % even of bare titles, and
# English in 98 to 100 % of prose of eight words or more (but 54 % of bare product specifications).
MIN_PROBABILITY = 0.35
MIN_LETTERS = 12
# Both ends and the middle of a long text; the model walks each byte in Python.
_SAMPLE_CHARACTERS = 6_000

# Rivals: languages that business documents are written in, and Latin for "lorem ipsum". The
# model's pidgins and regional languages only take probability away from short headings.
_RIVALS = (
    "ar bg ca cs da el et eu fa fi he hi hr hu id is ja ko la lt lv ms no pl ro ru sk sl sq sr "
    "sv th tr uk vi zh zxx"
)
_NOT_PROSE = re.compile(r"(?<!\S)\S*?(?:://|www\.|@)\S*|[\d_]+")


def detect(text: str, hint: str | None = None) -> str:
    """Return the ISO 639-1 code of the indexed language that `text` is written in, or "und".

    `hint` is a document's own claim ("de-AT"); templates often claim wrongly, so it decides only
    where the text is too short or too mixed to tell. Another language is "und" whatever the hint.
    """
    # Blanks would count as evidence of nothing: the model weighs by length.
    text = " ".join(_NOT_PROSE.sub(" ", _sample(text)).split())
    language, probability = _identifier().classify(text)
    if probability < MIN_PROBABILITY:
        return _claimed(hint)
    if language not in CONFIGURATIONS:
        return UNDETERMINED
    enough = sum(map(str.isalpha, text)) >= MIN_LETTERS
    return str(language) if enough else _claimed(hint)


def configuration(language: str) -> str:
    """Return PostgreSQL's configuration for an ISO code; "simple" for one that is not indexed."""
    return CONFIGURATIONS.get(language, SIMPLE)


def _claimed(hint: str | None) -> str:
    code = re.split(r"[-_]", hint.strip().casefold())[0] if hint else UNDETERMINED
    return code if code in CONFIGURATIONS else UNDETERMINED


def _sample(text: str) -> str:
    if len(text) <= 3 * _SAMPLE_CHARACTERS:
        return text
    middle = len(text) // 2
    return "\n".join(
        (
            text[:_SAMPLE_CHARACTERS],
            text[middle : middle + _SAMPLE_CHARACTERS],
            text[-_SAMPLE_CHARACTERS:],
        )
    )


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    """Load the model on first use: 1.8 s, kept for the life of the process."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([*CONFIGURATIONS, *_RIVALS.split()])
    return identifier
