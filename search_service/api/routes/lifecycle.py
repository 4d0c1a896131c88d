"""What replaces a material, and who says that it is outdated."""

from litestar import Response, Router, delete, get, post, put
from litestar.params import JSONBody
from msgspec import convert

from search_service.api.routes.materials import READ, WRITE, IfMatch, answer_with, sendable
from search_service.api.routes.paths import PathId, PathLongId
from search_service.api.schemas.lifecycle import (
    NewReport,
    Report,
    ReportAnswer,
    Reports,
    Successor,
)
from search_service.api.schemas.materials import Material
from search_service.catalog import reporting, successors
from search_service.catalog.editing import Target
from search_service.serving import etag
from search_service.serving.dependencies import TheCaller, TheServices


@put("/materials/{material_id:int}/successor", opt=WRITE)
async def name_successor(
    services: TheServices,
    caller: TheCaller,
    material_id: PathId,
    data: JSONBody[Successor],
    if_match: IfMatch = None,
) -> Response[Material | None]:
    """Say what replaces a material: it is archived as soon as that is published."""
    target = Target(material_id, etag.expected(if_match) if if_match else None)
    async with services.database.transaction() as connection:
        record = await successors.name(connection, caller, target, data.material_id)
        found = await sendable(connection, caller, record)
    return answer_with(services, caller, record, found)


@delete("/materials/{material_id:int}/successor", status_code=200, opt=WRITE)
async def forget_successor(
    services: TheServices, caller: TheCaller, material_id: PathId, if_match: IfMatch = None
) -> Response[Material | None]:
    """Say that nothing replaces a material; its status stays as it is."""
    target = Target(material_id, etag.expected(if_match) if if_match else None)
    async with services.database.transaction() as connection:
        record = await successors.forget(connection, caller, target)
        found = await sendable(connection, caller, record)
    return answer_with(services, caller, record, found)


@post("/materials/{material_id:int}/reports", status_code=201, opt=READ)
async def report_outdated(
    services: TheServices, caller: TheCaller, material_id: PathId, data: JSONBody[NewReport]
) -> Report:
    """Tell the owner that a material, or one page of it, is outdated."""
    new = reporting.NewReport(material_id, data.reason, data.page_number)
    async with services.database.transaction() as connection:
        made = await reporting.report(connection, caller, new)
    return convert(made, Report, from_attributes=True)


@get("/materials/{material_id:int}/reports", opt=WRITE)
async def list_reports(services: TheServices, caller: TheCaller, material_id: PathId) -> Reports:
    """List what was reported of a material that the caller may change, open ones first."""
    async with services.database.reading() as connection:
        found = await reporting.find(connection, caller.principal, material_id)
    return Reports(tuple(convert(each, Report, from_attributes=True) for each in found))


@post("/materials/{material_id:int}/reports/{report_id:int}/resolution", status_code=200, opt=WRITE)
async def resolve_report(
    services: TheServices,
    caller: TheCaller,
    material_id: PathId,
    report_id: PathLongId,
    data: JSONBody[ReportAnswer],
) -> Report:
    """Close a report, with what was done about it."""
    target = Target(material_id)
    async with services.database.transaction() as connection:
        closed = await reporting.resolve(connection, caller, target, report_id, data.answer)
    return convert(closed, Report, from_attributes=True)


ROUTER = Router(
    "/",
    route_handlers=[
        name_successor, forget_successor, report_outdated, list_reports, resolve_report,
    ],
    tags=["Lifecycle"],
)  # fmt: skip
