"""The review screen: what was read from a file, its metadata, and its way to the reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import get, post
from litestar.response import Response

from search_service.accounts import policy
from search_service.accounts.policy import WRITE
from search_service.catalog import editing, metadata, personas, segments
from search_service.catalog.editing import Target
from search_service.db.enums import MaterialStatus
from search_service.errors import InvalidInputError
from search_service.serving.authentication import caller_of, scoped
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.services import services_of
from search_service.web import proposing, reused
from search_service.web.materials import PathNumber, know, require_id
from search_service.web.rendering import Flash, Page, WebRequest, page, redirect
from search_service.web.views import form, reading, review
from search_service.web.views.form import Sent, Vocabularies
from search_service.web.views.progress import progress_of

_FLASHES: Mapping[MaterialStatus, Flash] = {
    MaterialStatus.DRAFT: Flash.DRAFT,
    MaterialStatus.REVIEW: Flash.SENT_TO_REVIEW,
    MaterialStatus.PUBLISHED: Flash.PUBLISHED,
    MaterialStatus.ARCHIVED: Flash.ARCHIVED,
}


@get("/m/{material_id:int}/review", opt=scoped(WRITE), name="web:review")
async def show_review(request: WebRequest, material_id: PathNumber) -> Page:
    """Show what was read page by page beside the metadata."""
    return await _review_page(request, Shown(material_id))


@post("/m/{material_id:int}/review", opt=scoped(WRITE), status_code=200)
async def save(
    request: WebRequest, services: TheServices, caller: TheCaller, material_id: PathNumber
) -> Response[Any]:
    """Save the metadata that was changed; what was guessed counts as confirmed."""
    require_id(material_id)
    pairs = await _pairs(request)
    sent = form.sent_of(pairs)
    target = Target(material_id, dict(pairs).get("etag") or None)
    try:
        async with services.database.transaction() as connection:
            present = await editing.lock(connection, caller, target)
            changes = form.changes_of(present, sent)
            await editing.update_metadata(connection, caller, target, changes)
    except InvalidInputError as error:
        errors = error.details.get("errors", {"name": error.message})
        return await _review_page(request, Shown(material_id, sent, errors))
    return redirect(f"/m/{material_id}/review", Flash.SAVED)


@post("/m/{material_id:int}/status", opt=scoped(WRITE), status_code=303)
async def move(
    request: WebRequest, services: TheServices, caller: TheCaller, material_id: PathNumber
) -> Response[Any]:
    """Take the material to another status."""
    require_id(material_id)
    given = dict(await _pairs(request))
    try:
        status = metadata.name_of(MaterialStatus, given.get("status", ""))
    except ValueError as error:
        raise InvalidInputError(str(error), field="status") from error
    target = Target(material_id, given.get("etag") or None)
    async with services.database.transaction() as connection:
        await editing.transition(connection, caller, target, status)
    return redirect(f"/m/{material_id}/review", _FLASHES[status])


@post("/m/{material_id:int}/extract", opt=scoped(WRITE), status_code=303)
async def read_again(
    services: TheServices, caller: TheCaller, material_id: PathNumber
) -> Response[Any]:
    """Read the file once more."""
    require_id(material_id)
    await services.intake.extract_again(caller, material_id)
    return redirect(f"/m/{material_id}/review", Flash.READING_AGAIN)


@dataclass(frozen=True, slots=True)
class Shown:
    """Which material, and what was sent of it and is wrong."""

    material_id: int
    sent: Sent | None = None
    errors: Mapping[str, str] | None = None


async def _review_page(request: WebRequest, shown: Shown) -> Page:
    services, caller = services_of(request), caller_of(request)
    known = await know(services, caller, shown.material_id)
    policy.require_edit(caller.principal, known.material.owner_id)
    async with services.database.reading() as connection:
        vocabularies = Vocabularies(
            await personas.find(connection, caller.principal),
            await segments.find(connection, caller.principal),
        )
    head = reading.head_of(known.material, caller.principal)
    return page(
        request,
        "review.html",
        "library",
        400 if shown.errors else 200,
        head=head,
        etag=known.material.etag,
        proposed=await proposing.proposed_for(services, caller.principal, shown.material_id),
        reused=await reused.beside_pages(services, caller.principal, shown.material_id),
        review=review.review_of(known, caller.principal, head.word),
        fields=form.fields_of(known.material, vocabularies, shown.sent, shown.errors),
        progress=progress_of(known.job, known.material.name) if known.job else None,
    )


async def _pairs(request: WebRequest) -> list[tuple[str, str]]:
    items = (await request.form()).multi_items()
    return [(name, value) for name, value in items if isinstance(value, str)]


HANDLERS = (show_review, save, move, read_again)
