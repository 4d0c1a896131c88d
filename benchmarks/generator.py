"""Passages and queries from a seed, for machines without a corpus; words by Zipf's law."""

import random
from collections.abc import Iterator, Sequence
from itertools import accumulate

WORDS = 20_000
SEED = 20260202
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]


def generated_passages() -> Iterator[Sequence[str]]:
    """Give [source, group, title, body] for ever."""
    source = random.Random(SEED)
    vocabulary = _vocabulary()
    weights = list(accumulate(1 / place for place in range(1, WORDS + 1)))
    number = 0
    while True:
        length = source.randint(20, 120)
        words = source.choices(vocabulary, cum_weights=weights, k=length + 4)
        yield ["generated", f"group {number // 20}", " ".join(words[:4]), " ".join(words[4:])]
        number += 1


def expanded_passages(real: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    """Give the real passages, then for ever new ones made of two real ones of one group each.

    The title is one's, the body the first half of one and the second half of the other, so that
    words keep their distribution, over passages and within them.
    """
    yield from real
    source = random.Random(SEED + 2)
    number = 0
    while True:
        start = source.randrange(len(real))
        origin, group = real[start][:2]
        number += 1
        for _ in range(20):
            one = real[(start + source.randrange(40)) % len(real)]
            other = real[source.randrange(len(real))]
            first, second = one[3].split(), other[3].split()
            body = " ".join(first[: len(first) // 2 + 1] + second[len(second) // 2 :])
            yield [origin, f"{group} {number}", one[2], body]


def generated_queries() -> Iterator[tuple[str, str]]:
    """Give (class, query): one common word, pairs, several, rare ones, long questions, prefixes,
    phrases, and words that stand nowhere.
    """
    source = random.Random(SEED + 1)
    vocabulary = _vocabulary()
    classes = (("common1", 1, 50), ("pair", 2, 500), ("multi", 4, 2000), ("rare", 1, WORDS),
               ("nl", 11, 1000), ("prefix", 1, 500), ("phrase", 2, 20),
               ("zero", 2, WORDS))  # fmt: skip
    forms = {"prefix": "{:.4}", "phrase": '"{}"', "zero": "qx{}7"}
    for name, words, most in classes:
        for _ in range(20):
            chosen = " ".join(source.choices(vocabulary[:most], k=words))
            yield name, forms.get(name, "{}").format(chosen)


def _vocabulary() -> list[str]:
    base = len(_SYLLABLES)
    return [
        _SYLLABLES[n % base] + _SYLLABLES[n // base % base] + _SYLLABLES[n // base**2]
        for n in range(WORDS)
    ]
