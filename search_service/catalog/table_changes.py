"""Brings a parsed library table into materials that are already here, all of it or nothing.

A row means the material whose present file has the name at the end of the row's path.
"""

from collections.abc import Sequence
from pathlib import PurePath

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.caller import Caller
from search_service.accounts.policy import Principal
from search_service.catalog import editing, materials, publication
from search_service.catalog.cursors import Sort
from search_service.catalog.editing import Target
from search_service.catalog.materials import MaterialFilter, Paging
from search_service.catalog.table import LibraryRow, LibraryTable, Problem

PAGE = 200


async def apply(connection: AsyncConnection, caller: Caller, rows: Sequence[LibraryRow]) -> int:
    """Change the metadata and status that the rows state; give the number of rows.

    Raises InvalidInputError with every row that means no material or several, ForbiddenError for
    a material of somebody else, ConflictError for a status that cannot be reached, with
    OpenSeriousWarningsError among its kind. What has not been read yet is published once it has.
    """
    ids = await _ids_by_file_name(connection, caller.principal)
    problems = [problem for row in rows if (problem := _problem(row, ids))]
    LibraryTable((), tuple(problems)).require_valid()
    for row in rows:
        (material_id,) = ids[_file_name(row)]
        target = Target(material_id)
        if row.metadata:
            await editing.update_metadata(connection, caller, target, row.metadata)
        if row.status is not None:
            await publication.bring(connection, caller, material_id, row.status)
    return len(rows)


async def _ids_by_file_name(
    connection: AsyncConnection, principal: Principal
) -> dict[str, list[int]]:
    ids: dict[str, list[int]] = {}
    paging = Paging(sort=Sort.CREATED, limit=PAGE)
    while True:
        listing = await materials.find(connection, principal, MaterialFilter(), paging)
        for item in listing.items:
            ids.setdefault(item.file_name or "", []).append(item.id)
        if listing.next_cursor is None:
            return ids
        paging = Paging(paging.sort, paging.limit, listing.next_cursor)


def _problem(row: LibraryRow, ids: dict[str, list[int]]) -> Problem | None:
    found = ids.get(_file_name(row), [])
    if len(found) == 1:
        return None
    sentence = (
        f"no material has the file {_file_name(row)!r}."
        if not found
        else f"{len(found)} materials have the file {_file_name(row)!r}."
    )
    return Problem(row.number, "path", sentence)


def _file_name(row: LibraryRow) -> str:
    return PurePath(row.path.replace("\\", "/")).name
