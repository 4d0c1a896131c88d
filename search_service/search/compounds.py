"""Other spellings of what was typed: `web hosting` written together, `webhosting` written apart.

They are found in what is published. A hyphen is no matter of this: the lexemes of a word include
those that only a hyphen tells from it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeAlias

from search_service.search.lexicon import Lexicon
from search_service.search.synonyms import MAX_CONCEPTS, Expanded, SynonymEntry, expand
from search_service.search.terms import Lexeme, Positions, Unit
from search_service.search.tree import Query, Word

MAX_LETTERS = 30
# Of a query, words that are looked at as two.
MAX_SPLIT = 4
# Of a word of letters, and of what it is cut into.
MIN_SPLIT = 5
MIN_PART = 2
# Passages looked at for two words side by side, of those that hold both.
LOOKED_AT = 500

# What a word is beside itself, by language.
Forms: TypeAlias = Mapping[str, tuple[Lexeme, ...]]


async def joined(lexicon: Lexicon, query: Query) -> Mapping[int, Forms]:
    """Give for the places of concepts what their words make with the word beside them, as far as
    it is published; two statements at most.

    Where a passage writes two words as one, each of them stands in it.
    """
    lone = list(_lone(query))
    pairs = [
        (place, first + second)
        for place, (first, second) in enumerate(pairwise(lone))
        if _joins(first, second)
    ]
    words = list(dict.fromkeys(lone))
    known = dict(zip(words, await lexicon.words(words), strict=True))
    found = await lexicon.words([word for _, word in pairs], hyphens=False)
    forms: defaultdict[int, defaultdict[str, tuple[Lexeme, ...]]]
    forms = defaultdict(lambda: defaultdict(tuple))
    for (place, _), languages in zip(pairs, found, strict=True):
        for language, positions in languages.items():
            # What the index breaks into several is no word.
            own = _published(positions) if len(positions) == 1 else ()
            # A stop word makes no other word of the next: `in form` is not `inform`. A figure is
            # no such word, whatever stands before it.
            if own and (lone[place + 1].isdigit() or language in known[lone[place]]):
                for each in (place, place + 1):
                    forms[each][language] = tuple(dict.fromkeys((*forms[each][language], *own)))
    return forms


def with_forms(unit: Unit, forms: Forms) -> Unit:
    """Let a word of one lexeme also be those; where it is a stop word it stays one."""
    languages = {
        language: {place: (*own, *forms.get(language, ())) for place, own in positions.items()}
        if len(positions) == 1
        else positions
        for language, positions in unit.languages.items()
    }
    return replace(unit, languages=languages)


async def split(lexicon: Lexicon, query: Query) -> Expanded:
    """Add to words that nothing published holds the two that each is written together, as if they
    were its synonym, where these stand side by side somewhere; three statements at most.
    """
    lone = dict.fromkeys(_lone(query))
    unknown = await _unknown(lexicon, [word for word in lone if _splits(word)])
    cuts = {word: _cuts(word) for word in unknown[:MAX_SPLIT]}
    written_in = await _side_by_side(lexicon, [text for each in cuts.values() for text in each])
    entries = [
        SynonymEntry(word, (text,), language=language)
        for word, each in cuts.items()
        for text in each
        for language in written_in.get(text, ())
    ]
    return expand(query, entries)


async def _unknown(lexicon: Lexicon, words: Sequence[str]) -> list[str]:
    """Those that nothing published holds; a stop word, which has no lexeme, is known."""
    main = lexicon.corpus.main_language
    return [
        word
        for word, found in zip(words, await lexicon.words(words), strict=True)
        if main in found and not any(map(_published, found.values()))
    ]


async def _side_by_side(lexicon: Lexicon, texts: Sequence[str]) -> dict[str, list[str]]:
    """The languages in which each text is two published words that stand so in a passage."""
    two_in = {
        text: [language for language, positions in found.items() if _are_two(positions)]
        for text, found in zip(texts, await lexicon.words(texts, hyphens=False), strict=True)
    }
    likely = [text for text, languages in two_in.items() if languages]
    beside = await lexicon.lexemes("side_by_side", likely, LOOKED_AT)
    return {
        text: [language for language in two_in[text] if language in found]
        for text, found in zip(likely, beside, strict=True)
    }


def _lone(query: Query) -> Iterator[str]:
    """Each concept's word where one was typed alone, else nothing."""
    for concept in query.concepts[:MAX_CONCEPTS]:
        first, *others = (term for term in concept.alternatives if not term.synonymy)
        yield "" if others or not isinstance(first, Word) or first.prefix else first.text


def _joins(first: str, second: str) -> bool:
    together = first + second
    return (
        _is_plain(first)
        and _is_plain(second)
        and len(together) <= MAX_LETTERS
        and not together.isdecimal()
        and not (first[-1].isdigit() and second[0].isdigit())
    )


def _splits(word: str) -> bool:
    least = MIN_SPLIT if word.isalpha() else 2
    return _is_plain(word) and least <= len(word) <= MAX_LETTERS and not word.isdecimal()


def _is_plain(word: str) -> bool:
    """Whether a word is letters and decimals alone, where the index breaks no word."""
    return bool(word) and all(char.isalpha() or char.isdecimal() for char in word)


def _cuts(word: str) -> list[str]:
    """The ways to write a word as two: cut at its figures if it has any, or between letters."""
    if word.isalpha():
        places = list(range(MIN_PART, len(word) - MIN_PART + 1))
    else:
        borders = enumerate(pairwise(map(str.isdigit, word)), 1)
        places = [place for place, (before, after) in borders if before != after]
    return [f"{word[:place]} {word[place:]}" for place in places]


def _published(positions: Positions) -> tuple[Lexeme, ...]:
    """The lexemes of a text that are published as it is written."""
    return tuple(
        form
        for forms in positions.values()
        for form in forms
        if form.document_frequency and not form.respelled
    )


def _are_two(positions: Positions) -> bool:
    """Whether a text is two words that are both published."""
    return len(positions) > 1 and all(
        any(form.document_frequency for form in forms) for forms in positions.values()
    )
