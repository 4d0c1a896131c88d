"""Decisions on the review page: a page corrected, hidden, undone; warnings; acceptance."""

from collections.abc import Mapping
from typing import Any

from litestar import post
from litestar.response import Response

from search_service.accounts.policy import WRITE
from search_service.catalog import reviewing
from search_service.catalog.editing import Target
from search_service.catalog.reviewing import WhichWarnings
from search_service.errors import InvalidInputError, PreconditionFailedError
from search_service.ingest import correcting
from search_service.ingest.correcting import HIDDEN, PageTarget
from search_service.serving.authentication import scoped
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.web.materials import PathNumber, require_id
from search_service.web.rendering import Flash, WebRequest, redirect
from search_service.web.reviewing import Shown, fields_of, review_page
from search_service.web.views.decisions import PageForm


@post("/m/{material_id:int}/review/pages/{number:int}", opt=scoped(WRITE), status_code=200)
async def correct(
    request: WebRequest,
    services: TheServices,
    caller: TheCaller,
    material_id: PathNumber,
    number: PathNumber,
) -> Response[Any]:
    """Correct what was read from a page; what somebody typed is never lost to a conflict."""
    require_id(material_id)
    require_id(number)
    sent = await fields_of(request)
    texts = {name: sent.get(name, "") for name in ("title", "body", "notes")}
    target = PageTarget(material_id, number, sent.get("etag") or None)
    try:
        async with services.database.transaction() as connection:
            await correcting.correct(connection, caller, target, texts)
    except PreconditionFailedError as error:
        problem = (
            "Somebody else changed this page since you opened it. Your text stands below; saving "
            "it again replaces theirs."
        )
        form = PageForm(number, error.details.get("etag", ""), **texts, problem=problem)
        return await review_page(request, Shown(material_id, form=form, status_code=412))
    except InvalidInputError as error:
        form = PageForm(number, sent.get("etag", ""), **texts, problem=error.message)
        return await review_page(request, Shown(material_id, form=form, status_code=400))
    return _back(material_id, number, Flash.CORRECTED)


@post("/m/{material_id:int}/review/pages/{number:int}/search", opt=scoped(WRITE), status_code=303)
async def hide(
    request: WebRequest,
    services: TheServices,
    caller: TheCaller,
    material_id: PathNumber,
    number: PathNumber,
) -> Response[Any]:
    """Take a page out of search, or put it back."""
    require_id(material_id)
    require_id(number)
    hidden = (await fields_of(request)).get("hidden") == "true"
    async with services.database.transaction() as connection:
        target = PageTarget(material_id, number)
        await correcting.correct(connection, caller, target, {HIDDEN: hidden})
    return _back(material_id, number, Flash.PAGE_HIDDEN if hidden else Flash.PAGE_SHOWN)


@post(
    "/m/{material_id:int}/review/corrections/{correction_id:int}/undo",
    opt=scoped(WRITE),
    status_code=303,
)
async def undo(
    request: WebRequest,
    services: TheServices,
    caller: TheCaller,
    material_id: PathNumber,
    correction_id: PathNumber,
) -> Response[Any]:
    """Take a correction back."""
    require_id(material_id)
    require_id(correction_id)
    page = _number(await fields_of(request), "page")
    async with services.database.transaction() as connection:
        await correcting.undo(connection, caller, Target(material_id), correction_id)
    return _back(material_id, page, Flash.UNDONE)


@post("/m/{material_id:int}/review/warnings", opt=scoped(WRITE), status_code=303)
async def acknowledge(
    request: WebRequest, services: TheServices, caller: TheCaller, material_id: PathNumber
) -> Response[Any]:
    """Let a warning be; without a page all of its kind."""
    require_id(material_id)
    sent = await fields_of(request)
    which = WhichWarnings(sent.get("code", ""), _number(sent, "page"))
    async with services.database.transaction() as connection:
        await reviewing.acknowledge(connection, caller, Target(material_id), which)
    return redirect(f"/m/{material_id}/review#warnings", Flash.ACKNOWLEDGED)


@post("/m/{material_id:int}/review/accept", opt=scoped(WRITE), status_code=303)
async def accept(
    request: WebRequest, services: TheServices, caller: TheCaller, material_id: PathNumber
) -> Response[Any]:
    """Mark what was read as reviewed."""
    require_id(material_id)
    version = _number(await fields_of(request), "version") or 0
    async with services.database.transaction() as connection:
        await reviewing.accept(connection, caller, Target(material_id), version)
    return redirect(f"/m/{material_id}/review", Flash.ACCEPTED)


def _back(material_id: int, page: int | None, flash: Flash) -> Response[Any]:
    place = f"#page-{page}" if page else ""
    return redirect(f"/m/{material_id}/review{place}", flash)


def _number(sent: Mapping[str, str], name: str) -> int | None:
    """A number of a form, 0 being the file as a whole; None where it is left out."""
    given = sent.get(name, "")
    if not given:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) < 10):
        raise InvalidInputError(f"{name} is a number.", field=name)
    return int(given)


HANDLERS = (correct, hide, undo, acknowledge, accept)
