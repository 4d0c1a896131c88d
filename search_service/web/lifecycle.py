"""Saying what replaces a material, and that it is outdated."""

import re
from datetime import UTC, datetime

from litestar import post
from litestar.response import Response

from search_service.accounts.policy import READ, WRITE, Principal
from search_service.catalog import editing, reporting, successors
from search_service.catalog.editing import Target
from search_service.catalog.metadata import MAX_ID
from search_service.catalog.reporting import NewReport, Report
from search_service.errors import InvalidInputError
from search_service.serving.authentication import scoped
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.services import Services
from search_service.web.materials import PathNumber, require_id
from search_service.web.rendering import Flash, WebRequest, redirect

# A number, or an address of a material or of one of its slides.
_MATERIAL = re.compile(r"(?:\S*/m/)?([1-9]\d{0,9})(?:[/?#]\S*)?", re.ASCII)


@post("/m/{material_id:int}/successor", opt=scoped(WRITE), status_code=303)
async def name_successor(
    request: WebRequest, services: TheServices, caller: TheCaller, material_id: PathNumber
) -> Response[None]:
    """Say what replaces the material, by its address or number; nothing takes that back."""
    require_id(material_id)
    given = await _text(request, "successor")
    target = Target(material_id, await _text(request, "etag") or None)
    async with services.database.transaction() as connection:
        if given:
            await successors.name(connection, caller, target, _material_in(given))
        else:
            await successors.forget(connection, caller, target)
    return redirect(f"/m/{material_id}/review", Flash.SAVED)


@post("/m/{material_id:int}/still-right", opt=scoped(WRITE), status_code=303)
async def confirm(
    services: TheServices, caller: TheCaller, material_id: PathNumber
) -> Response[None]:
    """Say that the material was reviewed and holds: its next review is in half a year."""
    require_id(material_id)
    review_by = datetime.now(UTC).date() + editing.REVIEW_AFTER
    async with services.database.transaction() as connection:
        changes = {"review_by": review_by}
        await editing.update_metadata(connection, caller, Target(material_id), changes)
    return redirect(f"/m/{material_id}/review", Flash.STILL_RIGHT)


@post("/m/{material_id:int}/reports", opt=scoped(READ), status_code=303)
async def report(
    request: WebRequest, services: TheServices, caller: TheCaller, material_id: PathNumber
) -> Response[None]:
    """Tell the owner that the material, or one slide of it, is outdated."""
    require_id(material_id)
    number = await _text(request, "page")
    page_number = int(number) if number.isascii() and number.isdecimal() else reporting.WHOLE
    new = NewReport(material_id, await _text(request, "reason"), min(page_number, MAX_ID))
    async with services.database.transaction() as connection:
        await reporting.report(connection, caller, new)
    place = f"/s/{page_number}" if page_number else ""
    return redirect(f"/m/{material_id}{place}", Flash.REPORTED)


@post("/m/{material_id:int}/reports/{report_id:int}/resolve", opt=scoped(WRITE), status_code=303)
async def resolve(
    request: WebRequest,
    services: TheServices,
    caller: TheCaller,
    material_id: PathNumber,
    report_id: PathNumber,
) -> Response[None]:
    """Close a report."""
    require_id(material_id)
    require_id(report_id)
    answer = await _text(request, "answer")
    async with services.database.transaction() as connection:
        await reporting.resolve(connection, caller, Target(material_id), report_id, answer)
    return redirect(f"/m/{material_id}/review", Flash.RESOLVED)


async def reports_of(services: Services, principal: Principal, material_id: int) -> list[Report]:
    """Give what was reported of a material that the principal may change."""
    async with services.database.reading() as connection:
        return await reporting.find(connection, principal, material_id)


async def _text(request: WebRequest, name: str) -> str:
    value = (await request.form()).get(name)
    return value.strip() if isinstance(value, str) else ""


def _material_in(given: str) -> int:
    found = _MATERIAL.fullmatch(given)
    if found is None or int(found[1]) > MAX_ID:
        raise InvalidInputError(
            "Give the address of the material's page, or its number.", field="successor"
        )
    return int(found[1])


HANDLERS = (name_successor, confirm, report, resolve)
