"""What somebody may have meant by a mistyped word: one edit away, and how likely each edit is.

Pure; it knows no published word.
"""

from collections.abc import Iterator

from rapidfuzz.distance import DamerauLevenshtein

# Beside the typed word's own letters; others are found by their trigrams.
_ALPHABET = "abcdefghijklmnopqrstuvwxyzàâäáãåæçéèêëíìîïñóòôöõœúùûüß"
_LATIN = _ALPHABET[:26]
# A letter is left out, or swapped with the next, in one way; what is added or replaced may be any
# of the letters near on the keyboard.
_MANY_WAYS = 1 / 8


def one_edit_away(word: str, *, accents: bool = False) -> frozenset[str]:
    """Give all words that one letter swapped, missing, added or replaced makes of `word`."""
    letters = sorted({*(_ALPHABET if accents else _LATIN), *word})
    return frozenset(_edited(word, letters)) - {word}


def distance(typed: str, meant: str, most: int) -> int:
    """Count the edits between two words; `most` + 1 for any more (Damerau-Levenshtein)."""
    return DamerauLevenshtein.distance(typed, meant, score_cutoff=most)


def likelihood(typed: str, meant: str) -> float:
    """Say how likely `meant` becomes `typed` by one edit, from 0 to 1, to compare several."""
    if len(typed) < len(meant) or sorted(typed) == sorted(meant):
        return 1.0
    return _MANY_WAYS


def _edited(word: str, letters: list[str]) -> Iterator[str]:
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        yield from (before + letter + after for letter in letters)
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in letters)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
