"""What product marketing decides about a reading: corrections, warnings, acceptance."""

from litestar import Response, Router, delete, get, patch, post
from litestar.params import JSONBody
from msgspec import UNSET, structs

from search_service.api.routes.materials import READ, WRITE, IfMatch
from search_service.api.routes.pages import PageView, shown
from search_service.api.routes.paths import PathId, PathLongId, PathNumber
from search_service.api.schemas.materials import Page
from search_service.api.schemas.reviews import (
    Acceptance,
    Acknowledgement,
    Correction,
    Corrections,
    ExtractedTexts,
    PageChanges,
    Review,
    ReviewWarning,
)
from search_service.catalog import reviewing, sharing
from search_service.catalog.editing import Target
from search_service.catalog.pages import PageRecord
from search_service.catalog.reviewing import RestingBeside, WhichWarnings
from search_service.catalog.warnings import ReceiptWarning
from search_service.ingest import correcting
from search_service.ingest.correcting import PageTarget
from search_service.serving import etag
from search_service.serving.dependencies import TheCaller, TheServices


@patch("/materials/{material_id:int}/pages/{page_number:int}", opt=WRITE)
async def correct_page(
    services: TheServices,
    caller: TheCaller,
    material_id: PathId,
    page_number: PathNumber,
    data: JSONBody[PageChanges],
    if_match: IfMatch = None,
) -> Response[Page]:
    """Correct a page of the present version; If-Match names the page's state."""
    target = PageTarget(material_id, page_number, etag.expected(if_match))
    changes = {name: value for name, value in structs.asdict(data).items() if value is not UNSET}
    async with services.database.transaction() as connection:
        reviewed = await correcting.correct(connection, caller, target, changes)
        known = await sharing.look(connection, caller.principal, [material_id])
    page = shown(services, PageView(material_id, may_edit=True, sharing=known), reviewed)
    return Response(page, headers={"ETag": reviewed.etag, "Cache-Control": "private, no-cache"})


@get("/materials/{material_id:int}/corrections", opt=READ)
async def list_corrections(
    services: TheServices, caller: TheCaller, material_id: PathId
) -> Corrections:
    """List the corrections of a material, those too that no longer fit, with both texts."""
    async with services.database.reading() as connection:
        found = await reviewing.find_corrections(connection, caller.principal, material_id)
    return Corrections(tuple(_correction(item) for item in found))


@delete("/materials/{material_id:int}/corrections/{correction_id:int}", opt=WRITE)
async def undo_correction(
    services: TheServices,
    caller: TheCaller,
    material_id: PathId,
    correction_id: PathLongId,
    if_match: IfMatch = None,
) -> None:
    """Undo a correction: its page is found as it was extracted; If-Match is the material's."""
    target = Target(material_id, etag.expected(if_match) if if_match else None)
    async with services.database.transaction() as connection:
        await correcting.undo(connection, caller, target, correction_id)


@get("/materials/{material_id:int}/review", opt=READ)
async def get_review(services: TheServices, caller: TheCaller, material_id: PathId) -> Review:
    """Give the warnings of the present version and whether somebody has accepted it."""
    async with services.database.reading() as connection:
        return _review(await reviewing.get(connection, caller.principal, material_id))


@post("/materials/{material_id:int}/review", status_code=200, opt=WRITE)
async def accept(
    services: TheServices,
    caller: TheCaller,
    material_id: PathId,
    data: JSONBody[Acceptance],
    if_match: IfMatch = None,
) -> Review:
    """Mark what was read of the present version as reviewed; no serious warning may be open."""
    target = Target(material_id, etag.expected(if_match) if if_match else None)
    async with services.database.transaction() as connection:
        return _review(await reviewing.accept(connection, caller, target, data.version))


@post("/materials/{material_id:int}/review/acknowledgements", status_code=200, opt=WRITE)
async def acknowledge(
    services: TheServices,
    caller: TheCaller,
    material_id: PathId,
    data: JSONBody[Acknowledgement],
    if_match: IfMatch = None,
) -> Review:
    """Let open warnings be, after a look at them; a newer file is looked at anew."""
    target = Target(material_id, etag.expected(if_match) if if_match else None)
    which = WhichWarnings(data.code, data.page_number)
    async with services.database.transaction() as connection:
        return _review(await reviewing.acknowledge(connection, caller, target, which))


def _review(review: reviewing.Review) -> Review:
    accepted = review.accepted
    return Review(
        material_id=review.material.id,
        version=review.material.current_version,
        accepted_by=accepted.by if accepted else None,
        accepted_at=accepted.at if accepted else None,
        publishable=review.is_publishable,
        reasons=review.material.review_reasons,
        warnings=tuple(_warning(each) for each in review.warnings),
        unfitting_corrections=len(review.unfitting),
    )


def _warning(warning: ReceiptWarning) -> ReviewWarning:
    acknowledged = warning.acknowledgement
    return ReviewWarning(
        page_number=warning.page_number,
        code=warning.code,
        detail=warning.detail,
        serious=warning.is_serious,
        why=warning.why,
        state=warning.state,
        acknowledged_by=acknowledged.by if acknowledged else None,
        acknowledged_at=acknowledged.at if acknowledged else None,
    )


def _correction(item: RestingBeside) -> Correction:
    known = item.correction
    return Correction(
        id=known.id,
        page_number=known.page_number,
        fits=known.fits,
        title=known.title,
        body=known.body,
        notes=known.notes,
        hidden_from_search=known.hidden,
        extracted=ExtractedTexts(
            known.extracted_title, known.extracted_body, known.extracted_notes
        ),
        present=_texts(item.page) if item.page else None,
        created_at=known.created_at,
        updated_at=known.updated_at,
    )


def _texts(page: PageRecord) -> ExtractedTexts:
    return ExtractedTexts(page.title, page.body, page.notes)


ROUTER = Router(
    "/",
    route_handlers=[
        correct_page, list_corrections, undo_correction, get_review, accept, acknowledge,
    ],
    tags=["Review"],
)  # fmt: skip
