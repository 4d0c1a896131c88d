"""One at a time for the same bytes: whoever brings them in, and whoever removes them.

A file is kept before anything refers to it; so whoever is about to refer to it takes this lock and
looks again whether it is there, and whoever removes it holds the lock meanwhile.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


async def lock_content(connection: AsyncConnection, sha256: str) -> None:
    """Wait for others with the same bytes; the lock is held until the transaction ends."""
    key = int(sha256[:16], 16) - 2**63
    await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
