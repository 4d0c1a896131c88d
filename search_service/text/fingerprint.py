"""Tells whether two texts are the same, or nearly the same, by values that a database can hold.

It knows nothing of what the text is: a slide, a table or a whole material.

Texts are compared as sets of word pairs in which every number is the same: a slide that goes
stale changes its figures first, and keeps its words. Nearness is the Jaccard similarity of the
sets. Near texts are found by MinHash: texts of similarity s share one band at least with
probability 1 - (1 - s^ROWS)^BANDS: .93 at s = .5, .99 at .6, .07 at .15.
"""

import unicodedata
from functools import lru_cache
from hashlib import blake2b, sha256
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

# Stored values depend on these: whoever changes one, or how words are read, raises BANDS_VERSION.
BANDS_VERSION = 1
BANDS = 20
ROWS = 3
PAIR = 2
# A long page is told by its first words as well as by all.
MAX_WORDS = 4_000
_NUMBER = "0"


def fingerprint(text: str) -> str:
    """Return 64 hex digits that ignore case, accents, punctuation and blanks."""
    return sha256(" ".join(_words(text)).encode()).hexdigest()


def telling_words(text: str) -> set[str]:
    """Return the different words of a text that are no numbers, without case and accents."""
    return {word for word in _words(text) if not _is_number(word)}


def shingles(text: str) -> frozenset[str]:
    """Return the set that a text is compared by: its word pairs, numbers alike."""
    words = [_NUMBER if _is_number(word) else word for word in _words(text)[:MAX_WORDS]]
    if len(words) < PAIR:
        return frozenset(words)
    return frozenset(f"{first} {second}" for first, second in pairwise(words))


def similarity(a: frozenset[str], b: frozenset[str]) -> float:
    """Return the Jaccard similarity of two sets of shingles, 0 to 1; of empty ones 0."""
    both = len(a & b)
    return both / (len(a) + len(b) - both) if both else 0.0


def bands(text: str, kind: str) -> list[int]:
    """Return BANDS signed 64-bit keys; texts of one `kind` that share a key may be near.

    Broder, "On the resemblance and containment of documents" (1997); banding as in Leskovec,
    Rajaraman and Ullman, "Mining of Massive Datasets", chapter 3. A text without words has none.
    """
    hashes = _hashes(shingles(text))
    if not hashes.size:
        return []
    multipliers, addends = _permutations()
    # Modulo 2^64, of which the upper half is well mixed (Dietzfelbinger's multiply-shift).
    least = ((hashes[:, None] * multipliers + addends) >> np.uint64(32)).min(axis=0)
    rows = least.reshape(BANDS, ROWS).astype("<u4")
    return [
        int.from_bytes(
            blake2b(row.tobytes(), digest_size=8, person=f"{kind[:12]}{number}".encode()).digest(),
            "little",
            signed=True,
        )
        for number, row in enumerate(rows)
    ]


def _hashes(of: frozenset[str]) -> NDArray[np.uint64]:
    digests = b"".join(blake2b(each.encode(), digest_size=8).digest() for each in of)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


@lru_cache(maxsize=1)
def _permutations() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Odd multipliers and addends, the same in every process."""
    drawn = np.frombuffer(
        b"".join(
            blake2b(f"{name}{number}".encode(), digest_size=8).digest()
            for name in ("multiplier", "addend")
            for number in range(BANDS * ROWS)
        ),
        dtype="<u8",
    ).astype(np.uint64)
    return drawn[: BANDS * ROWS] | np.uint64(1), drawn[BANDS * ROWS :]


def _is_number(word: str) -> bool:
    return word.isdecimal()


def _words(text: str) -> list[str]:
    bare = "".join(
        character
        for character in unicodedata.normalize("NFKD", text).casefold()
        if not unicodedata.combining(character)
    )
    return "".join(character if character.isalnum() else " " for character in bare).split()
