"""Which words of a text are two that were written together, by what other texts hold.

A word is taken as glued when it can be divided into two of at least two letters each that stand
side by side in the reference at least three times as often, plus three, as the reference holds
the word itself. So "withthe" is one, "goodwill" and "therefore" are not. Case is left aside.
"""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

_WORD = re.compile(r"[^\W\d_]+")
_TIMES = 3
_SHORTEST = 2


def glued_words(texts: dict[str, str], reference: Path) -> dict[str, list[str]]:
    """The glued words of each text, once for every time that it stands there.

    The reference is a gzipped file of JSON arrays of strings, of which it reads all but the first
    two (passages as benchmarks.latency takes them).
    """
    words = {name: _WORD.findall(text.lower()) for name, text in texts.items()}
    asked = {word for found in words.values() for word in found}
    pairs = {pair for word in asked for pair in _divided(word)}
    alone: Counter[str] = Counter()
    together: Counter[tuple[str, str]] = Counter()
    for passage in _passages(reference):
        alone.update(word for word in passage if word in asked)
        together.update(pair for pair in pairwise(passage) if pair in pairs)
    glued = {
        word
        for word in asked
        if any(together[pair] >= _TIMES * (alone[word] + 1) for pair in _divided(word))
    }
    return {name: [word for word in found if word in glued] for name, found in words.items()}


def _divided(word: str) -> Iterator[tuple[str, str]]:
    return ((word[:cut], word[cut:]) for cut in range(_SHORTEST, len(word) - _SHORTEST + 1))


def _passages(reference: Path) -> Iterator[list[str]]:
    with gzip.open(reference, "rt", encoding="utf-8") as lines:
        for line in lines:
            for text in json.loads(line)[2:]:
                yield _WORD.findall(text.lower())
