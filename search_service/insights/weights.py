"""Ranking weights as product marketing sets them; what they mean is search.weights'."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import policy
from search_service.accounts.policy import Principal
from search_service.db.tables import RankingWeights
from search_service.errors import InvalidInputError
from search_service.insights.gate import Attempt, Deed, Outcome, pass_through
from search_service.search import weights
from search_service.search.weights import MAX_BOOST, MAX_NEXT, MAX_OWN, MAX_PRIOR, Weights

KIND = "ranking_weights"
_ROW_ID = 1
_weights: Any = RankingWeights.__table__
_MOST = {
    "own": MAX_OWN,
    "freshness": MAX_PRIOR,
    "health": MAX_PRIOR,
    "usage": MAX_PRIOR,
    "persona": MAX_BOOST,
    "segment": MAX_BOOST,
    "industry": MAX_BOOST,
    "stage": MAX_BOOST,
    "product": MAX_BOOST,
    "account": MAX_BOOST,
}


async def get(connection: AsyncConnection, principal: Principal) -> Weights:
    """Give the weights in force. Raises ForbiddenError."""
    policy.require_see_tuning(principal)
    return await weights.read(connection)


async def replace(
    connection: AsyncConnection, attempt: Attempt, wanted: Weights
) -> Outcome[Weights]:
    """Put other weights in force. Raises InvalidInputError and what the gate raises."""

    async def apply() -> Deed[Weights]:
        _require_valid(wanted)
        before = await weights.read(connection)
        values = {**asdict(wanted), "next_slides": list(wanted.next_slides)}
        statement = insert(_weights).values(id=_ROW_ID, **values)
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=["id"], set_={**values, "updated_at": func.now()}
            )
        )
        after = await weights.read(connection)
        return Deed(KIND, "update", _ROW_ID, after, asdict(before), asdict(after))

    return await pass_through(connection, attempt, apply)


def _require_valid(wanted: Weights) -> None:
    pairs: list[tuple[str, float, float]] = [
        *(("next_slides", value, MAX_NEXT) for value in wanted.next_slides),
        *((name, getattr(wanted, name), most) for name, most in _MOST.items()),
    ]
    errors: dict[str, Any] = {
        name: f"must be from 0 to {most}." for name, value, most in pairs if not 0 <= value <= most
    }
    if errors:
        raise InvalidInputError(
            " ".join(f"{name}: {sentence}" for name, sentence in errors.items()), errors=errors
        )
