"""What waits for whoever looks after materials, counted: the heads of their queue.

The materials themselves are listed by `materials.find` with the same filters.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import policy
from search_service.accounts.policy import Principal
from search_service.catalog import materials
from search_service.catalog.materials import MaterialFilter
from search_service.db.enums import ReviewReason
from search_service.db.tables import Material, MaterialDetails, ReviewState

_materials: Any = Material.__table__
_details: Any = MaterialDetails.__table__
_states: Any = ReviewState.__table__


@dataclass(frozen=True, slots=True)
class Attention:
    """How many materials there are for each reason, with any of them, and ready to publish."""

    by_reason: Mapping[ReviewReason, int]
    needing_review: int
    ready: int


def owners_of(principal: Principal, *, everybody: bool) -> tuple[int, ...]:
    """Give whose materials wait for the principal; none named is everybody's.

    What waits is its owner's affair, and an administrator's.
    """
    if everybody and policy.is_admin(principal):
        return ()
    return (principal.user_id or 0,)


async def count(
    connection: AsyncConnection, principal: Principal, owner_ids: tuple[int, ...]
) -> Attention:
    """Count what waits among the materials of these owners, or of everybody."""
    told = (
        select(func.unnest(_states.c.reasons).label("reason"))
        .join(_materials, _materials.c.id == _states.c.material_id)
        .join(_details, _details.c.material_id == _materials.c.id)
        .where(*materials.access(principal))
    )
    if owner_ids:
        told = told.where(_materials.c.owner_id.in_(owner_ids))
    reason = told.subquery().c.reason
    statement = select(reason, func.count()).group_by(reason)
    found = {ReviewReason(name): number for name, number in await connection.execute(statement)}
    to_review = MaterialFilter(owner_ids=owner_ids, needs_review=True)
    to_publish = MaterialFilter(owner_ids=owner_ids, ready=True)
    return Attention(
        by_reason={each: found.get(each, 0) for each in ReviewReason},
        needing_review=await materials.count(connection, principal, to_review),
        ready=await materials.count(connection, principal, to_publish),
    )
