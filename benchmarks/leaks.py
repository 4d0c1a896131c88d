"""Secrets and where they are found again: what counts as one, and how a text is searched for it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

PLANT = "Zplanted"
"""Begins every secret that was planted; no file of the corpus holds the word."""
MIN_CHARACTERS = 6
"""A shorter word stands in other places by chance."""


class Leak(NamedTuple):
    """What should not be there: its kind, and where or what it is."""

    kind: str
    where: str


def found_in(place: str, texts: Iterable[str], secrets: Mapping[str, str]) -> Iterator[Leak]:
    """The secrets that a part or object holds as whole words, in any of its readings."""
    for text in texts:
        if PLANT in text:
            yield Leak("planted", place)
        for secret, kind in secrets.items():
            words = secret.strip()
            if len(words) >= MIN_CHARACTERS and words in text and _stands_alone(words, text):
                yield Leak(kind, f"{place}: {words[:60]!r}")


def _stands_alone(words: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None
