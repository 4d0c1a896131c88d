"""Frequencies of lexemes and words over published passages, refreshed in one pass each.

A draft never shifts what others see: only PUBLISHED passages are counted.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.statements import Statements
from search_service.index import suggestions

STATEMENTS = Statements("search_service.index", "statistics.sql")


async def refresh(connection: AsyncConnection) -> bool:
    """Recount every language; false when another refresh is at it already."""
    if not (await connection.execute(STATEMENTS["lock"])).scalar_one():
        return False
    await connection.execute(STATEMENTS["write_corpus"])
    for language in (await connection.execute(STATEMENTS["languages"])).scalars().all():
        for what in ("lexeme", "word"):
            source = await _filled_in(connection, f"{what}_source", language)
            await connection.execute(STATEMENTS[f"clear_{what}s"], {"language": language})
            await connection.execute(
                STATEMENTS[f"write_{what}s"], {"language": language, "source": source}
            )
    await suggestions.refresh(connection)
    return True


async def _filled_in(connection: AsyncConnection, name: str, language: str) -> str:
    """The statement for ts_stat, which takes text and no parameters; format() quotes the value."""
    result = await connection.execute(
        text("SELECT format(CAST(:template AS text), CAST(:language AS text))"),
        {"template": STATEMENTS.sql(name), "language": language},
    )
    return str(result.scalar_one())
