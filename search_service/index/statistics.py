"""Frequencies of lexemes and words, and top postings, counted in one pass each.

A draft never shifts what others see: only PUBLISHED passages are counted. Top postings hold the
passages of every status, as they choose candidates only, for those who may see them.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.statements import Statements
from search_service.index import suggestions
from search_service.text import weighting

STATEMENTS = Statements("search_service.index", "statistics.sql")

# Passages that a lexeme must stand in to have a list, and the postings in it. Rarer lexemes are
# found by the GIN index at once; evidence for both: ARCHITECTURE.md, "Bounded work".
LEAST_PASSAGES = 32
MOST_POSTINGS = 16_384


# A count of so few passages takes seconds; beyond that it waits until so many were written, or so
# long. Every search reads what was written since: 2,000 passages take some 5 ms.
SMALL_LIBRARY = 20_000
MUCH_WRITTEN = 2_000
OLD_S = 3_600


async def refresh_if_due(connection: AsyncConnection) -> bool:
    """Recount if enough has changed; tell whether it did."""
    limits = {"small": SMALL_LIBRARY, "much": MUCH_WRITTEN, "old_s": OLD_S}
    if not (await connection.execute(STATEMENTS["due"], limits)).scalar_one():
        return False
    return await refresh(connection)


async def refresh(connection: AsyncConnection) -> bool:
    """Recount every language; false when another refresh is at it already.

    What is committed while it counts may be counted or not, and counts as changed either way.
    """
    if not (await connection.execute(STATEMENTS["lock"])).scalar_one():
        return False
    snapshot = (await connection.execute(STATEMENTS["take_snapshot"])).scalar_one()
    await connection.execute(STATEMENTS["write_corpus"])
    for language in (await connection.execute(STATEMENTS["languages"])).scalars().all():
        await _count_lexemes(connection, language)
        await _count_words(connection, language)
    await suggestions.refresh(connection)
    await connection.execute(STATEMENTS["keep_snapshot"], {"snapshot": snapshot})
    return True


async def _count_lexemes(connection: AsyncConnection, language: str) -> None:
    of_language = {"language": language}
    await connection.execute(STATEMENTS["clear_lexemes"], of_language)
    await connection.execute(STATEMENTS["clear_postings"], of_language)
    await connection.execute(
        STATEMENTS["write_lexemes"],
        {
            "k1": weighting.K1,
            "title_weight": weighting.TITLE_WEIGHT,
            "title_b": weighting.TITLE_B,
            "body_b": weighting.BODY_B,
            "most_frequency": weighting.MAX_FREQUENCY,
            "steps": weighting.SATURATION_STEPS,
            "least": LEAST_PASSAGES,
            "most": MOST_POSTINGS,
            **of_language,
        },
    )


async def _count_words(connection: AsyncConnection, language: str) -> None:
    source = await _filled_in(connection, "word_source", language)
    await connection.execute(STATEMENTS["clear_words"], {"language": language})
    await connection.execute(STATEMENTS["write_words"], {"language": language, "source": source})


async def _filled_in(connection: AsyncConnection, name: str, language: str) -> str:
    """The statement for ts_stat, which takes text and no parameters; format() quotes the value."""
    result = await connection.execute(
        text("SELECT format(CAST(:template AS text), CAST(:language AS text))"),
        {"template": STATEMENTS.sql(name), "language": language},
    )
    return str(result.scalar_one())
