"""Which materials match: by all words on whatever slides, by any, by phrases and exclusions.

Sets come from the material level (`materials.search_vector`), so that totals and facets are exact;
a phrase is matched inside a passage. They are masks over the rows of the columns. Ranking is not
known here.
"""

from collections.abc import Iterable

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.search import terms as terms_module
from search_service.search.analysis import Analysis
from search_service.search.columns import Columns, Integers, Mask
from search_service.search.sql import STATEMENTS
from search_service.search.terms import Unit
from search_service.search.tree import Field


async def full_matches(
    connection: AsyncConnection, analysis: Analysis, columns: Columns, seen: Mask
) -> Mask:
    """Give which of the `seen` rows hold every concept; all of them for a query without words."""
    if not analysis.concepts:
        return await restricted(connection, analysis, columns, seen)
    queries = terms_module.all_queries(analysis.concepts, analysis.corpus.languages)
    found = await _matching(connection, "matching_materials", queries.items(), columns)
    return await restricted(connection, analysis, columns, seen & found)


async def partial_matches(
    connection: AsyncConnection, analysis: Analysis, columns: Columns, seen: Mask
) -> Mask:
    """Give which of the `seen` rows hold any of the words that say most."""
    if not analysis.concepts:
        return await restricted(connection, analysis, columns, seen)
    driving = terms_module.driving_terms(analysis.terms)
    queries = terms_module.any_queries(driving, analysis.corpus.languages)
    found = await _matching(connection, "matching_materials", queries.items(), columns)
    return await restricted(connection, analysis, columns, seen & found)


async def restricted(
    connection: AsyncConnection, analysis: Analysis, columns: Columns, rows: Mask
) -> Mask:
    """Keep the rows that hold one phrase of each concept of phrases, and nothing excluded.

    A phrase that is all stop words in a language is not demanded there.
    """
    for concept in analysis.concepts:
        if any(unit.is_phrase for unit in concept) and rows.any():
            heard = {language for unit in concept for language in unit.languages}
            holding = await _holding(connection, analysis, concept, columns)
            rows = rows & (holding | ~columns.having(Field.LANGUAGE, heard))
    if analysis.excluded and rows.any():
        rows = rows & ~await _holding(connection, analysis, analysis.excluded, columns)
    return rows


async def _holding(
    connection: AsyncConnection, analysis: Analysis, units: Iterable[Unit], columns: Columns
) -> Mask:
    """Give the rows of which one passage holds one of the units."""
    pairs = [
        (language, query)
        for unit in units
        for language in analysis.corpus.languages
        if (query := terms_module.phrase_query(unit, language))
    ]
    return await _matching(connection, "phrase_materials", pairs, columns)


async def _matching(
    connection: AsyncConnection,
    statement: str,
    queries: Iterable[tuple[str, str]],
    columns: Columns,
) -> Mask:
    """Give the rows that match any of the queries, each in its own language."""
    asked = list(queries)
    found = np.zeros(columns.size, np.bool_)
    if asked:
        sent = {"queries": [query for _, query in asked]}
        rows = await connection.execute(STATEMENTS[statement], sent)
        for (language, _), ids in zip(asked, rows.scalars(), strict=True):
            found |= columns.mask(unpacked_ids(ids)) & columns.having(Field.LANGUAGE, (language,))
    return found


def unpacked_ids(array: bytes) -> Integers:
    """Read the whole numbers of what `array_send` gives for an integer[]: a head of 20 bytes (12
    for an empty one), then a length and a value of four bytes each (PostgreSQL's array_send).
    """
    return np.frombuffer(array, ">i4")[6::2].astype(np.int64)
