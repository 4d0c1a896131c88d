"""Pins: materials that product marketing puts first for a query."""

from typing import Any

from litestar import Request, Router, delete, get, patch, post
from litestar.params import JSONBody

from search_service.api import cursors, links
from search_service.api.routes.materials import READ, WRITE
from search_service.api.routes.paths import PathId
from search_service.api.routes.tuning import given_of, trial_of, tuning
from search_service.api.schemas.tuning import (
    NewPin,
    Pin,
    PinChanges,
    Pins,
    Removal,
    TriedPin,
    TuningOptions,
    TuningQuery,
)
from search_service.api.validation import query_opt, read_query
from search_service.insights import pins
from search_service.insights.gate import Outcome
from search_service.insights.pins import PinRecord
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.services import Services

CHANGE = WRITE | query_opt(TuningOptions)
_SAME = frozenset(Pin.__struct_fields__) - {"query", "url"}


@get("/pins", opt=READ | query_opt(TuningQuery))
async def list_pins(
    request: Request[Any, Any, Any], services: TheServices, caller: TheCaller
) -> Pins:
    """List the pins of materials that the caller may see, the oldest first."""
    query = read_query(request, TuningQuery)
    after_id = cursors.decode(query.cursor)
    async with services.database.reading() as connection:
        found = await pins.find(connection, caller.principal, query.limit + 1, after_id)
    items, next_cursor = cursors.page_of(found, query.limit)
    return Pins(tuple(_shown(services, record) for record in items), next_cursor)


@post("/pins", opt=CHANGE)
async def create_pin(
    request: Request[Any, Any, Any],
    services: TheServices,
    caller: TheCaller,
    data: JSONBody[NewPin],
) -> TriedPin:
    """Pin a material, unless the judged queries get worse."""
    async with tuning(request, services, caller) as (connection, attempt):
        done = await pins.create(connection, attempt, given_of(data))
    return _tried(services, done)


@get("/pins/{pin_id:int}", opt=READ)
async def get_pin(services: TheServices, caller: TheCaller, pin_id: PathId) -> Pin:
    """Give one pin."""
    async with services.database.reading() as connection:
        return _shown(services, await pins.get(connection, caller.principal, pin_id))


@patch("/pins/{pin_id:int}", opt=CHANGE)
async def change_pin(
    request: Request[Any, Any, Any],
    services: TheServices,
    caller: TheCaller,
    pin_id: PathId,
    data: JSONBody[PinChanges],
) -> TriedPin:
    """Change a pin, unless the judged queries get worse."""
    given = given_of(data)
    async with tuning(request, services, caller) as (connection, attempt):
        done = await pins.change(connection, attempt, pin_id, given)
    return _tried(services, done)


@delete("/pins/{pin_id:int}", status_code=200, opt=CHANGE)
async def remove_pin(
    request: Request[Any, Any, Any], services: TheServices, caller: TheCaller, pin_id: PathId
) -> Removal:
    """Remove a pin, unless the judged queries get worse."""
    async with tuning(request, services, caller) as (connection, attempt):
        done = await pins.remove(connection, attempt, pin_id)
    return Removal(trial_of(done))


def _shown(services: Services, record: PinRecord) -> Pin:
    own = {name: getattr(record, name) for name in _SAME}
    url = links.material(services.settings, record.material_id)
    return Pin(**own, query=record.query_text, url=url)


def _tried(services: Services, outcome: Outcome[PinRecord]) -> TriedPin:
    return TriedPin(_shown(services, outcome.result), trial_of(outcome))


ROUTER = Router(
    "/",
    route_handlers=[list_pins, create_pin, get_pin, change_pin, remove_pin],
    tags=["Tuning"],
)
