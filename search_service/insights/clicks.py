"""Which hits were opened: stored for whoever opened them, and only of what they may see.

A click may arrive before its search is written, or name one that is not its own: it is stored all
the same, and counts where the search turns out to be the same person's.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal, visible_binds
from search_service.errors import NotFoundError
from search_service.insights.sql import STATEMENTS

MAX_POSITION = 10_000


@dataclass(frozen=True, slots=True)
class Click:
    """A hit that was opened: a page, or the whole material with page 0.

    `position` is its material's place among the hits, from 1.
    """

    search_id: UUID
    material_id: int
    page_number: int = 0
    position: int | None = None


async def record(connection: AsyncConnection, principal: Principal, click: Click) -> None:
    """Store a click of an account; the same one again changes nothing.

    Raises NotFoundError for a page or material that there is not, or not for the principal.
    """
    visible = await connection.scalar(
        STATEMENTS["visible_page"],
        {
            "material_id": click.material_id,
            "page_number": click.page_number,
            **visible_binds(principal),
        },
    )
    if not visible:
        raise NotFoundError("There is no such material or page, or you may not see it.")
    await connection.execute(
        STATEMENTS["insert_click"],
        {
            "search_id": click.search_id,
            "user_id": principal.user_id,
            "material_id": click.material_id,
            "page_number": click.page_number,
            "position": click.position,
        },
    )
