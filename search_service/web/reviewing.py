"""The review screen: what was read from a file, its metadata, and its way to the reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from litestar import get, post
from litestar.response import Response

from search_service.accounts import policy
from search_service.accounts.policy import WRITE
from search_service.catalog import (
    completeness,
    editing,
    health,
    metadata,
    pages,
    personas,
    reviewing,
    segments,
)
from search_service.catalog.editing import Target
from search_service.db.enums import MaterialStatus, ReviewReason
from search_service.errors import InvalidInputError, OpenSeriousWarningsError
from search_service.serving.authentication import caller_of, scoped
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.services import services_of
from search_service.web import lifecycle, proposing, reused
from search_service.web.materials import PathNumber, know, require_id
from search_service.web.rendering import Flash, Page, WebRequest, page, redirect
from search_service.web.views import decisions, form, reading, review
from search_service.web.views.decisions import PageForm
from search_service.web.views.form import Sent, Vocabularies
from search_service.web.views.progress import progress_of
from search_service.web.views.scores import scores_of

_FLASHES: Mapping[MaterialStatus, Flash] = {
    MaterialStatus.DRAFT: Flash.DRAFT,
    MaterialStatus.REVIEW: Flash.SENT_TO_REVIEW,
    MaterialStatus.PUBLISHED: Flash.PUBLISHED,
    MaterialStatus.ARCHIVED: Flash.ARCHIVED,
}


@get("/m/{material_id:int}/review", opt=scoped(WRITE), name="web:review")
async def show_review(request: WebRequest, material_id: PathNumber) -> Page:
    """Show what was read page by page beside the metadata."""
    return await review_page(request, Shown(material_id))


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
        return await review_page(request, Shown(material_id, sent, errors))
    return redirect(f"/m/{material_id}/review", Flash.SAVED)


@post("/m/{material_id:int}/status", opt=scoped(WRITE), status_code=200)
async def move(
    request: WebRequest, services: TheServices, caller: TheCaller, material_id: PathNumber
) -> Response[Any]:
    """Take the material to another status."""
    require_id(material_id)
    given = await fields_of(request)
    try:
        status = metadata.name_of(MaterialStatus, given.get("status", ""))
    except ValueError as error:
        raise InvalidInputError(str(error), field="status") from error
    target = Target(material_id, given.get("etag") or None)
    publish_anyway = status is MaterialStatus.PUBLISHED and given.get("override") == "true"
    move_on = partial(editing.transition, new=status)
    act = editing.publish_despite_warnings if publish_anyway else move_on
    try:
        async with services.database.transaction() as connection:
            await act(connection, caller, target)
    except OpenSeriousWarningsError as error:
        shown = Shown(material_id, refusal=error.message, status_code=409)
        return await review_page(request, shown)
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
    """Which material, what was sent of it and is wrong, and why it was refused."""

    material_id: int
    sent: Sent | None = None
    errors: Mapping[str, str] | None = None
    form: PageForm | None = None
    refusal: str = ""
    status_code: int = 200


async def review_page(request: WebRequest, shown: Shown) -> Page:
    """Give the whole review of a material."""
    services, caller = services_of(request), caller_of(request)
    known = await know(services, caller, shown.material_id)
    policy.require_edit(caller.principal, known.material.owner_id)
    material_id = known.material.id
    async with services.database.reading() as connection:
        vocabularies = Vocabularies(
            await personas.find(connection, caller.principal),
            await segments.find(connection, caller.principal),
        )
        decided = await reviewing.get(connection, caller.principal, material_id)
        found = await pages.find_reviewed(connection, caller.principal, material_id)
        assessed = await completeness.history(connection, caller.principal, material_id)
        checked = await health.history(connection, caller.principal, material_id)
    wanted = shown.form or decisions.form_of(found, request.query_params.get("edit", ""))
    head = reading.head_of(known.material, caller.principal)
    return page(
        request,
        "review.html",
        "library",
        400 if shown.errors else shown.status_code,
        head=head,
        etag=known.material.etag,
        proposed=await proposing.proposed_for(services, caller.principal, shown.material_id),
        reports=await lifecycle.reports_of(services, caller.principal, shown.material_id),
        successor=known.material.successor,
        review_due=known.material.review_by
        if ReviewReason.REVIEW_DUE in known.material.review_reasons
        else None,
        reused=await reused.beside_pages(services, caller.principal, shown.material_id),
        review=review.review_of(known, caller.principal, head.word),
        decisions=decisions.decisions_of(decided, found, wanted, shown.refusal),
        scores=scores_of(known.material, assessed, checked),
        fields=form.fields_of(known.material, vocabularies, shown.sent, shown.errors),
        progress=progress_of(known.job, known.material.name) if known.job else None,
    )


async def fields_of(request: WebRequest) -> dict[str, str]:
    """Give the texts of a form by their names."""
    return dict(await _pairs(request))


async def _pairs(request: WebRequest) -> list[tuple[str, str]]:
    items = (await request.form()).multi_items()
    return [(name, value) for name, value in items if isinstance(value, str)]


HANDLERS = (show_review, save, move, read_again)
