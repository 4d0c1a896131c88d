"""Ranking weights: what counts beside the best slide, and how much."""

from typing import Any

from litestar import Request, Router, get, put
from litestar.params import JSONBody
from msgspec import convert, structs

from search_service.api.routes.materials import READ, WRITE
from search_service.api.routes.tuning import trial_of, tuning
from search_service.api.schemas.tuning import RankingWeights, TriedWeights, TuningOptions
from search_service.api.validation import query_opt
from search_service.insights import weights
from search_service.search.weights import Weights
from search_service.serving.dependencies import TheCaller, TheServices


@get("/ranking-weights", opt=READ)
async def get_weights(services: TheServices, caller: TheCaller) -> RankingWeights:
    """Give the weights in force."""
    async with services.database.reading() as connection:
        return _shown(await weights.get(connection, caller.principal))


@put("/ranking-weights", opt=WRITE | query_opt(TuningOptions))
async def replace_weights(
    request: Request[Any, Any, Any],
    services: TheServices,
    caller: TheCaller,
    data: JSONBody[RankingWeights],
) -> TriedWeights:
    """Put other weights in force, unless the judged queries get worse."""
    wanted = Weights(**structs.asdict(data))
    async with tuning(request, services, caller) as (connection, attempt):
        done = await weights.replace(connection, attempt, wanted)
    return TriedWeights(_shown(done.result), trial_of(done))


def _shown(found: Weights) -> RankingWeights:
    return convert(found, RankingWeights, from_attributes=True)


ROUTER = Router("/", route_handlers=[get_weights, replace_weights], tags=["Tuning"])
