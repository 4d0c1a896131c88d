"""Judged queries: what search is measured by."""

from typing import Any

from litestar import Request, Router, delete, get, patch, post
from litestar.params import JSONBody
from msgspec import convert

from search_service.api import cursors
from search_service.api.routes.materials import READ, WRITE
from search_service.api.routes.paths import PathId
from search_service.api.routes.tuning import given_of
from search_service.api.schemas.tuning import (
    Judgement,
    JudgementChanges,
    JudgementReport,
    Judgements,
    NewJudgement,
    TuningQuery,
)
from search_service.api.validation import query_opt, read_query
from search_service.insights import judgements
from search_service.insights.judgements import JudgementRecord
from search_service.serving.dependencies import TheCaller, TheServices

_SAME = frozenset(Judgement.__struct_fields__) - {"query"}


@get("/judgements", opt=READ | query_opt(TuningQuery))
async def list_judgements(
    request: Request[Any, Any, Any], services: TheServices, caller: TheCaller
) -> Judgements:
    """List the judgements of materials that the caller may see, the oldest first."""
    query = read_query(request, TuningQuery)
    after_id = cursors.decode(query.cursor)
    async with services.database.reading() as connection:
        found = await judgements.find(connection, caller.principal, query.limit + 1, after_id)
    items, next_cursor = cursors.page_of(found, query.limit)
    return Judgements(tuple(_shown(record) for record in items), next_cursor)


@post("/judgements", opt=WRITE)
async def create_judgement(
    services: TheServices, caller: TheCaller, data: JSONBody[NewJudgement]
) -> Judgement:
    """Say how well a material answers a query."""
    async with services.database.transaction() as connection:
        return _shown(await judgements.create(connection, caller, given_of(data)))


@get("/judgements/report", opt=READ)
async def report_judgements(services: TheServices, caller: TheCaller) -> JudgementReport:
    """Measure search on every judged query, as any rep is answered now by words alone."""
    known = services.searcher.cache.newest
    async with services.database.reading() as connection:
        made = await judgements.report(connection, caller.principal, known)
    return convert(made, JudgementReport, from_attributes=True)


@get("/judgements/{judgement_id:int}", opt=READ)
async def get_judgement(
    services: TheServices, caller: TheCaller, judgement_id: PathId
) -> Judgement:
    """Give one judgement."""
    async with services.database.reading() as connection:
        return _shown(await judgements.get(connection, caller.principal, judgement_id))


@patch("/judgements/{judgement_id:int}", opt=WRITE)
async def change_judgement(
    services: TheServices,
    caller: TheCaller,
    judgement_id: PathId,
    data: JSONBody[JudgementChanges],
) -> Judgement:
    """Give another grade."""
    async with services.database.transaction() as connection:
        return _shown(await judgements.change(connection, caller, judgement_id, data.grade))


@delete("/judgements/{judgement_id:int}", opt=WRITE)
async def remove_judgement(services: TheServices, caller: TheCaller, judgement_id: PathId) -> None:
    """Remove a judgement."""
    async with services.database.transaction() as connection:
        await judgements.remove(connection, caller, judgement_id)


def _shown(record: JudgementRecord) -> Judgement:
    own = {name: getattr(record, name) for name in _SAME}
    return Judgement(**own, query=record.query_text)


ROUTER = Router(
    "/",
    route_handlers=[
        list_judgements,
        create_judgement,
        report_judgements,
        get_judgement,
        change_judgement,
        remove_judgement,
    ],
    tags=["Tuning"],
)
