"""Tells whether two texts are the same, or nearly the same, by values that a database can hold.

It knows nothing of what the text is: a slide, a table or a whole material.
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b, sha256

SHINGLE_WORDS = 3
_BITS = 64
_MASK = (1 << _BITS) - 1
# Each bit of a hash gets a lane of its own in one long integer, so that one addition counts all.
_LANE = 32


def fingerprint(text: str) -> str:
    """Return 64 hex digits that ignore case, accents, punctuation and blanks."""
    return sha256(" ".join(_words(text)).encode()).hexdigest()


def simhash(text: str) -> int:
    """Return a signed 64-bit SimHash over the set of word triples; 0 for a text without words.

    Charikar, "Similarity estimation techniques from rounding algorithms" (2002). The value is
    stored: changing the shingles or the hash means computing it anew for every block.
    """
    shingles = _shingles(_words(text))
    lanes = _lanes()
    total = 0
    for shingle in shingles:
        digest = blake2b(shingle.encode(), digest_size=_BITS // 8).digest()
        for lane, byte in zip(lanes, digest, strict=True):
            total += lane[byte]
    value = 0
    for bit in range(_BITS):
        count = (total >> (bit * _LANE)) & ((1 << _LANE) - 1)
        value |= (2 * count > len(shingles)) << bit
    return value - (1 << _BITS) if value >> (_BITS - 1) else value


def distance(a: int, b: int) -> int:
    """Return how many of the 64 bits differ, 0 to 64."""
    return ((a ^ b) & _MASK).bit_count()


def _words(text: str) -> list[str]:
    bare = "".join(
        character
        for character in unicodedata.normalize("NFKD", text).casefold()
        if not unicodedata.combining(character)
    )
    return "".join(character if character.isalnum() else " " for character in bare).split()


def _shingles(words: list[str]) -> set[str]:
    if len(words) < SHINGLE_WORDS:
        return {" ".join(words)} if words else set()
    runs: Iterable[tuple[str, ...]] = zip(
        *(words[offset:] for offset in range(SHINGLE_WORDS)), strict=False
    )
    return {" ".join(run) for run in runs}


@lru_cache(maxsize=1)
def _lanes() -> tuple[tuple[int, ...], ...]:
    """For each byte of a hash and each of its values, the lanes of the bits that are set."""
    return tuple(
        tuple(
            sum(1 << ((8 * position + bit) * _LANE) for bit in range(8) if value >> bit & 1)
            for value in range(256)
        )
        for position in range(_BITS // 8)
    )
