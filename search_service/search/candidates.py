"""Which materials match: by all words on whatever slides, by any, by phrases and exclusions.

Sets come from the material level (`materials.search_vector`), so that totals and facets are exact;
a phrase is matched inside a passage. Ranking is not known here.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal, visible_binds
from search_service.search import terms as terms_module
from search_service.search.analysis import Analysis
from search_service.search.facets import FacetRow
from search_service.search.sql import STATEMENTS
from search_service.search.terms import Unit


async def full_matches(
    connection: AsyncConnection, principal: Principal, analysis: Analysis
) -> list[FacetRow]:
    """Give the visible materials that hold every concept; all of them for a query without words."""
    queries = terms_module.all_queries(analysis.concepts, analysis.corpus.languages)
    rows = await _matching(connection, principal, analysis, queries)
    phrases = [units for units in analysis.concepts if any(unit.is_phrase for unit in units)]
    return await _restricted(connection, principal, analysis, phrases, rows)


async def partial_matches(
    connection: AsyncConnection, principal: Principal, analysis: Analysis
) -> list[FacetRow]:
    """Give the visible materials that hold any term that chooses candidates."""
    driving = terms_module.driving_terms(analysis.terms)
    queries = terms_module.any_queries(driving, analysis.corpus.languages)
    rows = await _matching(connection, principal, analysis, queries)
    phrases = [units for units in analysis.concepts if any(unit.is_filter for unit in units)]
    return await _restricted(connection, principal, analysis, phrases, rows)


async def _matching(
    connection: AsyncConnection,
    principal: Principal,
    analysis: Analysis,
    queries: Mapping[str, str],
) -> list[FacetRow]:
    if not analysis.concepts:
        rows = await connection.execute(STATEMENTS["visible_materials"], visible_binds(principal))
    else:
        rows = await connection.execute(
            STATEMENTS["matching_materials"],
            {
                "languages": list(queries),
                "queries": list(queries.values()),
                **visible_binds(principal),
            },
        )
    return [FacetRow._make(row) for row in rows]


async def _restricted(
    connection: AsyncConnection,
    principal: Principal,
    analysis: Analysis,
    phrases: Iterable[Sequence[Unit]],
    rows: Sequence[FacetRow],
) -> list[FacetRow]:
    """Keep what holds one unit of each of the concepts of phrases, and nothing that is excluded.

    A phrase that is all stop words in a language is not demanded there.
    """
    kept = list(rows)
    for concept in phrases:
        if kept:
            heard = {language for unit in concept for language in unit.languages}
            holding = await _holding(connection, principal, analysis, concept)
            kept = [row for row in kept if row.id in holding or row.language not in heard]
    if kept and analysis.excluded:
        holding = await _holding(connection, principal, analysis, analysis.excluded)
        kept = [row for row in kept if row.id not in holding]
    return kept


async def _holding(
    connection: AsyncConnection,
    principal: Principal,
    analysis: Analysis,
    units: Iterable[Unit],
) -> frozenset[int]:
    """Give the materials of which one passage holds one of the units."""
    pairs = [
        (language, query)
        for unit in units
        for language in analysis.corpus.languages
        if (query := terms_module.phrase_query(unit, language))
    ]
    ids = await connection.execute(
        STATEMENTS["phrase_materials"],
        {
            "languages": [language for language, _ in pairs],
            "queries": [query for _, query in pairs],
            **visible_binds(principal),
        },
    )
    return frozenset(ids.scalar_one())
