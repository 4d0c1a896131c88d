"""Asks PostgreSQL what the words of a query are in each language that the library holds."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.direct import fetch
from search_service.search.sql import STATEMENTS
from search_service.search.terms import Corpus, Lexeme, Positions, Term, Unit, terms_of
from search_service.search.tree import Phrase, Query, Word
from search_service.text.languages import configuration
from search_service.text.normalise import indexable

MAX_EXPANSIONS = 64


@dataclass(frozen=True, slots=True)
class Analysis:
    """A query in the index's terms.

    `concepts` are the units of each concept in the order of the query, without the concepts that
    are stop words; `phrases` those that filter; `excluded` those that must not occur.
    """

    corpus: Corpus
    concepts: tuple[tuple[Unit, ...], ...]
    excluded: tuple[Unit, ...]
    terms: tuple[Term, ...]
    ignored: tuple[str, ...]

    @property
    def units(self) -> tuple[Unit, ...]:
        return tuple(unit for concept in self.concepts for unit in concept)


async def corpus_of(connection: AsyncConnection) -> Corpus:
    rows = await fetch(connection, STATEMENTS["corpus"])
    return Corpus({row.language: row.passages for row in rows})


async def analyse(connection: AsyncConnection, query: Query, corpus: Corpus) -> Analysis:
    """Find the lexemes of all words of a query; two statements at most."""
    asked = [term for concept in query.concepts for term in concept.alternatives]
    found = await _units(connection, [*asked, *query.excluded], corpus)
    concepts = [
        _heard_together([found[term] for term in concept.alternatives])
        for concept in query.concepts
    ]
    kept, ignored = _without_noise(concepts, corpus)
    return Analysis(
        corpus=corpus,
        concepts=kept,
        excluded=tuple(unit for term in query.excluded if (unit := found[term]).languages),
        terms=terms_of((unit for concept in kept for unit in concept), corpus),
        ignored=ignored,
    )


def _heard_together(units: Sequence[Unit]) -> tuple[Unit, ...]:
    """Let a synonym of several words count at none that is a stop word: it would be demanded there.

    One of a single word stays: IT may be a stop word, information technology is not.
    """
    typed = {language for unit in units if unit.synonymy is None for language in unit.languages}
    return tuple(
        replace(
            unit, languages={key: found for key, found in unit.languages.items() if key in typed}
        )
        if unit.synonymy and unit.synonymy.spread
        else unit
        for unit in units
    )


def _without_noise(
    concepts: Sequence[tuple[Unit, ...]], corpus: Corpus
) -> tuple[tuple[tuple[Unit, ...], ...], tuple[str, ...]]:
    """Leave out what is a stop word in the library's main language, unless nothing remains.

    Elsewhere such a word (`for` in a French deck) would look rare and weigh much. A word that is
    one only in another language (`AI` in French) is kept.
    """
    if not corpus.languages:
        return (), ()
    main = corpus.main_language
    kept, noise = [], []
    for units in concepts:
        heard = tuple(unit for unit in units if _language_of(unit, main) in unit.languages)
        kept += [heard] if heard else []
        noise += [] if heard else [units]
    if not kept:
        kept = [heard for units in concepts if (heard := tuple(u for u in units if u.languages))]
        noise = [units for units in concepts if not any(unit.languages for unit in units)]
    return tuple(kept), tuple(
        unit.text for units in noise for unit in units if unit.synonymy is None
    )


def _language_of(unit: Unit, main: str | None) -> str | None:
    """The language in which a word should be heard: a synonym may have one of its own."""
    return (unit.synonymy.language if unit.synonymy else None) or main


async def _units(
    connection: AsyncConnection, terms: Iterable[Word | Phrase], corpus: Corpus
) -> dict[Word | Phrase, Unit]:
    asked = list(dict.fromkeys(terms))
    lexemes = await _lexemes(connection, [_text(term) for term in asked], corpus)
    prefixes = [number for number, term in enumerate(asked) if _is_prefix(term)]
    endings = [_ending(_text(asked[number])) for number in prefixes]
    expansions = await _expansions(connection, endings, corpus)
    for number, expansion in zip(prefixes, expansions, strict=True):
        lexemes[number] = _expanded(lexemes[number], expansion)
    return {
        term: Unit(
            text=_text(term),
            languages=_counting(term, languages),
            is_phrase=isinstance(term, Phrase) and len(term.words) > 1,
            is_prefix=_is_prefix(term),
            synonymy=term.synonymy,
        )
        for term, languages in zip(asked, lexemes, strict=True)
    }


def _counting(
    term: Word | Phrase, languages: dict[str, dict[int, tuple[Lexeme, ...]]]
) -> Mapping[str, Positions]:
    """Those of the languages in which the term counts."""
    if term.synonymy is None or term.synonymy.language is None:
        return languages
    only = term.synonymy.language
    return {only: languages[only]} if only in languages else {}


def _is_prefix(term: Word | Phrase) -> bool:
    return isinstance(term, Word) and term.prefix


def _text(term: Word | Phrase) -> str:
    return term.text if isinstance(term, Word) else " ".join(term.words)


async def _lexemes(
    connection: AsyncConnection, texts: Sequence[str], corpus: Corpus
) -> list[dict[str, dict[int, tuple[Lexeme, ...]]]]:
    found: list[dict[str, dict[int, tuple[Lexeme, ...]]]] = [{} for _ in texts]
    if not (texts and corpus.languages):
        return found
    rows = await fetch(
        connection,
        STATEMENTS["analyse"],
        {
            "units": [indexable(text) for text in texts],
            "languages": list(corpus.languages),
            "configurations": [f"search_{configuration(code)}" for code in corpus.languages],
        },
    )
    for row in rows:
        positions = found[row.unit].setdefault(row.language, {})
        forms = positions.get(row.position, ())
        positions[row.position] = (*forms, Lexeme(row.lexeme, row.document_frequency))
    return found


def _ending(prefix: str) -> str:
    """What a star stands after: of zero-tru* the last part."""
    return re.split(r"[^\w]", indexable(prefix))[-1] or prefix


async def _expansions(
    connection: AsyncConnection, prefixes: Sequence[str], corpus: Corpus
) -> list[dict[str, tuple[Lexeme, ...]]]:
    """The commonest lexemes for each prefix, by language."""
    found: list[dict[str, tuple[Lexeme, ...]]] = [{} for _ in prefixes]
    if not (prefixes and corpus.languages):
        return found
    rows = await fetch(
        connection,
        STATEMENTS["expand_prefixes"],
        {
            "prefixes": list(prefixes),
            "languages": list(corpus.languages),
            "configurations": [f"search_{configuration(code)}" for code in corpus.languages],
            "most": MAX_EXPANSIONS,
        },
    )
    for row in rows:
        forms = found[row.unit].get(row.language, ())
        found[row.unit][row.language] = (*forms, Lexeme(row.lexeme, row.document_frequency))
    return found


def _expanded(
    exact: Mapping[str, Positions], expansion: Mapping[str, tuple[Lexeme, ...]]
) -> dict[str, dict[int, tuple[Lexeme, ...]]]:
    """Put the expansion beside the last position of a word, and what is before it as it is."""
    last = max((place for positions in exact.values() for place in positions), default=1)
    found = {language: dict(positions) for language, positions in exact.items()}
    for language, lexemes in expansion.items():
        positions = found.setdefault(language, {})
        forms = {form.text: form for form in (*positions.get(last, ()), *lexemes)}
        positions[last] = tuple(forms.values())
    return found
