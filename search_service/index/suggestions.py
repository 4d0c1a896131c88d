"""Writes the phrases that complete a query, from what is published; how they are read is search's.

A phrase of hidden slides alone, or of a draft, is none. Each row names a few passages that carry
the phrase, so that whoever shows it can look whether they still do, and for whom.
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.statements import Statements

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


async def refresh(connection: AsyncConnection) -> None:
    """Write all phrases anew, in the caller's transaction and under its lock."""
    await connection.execute(STATEMENTS["clear_prefixes"])
    await connection.execute(STATEMENTS["clear"])
    await connection.execute(STATEMENTS["write"], {"max_phrase": MAX_PHRASE, "carriers": CARRIERS})
    await connection.execute(
        STATEMENTS["write_prefixes"],
        {"max_prefix": MAX_PREFIX, "max_starts": MAX_STARTS, "best": BEST},
    )
