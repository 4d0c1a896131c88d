"""Which materials match: by all words on whatever slides, by any, by phrases and exclusions.

Sets are bitmaps of the lists of lexemes and masks over the rows of the columns, so that totals and
facets are exact. Only a phrase, which must stand within one passage, is asked of the index. Ranking
is not known here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.direct import fetch
from search_service.search.analysis import Analysis
from search_service.search.bitmaps import Bitmap, intersection, mask_of, union
from search_service.search.columns import Columns, Mask, Shown
from search_service.search.lists import Form, Lists
from search_service.search.postings import unpacked_array
from search_service.search.sql import STATEMENTS
from search_service.search.terms import Unit, phrase_query, ways
from search_service.search.tree import Field

# Phrases that are looked for as such; of more their words count, in whatever order. Each is looked
# up in every passage that holds its words.
MAX_PHRASES = 12


@dataclass(frozen=True, slots=True)
class Matching:
    """What the words of a query match, whoever asks.

    Of each concept `missing` are the materials that do not hold it although their language has
    words for it. `full` hold every concept that their language has words for, `any` one at least;
    for a query without words both are all materials.
    """

    missing: Sequence[Bitmap]
    full: Mask
    any: Mask


def forms_of(analysis: Analysis) -> list[Form]:
    """Give every lexeme that is looked for or excluded, each once."""
    units = (*analysis.units, *analysis.excluded)
    return list(
        dict.fromkeys(
            (language, lexeme.text)
            for unit in units
            for language, positions in unit.languages.items()
            for lexemes in positions.values()
            for lexeme in lexemes
        )
    )


def matching(analysis: Analysis, lists: Lists, columns: Columns) -> Matching:
    """Find what the words of a query match."""
    everything = columns.present
    if not analysis.concepts:
        return Matching((), everything, everything)
    written_in = cache(partial(columns.having, Field.LANGUAGE))  # the same for nearly all concepts
    missing, nothing = [], np.zeros(columns.size, np.bool_)
    spoken, lacking, some = nothing, nothing, nothing
    for units in analysis.concepts:
        heard = written_in(_languages(units))
        holds = mask_of(union(_holding(unit, lists) for unit in units), columns.size)
        lacks = heard & ~holds
        missing.append(np.packbits(lacks))
        spoken, lacking, some = spoken | heard, lacking | lacks, some | holds
    return Matching(missing, spoken & ~lacking, some)


@dataclass(frozen=True, slots=True)
class Restricted:
    """Which rows phrases and exclusions leave for full matches, and for partial ones."""

    full: Mask
    some: Mask


async def restricted(
    connection: AsyncConnection, analysis: Analysis, lists: Lists, shown: Shown
) -> Restricted:
    """Find the rows shown that hold one phrase of each concept of phrases, and nothing excluded.

    A phrase that is all stop words in a language is not demanded there; a synonym's is only of
    full matches.
    """
    columns = shown.columns
    heard = cache(partial(columns.having, Field.LANGUAGE))
    able = {
        (language, phrase_query(unit, language)): shown.seen
        & heard(frozenset({language.casefold()}))
        & mask_of(_holding_in(unit, language, lists), columns.size)
        for unit in _several(analysis)[:MAX_PHRASES]
        for language in unit.languages
    }
    in_order = able | await _in_one_passage(connection, able, columns)
    full = np.ones(columns.size, np.bool_)
    kept = partial(_kept, in_order=in_order, lists=lists, size=columns.size)
    for unit in analysis.excluded:
        full &= ~kept(unit)
    some = full.copy()
    for each in _phrases(analysis):
        rows = _any(map(kept, each)) | ~heard(_languages(each))
        full &= rows
        if any(unit.is_filter for unit in each):
            some &= rows
    return Restricted(full, some)


def has_too_many_phrases(analysis: Analysis) -> bool:
    """Tell whether some phrases of a query count as words only."""
    return len(_several(analysis)) > MAX_PHRASES


def _several(analysis: Analysis) -> list[Unit]:
    """The units whose words must stand in their order, of phrases and of exclusions."""
    units = [unit for each in (*_phrases(analysis), analysis.excluded) for unit in each]
    return [
        unit
        for unit in units
        if any(len(way) > 1 for language in unit.languages for way in ways(unit, language))
    ]


def _phrases(analysis: Analysis) -> list[tuple[Unit, ...]]:
    return [units for units in analysis.concepts if any(unit.is_phrase for unit in units)]


def _languages(units: Sequence[Unit]) -> frozenset[str]:
    return frozenset(language.casefold() for unit in units for language in unit.languages)


def _holding(unit: Unit, lists: Lists) -> Bitmap:
    """The materials that hold all words of a unit, in whatever order."""
    return union(_holding_in(unit, language, lists) for language in unit.languages)


def _holding_in(unit: Unit, language: str, lists: Lists) -> Bitmap:
    return union(
        intersection(
            [lists.holding((language, lexeme.text) for lexeme in forms) for forms in way.values()]
        )
        for way in ways(unit, language)
    )


def _kept(unit: Unit, in_order: Mapping[tuple[str, str], Mask], lists: Lists, size: int) -> Mask:
    """The rows of which one passage holds a unit's words in their order, as far as it was asked."""
    found = np.zeros(size, np.bool_)
    for language in unit.languages:
        rows = in_order.get((language, phrase_query(unit, language)))
        found |= mask_of(_holding_in(unit, language, lists), size) if rows is None else rows
    return found


async def _in_one_passage(
    connection: AsyncConnection, able: Mapping[tuple[str, str], Mask], columns: Columns
) -> dict[tuple[str, str], Mask]:
    """The rows of which one passage matches, for each language and phrase, out of those that hold
    all of its words; without the phrases of which there are none.
    """
    asked = [pair for pair, rows in able.items() if rows.any()]
    if not asked:
        return {}
    sent = {"queries": [query for _, query in asked]}
    rows = await fetch(connection, STATEMENTS["phrase_materials"], sent)
    return {
        pair: able[pair] & columns.mask(unpacked_array(ids, ">i4"))
        for pair, (ids,) in zip(asked, rows, strict=True)
    }


def _any(masks: Iterable[Mask]) -> Mask:
    first, *others = masks
    together = first.copy()
    for mask in others:
        together |= mask
    return together
