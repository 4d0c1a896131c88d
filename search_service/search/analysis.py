"""Asks PostgreSQL what the words of a query are in each language that the library holds."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.direct import fetch
from search_service.search import compounds
from search_service.search.lexicon import Lexicon
from search_service.search.sql import STATEMENTS
from search_service.search.terms import Corpus, Positions, Term, Unit, terms_of
from search_service.search.tree import Phrase, Query, Word
from search_service.text.normalise import indexable

# Forms of one prefix, and of all prefixes of a query, which share them.
MAX_EXPANSIONS = 64
MAX_FORMS = 512


@dataclass(frozen=True, slots=True)
class Analysis:
    """A query in the index's terms.

    `concepts` are the units of each concept in the order of the query, without the concepts that
    are stop words; `excluded` the units that must not occur. `forms_each` is how many forms were
    looked for of each prefix, at most.
    """

    corpus: Corpus
    concepts: tuple[tuple[Unit, ...], ...]
    excluded: tuple[Unit, ...]
    terms: tuple[Term, ...]
    ignored: tuple[str, ...]
    forms_each: int = MAX_EXPANSIONS

    @property
    def units(self) -> tuple[Unit, ...]:
        return tuple(unit for concept in self.concepts for unit in concept)

    @property
    def faint(self) -> tuple[str, ...]:
        """The words that are looked for although they are stop words in the main language: no other
        was typed.
        """
        main = self.corpus.main_language if self.corpus.languages else None
        return tuple(
            unit.text
            for unit in self.units
            if unit.synonymy is None and _language_of(unit, main) not in unit.languages
        )


async def corpus_of(connection: AsyncConnection) -> Corpus:
    rows = await fetch(connection, STATEMENTS["corpus"])
    return Corpus({row.language: row.passages for row in rows})


async def analyse(lexicon: Lexicon, query: Query) -> Analysis:
    """Find the lexemes of all words of a query; four statements at most."""
    others = await compounds.joined(lexicon, query)
    asked = [term for concept in query.concepts for term in concept.alternatives]
    found = await _units(lexicon, [*asked, *query.excluded])
    concepts = [
        _heard_together([found[term] for term in concept.alternatives])
        for concept in query.concepts
    ]
    for place, forms in others.items():
        concepts[place] = (compounds.with_forms(concepts[place][0], forms), *concepts[place][1:])
    kept, ignored = _without_noise(concepts, lexicon.corpus)
    return Analysis(
        corpus=lexicon.corpus,
        concepts=kept,
        excluded=tuple(unit for term in query.excluded if (unit := found[term]).languages),
        terms=terms_of((unit for concept in kept for unit in concept), lexicon.corpus),
        ignored=ignored,
        forms_each=_forms_each(sum(map(_is_prefix, found))),
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


async def _units(lexicon: Lexicon, terms: Iterable[Word | Phrase]) -> dict[Word | Phrase, Unit]:
    asked = list(dict.fromkeys(terms))
    lexemes = await lexicon.words([_text(term) for term in asked])
    prefixes = [number for number, term in enumerate(asked) if _is_prefix(term)]
    endings = [_ending(_text(asked[number])) for number in prefixes]
    most = _forms_each(len(prefixes))
    expansions = await lexicon.lexemes("expand_prefixes", endings, most)
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


def _forms_each(prefixes: int) -> int:
    return min(MAX_EXPANSIONS, max(1, MAX_FORMS // max(1, prefixes)))


def _counting(term: Word | Phrase, languages: Mapping[str, Positions]) -> Mapping[str, Positions]:
    """Those of the languages in which the term counts."""
    if term.synonymy is None or term.synonymy.language is None:
        return languages
    only = term.synonymy.language
    return {only: languages[only]} if only in languages else {}


def _is_prefix(term: Word | Phrase) -> bool:
    return isinstance(term, Word) and term.prefix


def _text(term: Word | Phrase) -> str:
    return term.text if isinstance(term, Word) else " ".join(term.words)


def _ending(prefix: str) -> str:
    """What a star stands after: of zero-tru* the last part."""
    return re.split(r"[^\w]", indexable(prefix))[-1] or prefix


def _expanded(
    exact: Mapping[str, Positions], expansion: Mapping[str, Positions]
) -> Mapping[str, Positions]:
    """Put the expansion beside the last position of a word, and what is before it as it is."""
    last = max((place for positions in exact.values() for place in positions), default=1)
    found = {language: dict(positions) for language, positions in exact.items()}
    for language, at_first in expansion.items():
        [lexemes] = at_first.values()
        positions = found.setdefault(language, {})
        forms = {form.text: form for form in (*positions.get(last, ()), *lexemes)}
        positions[last] = tuple(forms.values())
    return found
