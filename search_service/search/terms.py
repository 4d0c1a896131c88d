"""What a query means in the index: terms with their lexemes in each language, and the tsqueries.

Pure: it is handed the lexemes that PostgreSQL found, and writes the text of tsqueries; a lexeme
enters such a text quoted, and the text enters a statement as a bind parameter.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from search_service.search.tree import Synonymy

# Of a long question the terms that weigh most are scored; the rest hardly changes an order.
MAX_TERMS = 48


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One lexeme of a language with the number of published passages that hold it.

    `respelled` where what was typed is written otherwise: with a hyphen, or without.
    """

    text: str
    document_frequency: int
    respelled: bool = False


# The lexemes of one unit (a word or a phrase) in one language: position to its alternative forms.
Positions = Mapping[int, tuple[Lexeme, ...]]


@dataclass(frozen=True, slots=True)
class Unit:
    """A word, a prefix or a phrase as typed or as a synonym, and what each language makes of it.

    A language in which all of it is stop words is left out.
    """

    text: str
    languages: Mapping[str, Positions]
    is_phrase: bool = False
    is_prefix: bool = False
    synonymy: Synonymy | None = None

    @property
    def is_filter(self) -> bool:
        """Whether also a partial match must hold it, or another of its concept: a typed phrase."""
        return self.is_phrase and self.synonymy is None

    @property
    def is_unknown(self) -> bool:
        """Whether no published passage holds any of it in any language."""
        return not any(
            lexeme.document_frequency
            for positions in self.languages.values()
            for forms in positions.values()
            for lexeme in forms
        )


@dataclass(frozen=True, slots=True)
class Term:
    """What is scored: one position of a unit; `forms` are its lexemes in each language.

    `weight` is the inverse document frequency times the number of times it was asked for;
    `synonym_of` what was typed where the word itself was not. The forms of a prefix count together,
    of those of a word the one that stands most often.
    """

    word: str
    forms: Mapping[str, tuple[str, ...]]
    document_frequency: int
    weight: float
    synonym_of: str | None = None
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Corpus:
    """Published passages: how many in each language; every language that passages exist in."""

    sizes: Mapping[str, int]

    @property
    def size(self) -> int:
        return sum(self.sizes.values())

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.sizes)

    @property
    def main_language(self) -> str | None:
        """The language of most passages, or None in an empty library."""
        return max(self.sizes, key=lambda language: self.sizes[language], default=None)


def terms_of(units: Iterable[Unit], corpus: Corpus) -> tuple[Term, ...]:
    """Give the terms that score, at most MAX_TERMS: one for each position, equal ones together.

    The document frequency of a term is the sum over languages of that of its commonest form. A
    synonym weighs once however often it was added, and not at all where the same was typed.
    """
    found: dict[tuple[tuple[str, tuple[str, ...]], ...], Term] = {}
    for unit in sorted(units, key=lambda unit: unit.synonymy is not None):
        for position in _positions(unit):
            forms = {
                language: positions[position]
                for language, positions in unit.languages.items()
                if position in positions
            }
            key = tuple(
                (language, tuple(lexeme.text for lexeme in lexemes))
                for language, lexemes in sorted(forms.items())
            )
            frequency = min(
                sum(_frequency(lexemes, unit) for lexemes in forms.values()), corpus.size
            )
            weight = inverse_document_frequency(frequency, corpus.size)
            typed = unit.synonymy.typed if unit.synonymy else None
            if key not in found:
                found[key] = Term(unit.text, dict(key), frequency, weight, typed, unit.is_prefix)
            elif unit.synonymy is None:
                found[key] = replace(found[key], weight=found[key].weight + weight)
    heaviest = sorted(found.values(), key=lambda term: -term.weight)[:MAX_TERMS]
    return tuple(term for term in found.values() if term in heaviest)


def inverse_document_frequency(frequency: int, size: int) -> float:
    """BM25's idf, always positive: ln(1 + (N - df + .5) / (df + .5))."""
    return math.log(1 + (size - frequency + 0.5) / (frequency + 0.5))


def as_typed(units: Sequence[Unit]) -> str:
    """Give what somebody typed of a concept; of a stop word only its synonyms are left."""
    typed = (unit.synonymy.typed if unit.synonymy else unit.text for unit in units)
    own = [unit.text for unit in units if unit.synonymy is None]
    return " OR ".join(own or dict.fromkeys(typed))


def any_query(terms: Iterable[Term]) -> str:
    """Give a tsquery that matches every passage with a form of a term, whatever its language."""
    lexemes = {lexeme for term in terms for forms in term.forms.values() for lexeme in forms}
    return " | ".join(quoted(lexeme) for lexeme in sorted(lexemes))


def ways(unit: Unit, language: str) -> tuple[Positions, ...]:
    """Give the ways to hold a unit: each the positions that must be there, in order, with their
    alternative forms.

    A compound such as wi-fi is held by its parts; the whole is not demanded, as another spelling
    (wi fi) has only them. A word that is one is also held by a spelling in one piece (wifi).
    """
    positions = dict(sorted(unit.languages.get(language, {}).items()))
    if not positions:
        return ()
    parts = {place: forms for place, forms in positions.items() if not _is_compound(forms)}
    if not parts or unit.is_phrase:
        return (parts or positions,)
    whole = ({place: forms} for place, forms in positions.items() if place not in parts)
    return (parts, *(way for way in whole if _is_respelled(way)))


def phrase_query(unit: Unit, language: str) -> str:
    """Give the tsquery for a unit's words in their order and distance; empty for none."""
    return " | ".join(_in_order(way) for way in ways(unit, language))


def _in_order(positions: Positions) -> str:
    places = list(positions)
    parts = [_either(positions[places[0]])]
    for before, place in pairwise(places):
        parts += [f"<{place - before}>", _either(positions[place])]
    return " ".join(parts)


def quoted(lexeme: str) -> str:
    """Quote a lexeme for the text form of a tsquery."""
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _positions(unit: Unit) -> list[int]:
    return sorted({place for positions in unit.languages.values() for place in positions})


def _frequency(lexemes: Sequence[Lexeme], unit: Unit) -> int:
    frequencies = [lexeme.document_frequency for lexeme in lexemes]
    return sum(frequencies) if unit.is_prefix else max(frequencies)


def _is_compound(forms: Sequence[Lexeme]) -> bool:
    return all(
        "-" in lexeme.text.strip("-") and not lexeme.text.lstrip("-").isdigit()
        for lexeme in forms
        if not lexeme.respelled
    )


def _is_respelled(positions: Positions) -> bool:
    return any(lexeme.respelled for forms in positions.values() for lexeme in forms)


def _either(forms: Sequence[Lexeme]) -> str:
    alternatives = [quoted(lexeme.text) for lexeme in forms]
    return alternatives[0] if len(alternatives) == 1 else f"({' | '.join(alternatives)})"
