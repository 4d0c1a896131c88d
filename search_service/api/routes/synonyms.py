"""Synonyms: read and changed by product marketing, in force at the next search."""

from typing import Any

from litestar import Request, Router, delete, get, patch, post
from litestar.params import JSONBody
from msgspec import convert

from search_service.api import cursors
from search_service.api.routes.materials import READ, WRITE
from search_service.api.routes.paths import PathId
from search_service.api.routes.tuning import given_of, trial_of, tuning
from search_service.api.schemas.tuning import (
    NewSynonym,
    Removal,
    Synonym,
    SynonymChanges,
    Synonyms,
    TriedSynonym,
    TuningOptions,
    TuningQuery,
)
from search_service.api.validation import query_opt, read_query
from search_service.insights import synonyms
from search_service.insights.gate import Outcome
from search_service.insights.synonyms import SynonymRecord
from search_service.serving.dependencies import TheCaller, TheServices

CHANGE = WRITE | query_opt(TuningOptions)


@get("/synonyms", opt=READ | query_opt(TuningQuery))
async def list_synonyms(
    request: Request[Any, Any, Any], services: TheServices, caller: TheCaller
) -> Synonyms:
    """List synonyms, the oldest first."""
    query = read_query(request, TuningQuery)
    after_id = cursors.decode(query.cursor)
    async with services.database.reading() as connection:
        found = await synonyms.find(connection, caller.principal, query.limit + 1, after_id)
    items, next_cursor = cursors.page_of(found, query.limit)
    return Synonyms(tuple(_shown(record) for record in items), next_cursor)


@post("/synonyms", opt=CHANGE)
async def create_synonym(
    request: Request[Any, Any, Any],
    services: TheServices,
    caller: TheCaller,
    data: JSONBody[NewSynonym],
) -> TriedSynonym:
    """Add a synonym, unless the judged queries get worse."""
    async with tuning(request, services, caller) as (connection, attempt):
        return _tried(await synonyms.create(connection, attempt, given_of(data)))


@get("/synonyms/{synonym_id:int}", opt=READ)
async def get_synonym(services: TheServices, caller: TheCaller, synonym_id: PathId) -> Synonym:
    """Give one synonym."""
    async with services.database.reading() as connection:
        return _shown(await synonyms.get(connection, caller.principal, synonym_id))


@patch("/synonyms/{synonym_id:int}", opt=CHANGE)
async def change_synonym(
    request: Request[Any, Any, Any],
    services: TheServices,
    caller: TheCaller,
    synonym_id: PathId,
    data: JSONBody[SynonymChanges],
) -> TriedSynonym:
    """Change a synonym, unless the judged queries get worse."""
    given = given_of(data)
    async with tuning(request, services, caller) as (connection, attempt):
        return _tried(await synonyms.change(connection, attempt, synonym_id, given))


@delete("/synonyms/{synonym_id:int}", status_code=200, opt=CHANGE)
async def remove_synonym(
    request: Request[Any, Any, Any], services: TheServices, caller: TheCaller, synonym_id: PathId
) -> Removal:
    """Remove a synonym, unless the judged queries get worse."""
    async with tuning(request, services, caller) as (connection, attempt):
        done = await synonyms.remove(connection, attempt, synonym_id)
    return Removal(trial_of(done))


def _shown(record: SynonymRecord) -> Synonym:
    return convert(record, Synonym, from_attributes=True)


def _tried(outcome: Outcome[SynonymRecord]) -> TriedSynonym:
    return TriedSynonym(_shown(outcome.result), trial_of(outcome))


ROUTER = Router(
    "/",
    route_handlers=[list_synonyms, create_synonym, get_synonym, change_synonym, remove_synonym],
    tags=["Tuning"],
)
