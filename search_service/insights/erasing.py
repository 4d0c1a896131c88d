"""Erasing what one person searched for and opened."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import policy, users
from search_service.accounts.caller import Caller
from search_service.audit.entries import Entry, record
from search_service.index.suggestions import refresh_queries
from search_service.insights.sql import STATEMENTS


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows are gone."""

    searches: int
    clicks: int


async def erase_searches(connection: AsyncConnection, caller: Caller, user_id: int) -> Erased:
    """Delete a person's searches and clicks from the log, and note that it was done.

    They count no more in what is suggested to others.

    What processes still have in their buffers is erased by them when they write it. Raises
    ForbiddenError and NotFoundError.
    """
    policy.require_manage_users(caller.principal)
    await users.get_user(connection, user_id)
    await connection.execute(STATEMENTS["begin_erasing"])
    whose = {"user_id": user_id}
    await connection.execute(STATEMENTS["note_erasure"], {**whose, "erased_at": datetime.now(UTC)})
    searches = await connection.execute(STATEMENTS["delete_searches_of"], whose)
    clicks = await connection.execute(STATEMENTS["delete_clicks_of"], whose)
    await refresh_queries(connection)
    erased = Erased(searches.rowcount, clicks.rowcount)
    facts = {"searches": erased.searches, "clicks": erased.clicks}
    await record(
        connection, Entry(caller.actor, "user.searches_erased", "user", user_id, None, facts)
    )
    return erased
