"""A material, and its slides at their permanent addresses."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any, TypeAlias

from litestar import get
from litestar.params import PathParameter

from search_service.accounts import policy
from search_service.accounts.caller import Caller
from search_service.accounts.policy import READ
from search_service.catalog import citations, pages, versions
from search_service.catalog import materials as catalog
from search_service.catalog.metadata import MAX_ID
from search_service.catalog.pages import VersionKey
from search_service.errors import NotFoundError
from search_service.ingest import messages
from search_service.ingest.places import present_place
from search_service.jobs import progress
from search_service.serving.authentication import caller_of, scoped
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.page_pictures import is_drawn
from search_service.serving.services import Services, services_of
from search_service.web import reused, suggesting
from search_service.web.opening import Opened, note_opened
from search_service.web.rendering import Page, WebRequest, page
from search_service.web.sending import sending_of
from search_service.web.views import reading
from search_service.web.views.citing import citation_of
from search_service.web.views.reading import Known, MaterialHead
from search_service.web.views.superseded import SupersededView, superseded_of

PathNumber: TypeAlias = Annotated[int, PathParameter()]


@get("/m/{material_id:int}", opt=scoped(READ), name="web:material")
async def show_material(
    request: WebRequest, services: TheServices, caller: TheCaller, material_id: PathNumber
) -> Page:
    """Show what a material is and what its slides are called."""
    known = await know(services, caller, material_id)
    await note_opened(request, services, caller, Opened(material_id))
    return await material_page(request, known)


@dataclass(frozen=True, slots=True)
class WrongSlides:
    """What was asked for as slides, and why it is none."""

    typed: str
    problem: str


async def material_page(
    request: WebRequest, known: Known, wrong: WrongSlides | None = None
) -> Page:
    """Give the page of a material, with `wrong` beside the field that asks for some slides."""
    services, caller = services_of(request), caller_of(request)
    head = reading.head_of(known.material, caller.principal)
    view = reading.material_of(head, known, datetime.now(UTC).date())
    like = await suggesting.like_material(services, caller.principal, known.material)
    send = await sending_of(services, caller, known.material)
    if wrong is not None:
        send = replace(send, typed=wrong.typed, wrong=wrong.problem)
    return page(
        request,
        "material.html",
        "",
        400 if wrong else 200,
        head=head,
        view=view,
        like=like,
        send=send,
        successor=known.material.successor,
    )


@get("/m/{material_id:int}/s/{number:int}", opt=scoped(READ), name="web:slide")
async def show_slide(
    request: WebRequest,
    services: TheServices,
    caller: TheCaller,
    material_id: PathNumber,
    number: PathNumber,
) -> Page:
    """Show what stands on a slide; `v` is the version in which a link saw it.

    Of an older version it says that it was superseded, and where the slide stands now.
    """
    require_id(material_id)
    require_id(number)
    seen = request.query_params.get("v", "")
    older = await _superseded(services, caller, VersionKey(material_id, ordinal_of(seen)), number)
    if older is not None:
        return page(request, "superseded.html", "", head=older.head, view=older.view)
    async with services.database.reading() as connection:
        material = await catalog.get(connection, caller.principal, material_id)
        version = VersionKey(material_id, material.current_version)
        found = await pages.get(connection, caller.principal, version, number)
        cited = await citations.of_page(connection, caller.principal, material_id, number)
    await note_opened(request, services, caller, Opened(material_id, number))
    head = reading.head_of(material, caller.principal)
    drawn = await is_drawn(services, material.content_hash, number)
    view = reading.slide_of(head, found, services.settings.public_url)
    notice = reading.version_notice(seen, head)
    places = await reused.beside_page(services, caller.principal, material_id, number)
    like = await suggesting.like_page(services, caller.principal, material, number)
    send = await sending_of(services, caller, material, found)
    beside: dict[str, Any] = {"places": places, "like": like, "drawn": drawn, "send": send}
    beside["citation"] = citation_of(head, view, cited, services.settings.public_url)
    beside["successor"] = material.successor
    return page(request, "slide.html", "", 200, head=head, view=view, notice=notice, **beside)


@dataclass(frozen=True, slots=True)
class _Older:
    head: MaterialHead
    view: SupersededView


async def _superseded(
    services: Services, caller: Caller, seen: VersionKey, number: int
) -> _Older | None:
    """What to say of a slide of an older version; None where the version is no older one."""
    if not seen.ordinal:
        return None
    async with services.database.reading() as connection:
        material = await catalog.get(connection, caller.principal, seen.material_id)
        if seen.ordinal >= material.current_version:
            return None
        old = await versions.read(connection, seen.material_id, seen.ordinal)
        if old is None:
            return None
        place = await present_place(connection, seen, number, material.current_version)
    head = reading.head_of(material, caller.principal)
    return _Older(head, superseded_of(head, old, number, place))


def ordinal_of(given: str) -> int:
    """Give a version as an address has it; 0 for what is none."""
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0


async def know(services: Services, caller: Caller, material_id: int) -> Known:
    """Read everything about a material that its pages show. Raises NotFoundError."""
    require_id(material_id)
    async with services.database.reading() as connection:
        material = await catalog.get(connection, caller.principal, material_id)
        version = await versions.get(connection, caller.principal, material_id)
        found = await pages.find(connection, caller.principal, material_id)
        editor = policy.may_edit(caller.principal, material.owner_id)
        job = await progress.latest(connection, material_id) if editor else None
    refused = version.extraction_status == "refused" and not found
    unread = messages.refusal(version.extraction_code) if refused else ""
    return Known(material, found, version.receipt, job, unread)


def require_id(number: int) -> None:
    """Raise NotFoundError for a number that can be no id."""
    if not 0 < number <= MAX_ID:
        raise NotFoundError("There is no such material, or you may not see it.")


HANDLERS = (show_material, show_slide)
