"""The weights of ranking that product marketing may change; how they rank is `ranking`'s."""

from dataclasses import dataclass, fields

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.db.direct import fetch
from search_service.search.tuning_sql import STATEMENTS

MAX_NEXT = 0.5
MAX_OWN = 1.0
MAX_PRIOR = 0.1
MAX_BOOST = 0.5


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts beside a material's best passage, as shares of a score.

    `next_slides` weigh its second and third best passage (0 to MAX_NEXT), `own` its own words (0 to
    MAX_OWN); freshness, health and usage are priors (0 to MAX_PRIOR), the rest boosts for the
    caller's context (0 to MAX_BOOST).
    """

    next_slides: tuple[float, float] = (0.05, 0.02)
    own: float = 0.1
    freshness: float = 0.03
    health: float = 0.02
    usage: float = 0.03
    persona: float = 0.1
    segment: float = 0.1
    industry: float = 0.05
    stage: float = 0.05
    product: float = 0.1
    account: float = 0.1


DEFAULT = Weights()


async def read(connection: AsyncConnection) -> Weights:
    """Give the weights in force: the stored ones, else the defaults."""
    rows = await fetch(connection, STATEMENTS["ranking_weights"])
    if not rows:
        return DEFAULT
    stored = {field.name: getattr(rows[0], field.name) for field in fields(Weights)}
    return Weights(**{**stored, "next_slides": tuple(stored["next_slides"])})
