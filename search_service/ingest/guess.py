"""What an upload probably is, where nobody said: name and type from the file. Pure.

Every guess is marked as one and gives way to whatever a person states.
"""

import re
from dataclasses import dataclass
from pathlib import PurePath

from search_service.db.enums import MaterialType
from search_service.text.normalise import clean

_WORDS: tuple[tuple[MaterialType, str], ...] = (
    (
        MaterialType.PRODUCT_DATASHEET,
        r"data ?sheets?|spec(s|ification)?s?|fiche technique|datenblatt",
    ),
    (MaterialType.PRODUCT_CATALOG, r"catalogu?e?s?|katalog|price ?list|pricing guide"),
    (MaterialType.PRODUCT_PORTFOLIO_PRESENTATION, r"portfolios?|overview deck|range presentation"),
    (
        MaterialType.PRODUCT_SALES_ENABLEMENT_DECK,
        r"enablement|training|battle ?cards?|playbooks?|objections?|internal|formation|onboarding",
    ),
    (MaterialType.PRODUCT_BRIEF, r"briefs?|one ?pagers?|flyers?|leaflets?|summary|note"),
    (MaterialType.PRODUCT_SALES_DECK, r"sales|pitch|deck|presentation|customer|prospect"),
)
_PATTERNS = tuple((kind, re.compile(rf"\b({words})\b")) for kind, words in _WORDS)
_SEPARATORS = re.compile(r"[_\s]+|(?<=[a-z])(?=[A-Z])|(?<=\w)-(?=\w)")
# "(1)" of a browser, "copy", "final", "v2 final": they say nothing of the content.
_COPY = re.compile(r"(?i)\s*(\(\d+\)|[-–]?\s*\b(copy|final|draft)\b)\s*$")
_DECKS = frozenset({"pptx", "pptm", "ppsx", "ppsm", "potx", "potm", "ppt", "odp"})
LONG_PAGES = 24
SHORT_PAGES = 3


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of a file; pages and words only once it has been read."""

    file_name: str
    file_format: str
    pages: int | None = None
    words: int | None = None


def name_of(file_name: str) -> str:
    """Give a material's name from its file's: `k8s-deck_v2 (1).pptx` is "k8s-deck v2"."""
    stem = PurePath(file_name.replace("\\", "/")).stem
    text = " ".join(clean(stem.replace("_", " ")).split())
    while (shorter := _COPY.sub("", text)) and shorter != text:
        text = shorter
    return text[:255] or "Untitled"


def types_said(title: str) -> list[tuple[MaterialType, str]]:
    """Give the types that a title names, each with the words that name it."""
    words = _SEPARATORS.sub(" ", title).casefold()
    return [(kind, found[0]) for kind, pattern in _PATTERNS if (found := pattern.search(words))]


def material_type_of(facts: FileFacts) -> MaterialType:
    """Give the type that the name tells, else the one that format and length make likely.

    A deck is a sales deck; a document is a brief when short, a catalogue when long, else a
    datasheet.
    """
    words = _SEPARATORS.sub(" ", PurePath(facts.file_name).stem).casefold()
    for kind, pattern in _PATTERNS:
        if pattern.search(words):
            return kind
    if facts.file_format in _DECKS:
        return MaterialType.PRODUCT_SALES_DECK
    if facts.pages is None:
        return MaterialType.PRODUCT_BRIEF
    if facts.pages > LONG_PAGES:
        return MaterialType.PRODUCT_CATALOG
    if facts.pages <= SHORT_PAGES:
        return MaterialType.PRODUCT_BRIEF
    return MaterialType.PRODUCT_DATASHEET
