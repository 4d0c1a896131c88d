"""Writes what completes a query: phrases of what is published, and what others searched for.

How it is read is search's. A phrase of hidden slides alone, or of a draft, is none. Each row names
a few passages that carry the phrase, so that whoever shows it can look whether they still do, and
for whom; a past query, likewise, materials that were opened and hold all of its words.
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.statements import Statements
from search_service.text.languages import CONFIGURATIONS

STATEMENTS = Statements("search_service.index", "suggestions.sql")

# Phrases beyond are sentences, which nobody types to their end; so are prefixes of more characters.
MAX_PHRASE = 100
MAX_PREFIX = 60
# Words that a phrase is found from: the first ones.
MAX_STARTS = 6
# Carriers of each kind, for customers and internal, so that the loss of one hides no phrase.
CARRIERS = 3
# Rows of one level that begin alike; each one typed character more shows as many again.
BEST = 24
# Who searched for the same and opened a hit, each counted once, before others are shown it.
PEOPLE = 3


async def refresh(connection: AsyncConnection) -> None:
    """Write all phrases anew, in the caller's transaction and under its lock."""
    await connection.execute(STATEMENTS["clear_prefixes"])
    await connection.execute(STATEMENTS["clear"])
    await connection.execute(STATEMENTS["write"], {"max_phrase": MAX_PHRASE, "carriers": CARRIERS})
    await _write_prefixes(connection, "suggestions")


async def refresh_queries(connection: AsyncConnection) -> int:
    """Write all past queries anew, in the caller's transaction; give how many there are.

    Nothing of a log that keeps no texts.
    """
    await connection.execute(STATEMENTS["lock_queries"])
    await connection.execute(STATEMENTS["clear_query_prefixes"])
    await connection.execute(STATEMENTS["clear_queries"])
    written = await connection.execute(
        STATEMENTS["write_queries"],
        {
            "max_phrase": MAX_PHRASE,
            "people": PEOPLE,
            "carriers": CARRIERS,
            "languages": list(CONFIGURATIONS),
            "configurations": [f"search_{name}" for name in CONFIGURATIONS.values()],
        },
    )
    await _write_prefixes(connection, "past_queries")
    return written.rowcount


async def _write_prefixes(connection: AsyncConnection, table: str) -> None:
    await connection.execute(
        STATEMENTS.composed("write_prefixes", {"table": table}),
        {"max_prefix": MAX_PREFIX, "max_starts": MAX_STARTS, "best": BEST},
    )
