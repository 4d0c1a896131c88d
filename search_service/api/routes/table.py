"""The library's metadata as one table in CSV, out and in."""

from typing import Any

from litestar import Request, Response, Router, get, post

from search_service.accounts import policy
from search_service.api.routes.materials import READ, WRITE
from search_service.api.schemas.operations import TableResult
from search_service.api.validation import body_opt
from search_service.catalog import table, table_changes
from search_service.catalog.materials import MaterialFilter
from search_service.serving.dependencies import TheCaller, TheServices

TABLE_MAX_BYTES = 20 * 1024 * 1024


@get("/metadata.csv", opt=READ, media_type="text/csv")
async def get_table(services: TheServices, caller: TheCaller) -> Response[str]:
    """Give the metadata of all visible materials as a table; POST takes the same back."""
    async with services.database.reading() as connection:
        text = await table.export(connection, caller.principal, MaterialFilter())
    headers = {"Content-Disposition": 'attachment; filename="library.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@post(
    "/metadata.csv",
    status_code=200,
    opt=WRITE | body_opt("text/csv"),
    request_max_body_size=TABLE_MAX_BYTES,
)
async def change_by_table(
    request: Request[Any, Any, Any], services: TheServices, caller: TheCaller
) -> TableResult:
    """Change metadata and status of materials by file name; all of the table or nothing."""
    policy.require_upload(caller.principal)
    data = await request.body()
    async with services.database.transaction() as connection:
        parsed = table.parse(data, await table.known_names(connection))
        parsed.require_valid()
        return TableResult(await table_changes.apply(connection, caller, parsed.rows))


ROUTER = Router("/", route_handlers=[get_table, change_by_table], tags=["Materials"])
