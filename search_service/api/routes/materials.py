"""Materials: listed, read, changed, moved to another status, deleted."""

from typing import Annotated, Any

from litestar import Request, Response, Router, delete, get, patch, post
from litestar.params import HeaderParameter, JSONBody
from msgspec import UNSET, convert, structs

from search_service.accounts import policy
from search_service.accounts.caller import Caller
from search_service.accounts.sending import Shareable
from search_service.api import links
from search_service.api.routes.paths import PathId
from search_service.api.schemas.materials import (
    CompletenessCheck,
    HealthCheck,
    Material,
    MaterialChanges,
    MaterialHealth,
    MaterialQuery,
    Materials,
    Reference,
    StatusChange,
)
from search_service.api.schemas.sharing import shareable_of
from search_service.api.validation import query_opt, read_query
from search_service.catalog import attention, completeness, editing, health, materials, sharing
from search_service.catalog.editing import Target
from search_service.catalog.materials import MaterialFilter, MaterialRecord, Paging
from search_service.db.enums import MaterialStatus
from search_service.serving import etag
from search_service.serving.authentication import scoped
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.services import Services

IfMatch = Annotated[
    str | None,
    HeaderParameter(name="If-Match", description="The ETag that the change is based on, or *."),
]
IfNoneMatch = Annotated[str | None, HeaderParameter(name="If-None-Match")]
_COMPUTED = frozenset(
    {
        "url",
        "personas",
        "segments",
        "successor",
        "can_edit",
        "review_reasons",
        "next_statuses",
        "shareable",
    }
)
READ, WRITE = scoped(policy.READ), scoped(policy.WRITE)


@get("/materials", opt=READ | query_opt(MaterialQuery))
async def list_materials(
    request: Request[Any, Any, Any], services: TheServices, caller: TheCaller
) -> Materials:
    """List the materials that the caller may see."""
    query = read_query(request, MaterialQuery)
    wanted = _filter(query, caller)
    async with services.database.reading() as connection:
        found = await materials.find(
            connection, caller.principal, wanted, Paging(query.sort, query.limit, query.cursor)
        )
        total = await materials.count(connection, caller.principal, wanted)
        ids = [record.id for record in found.items]
        known = await sharing.look(connection, caller.principal, ids)
    items = tuple(
        shown(services, caller, record, known.of_material(record.id)) for record in found.items
    )
    return Materials(items, total, found.next_cursor)


@get("/materials/{material_id:int}", opt=READ)
async def get_material(
    services: TheServices, caller: TheCaller, material_id: PathId, if_none_match: IfNoneMatch = None
) -> Response[Material | None]:
    """Give one material; its ETag changes with it."""
    async with services.database.reading() as connection:
        record = await materials.get(connection, caller.principal, material_id)
        found = await sendable(connection, caller, record)
    state = _state(record, found)
    if etag.is_unchanged(if_none_match, state["ETag"]):
        return Response(None, status_code=304, headers=state)
    return answer_with(services, caller, record, found)


@patch("/materials/{material_id:int}", opt=WRITE)
async def change_material(
    services: TheServices,
    caller: TheCaller,
    material_id: PathId,
    data: JSONBody[MaterialChanges],
    if_match: IfMatch = None,
) -> Response[Material | None]:
    """Change metadata; If-Match names the state that the change is based on."""
    target = Target(material_id, etag.expected(if_match))
    changes = {name: value for name, value in structs.asdict(data).items() if value is not UNSET}
    async with services.database.transaction() as connection:
        record = await editing.update_metadata(connection, caller, target, changes)
        found = await sendable(connection, caller, record)
    return answer_with(services, caller, record, found)


@post("/materials/{material_id:int}/status", status_code=200, opt=WRITE)
async def change_status(
    services: TheServices,
    caller: TheCaller,
    material_id: PathId,
    data: JSONBody[StatusChange],
    if_match: IfMatch = None,
) -> Response[Material | None]:
    """Move a material to another status; If-Match is welcome, not needed."""
    target = Target(material_id, etag.expected(if_match) if if_match else None)
    async with services.database.transaction() as connection:
        if data.override and data.status is MaterialStatus.PUBLISHED:
            record = await editing.publish_despite_warnings(connection, caller, target)
        else:
            record = await editing.transition(connection, caller, target, data.status)
        found = await sendable(connection, caller, record)
    return answer_with(services, caller, record, found)


@delete("/materials/{material_id:int}", opt=WRITE)
async def delete_material(
    services: TheServices, caller: TheCaller, material_id: PathId, if_match: IfMatch = None
) -> None:
    """Hide a material from everybody at once."""
    target = Target(material_id, etag.expected(if_match) if if_match else None)
    async with services.database.transaction() as connection:
        await editing.delete(connection, caller, target)


@get("/materials/{material_id:int}/health", opt=READ)
async def get_health(
    services: TheServices, caller: TheCaller, material_id: PathId
) -> MaterialHealth:
    """Give the scores with their reasons, and how health went."""
    async with services.database.reading() as connection:
        record = await materials.get(connection, caller.principal, material_id)
        history = await health.history(connection, caller.principal, material_id)
        assessed = await completeness.history(connection, caller.principal, material_id)
    return MaterialHealth(
        health_score=record.health_score,
        health_reasons=record.health_reasons,
        completeness_score=record.completeness_score,
        completeness_reasons=record.completeness_reasons,
        history=tuple(convert(row, HealthCheck, from_attributes=True) for row in history),
        completeness_history=tuple(
            convert(row, CompletenessCheck, from_attributes=True) for row in assessed
        ),
    )


def shown(services: Services, caller: Caller, record: MaterialRecord, found: Shareable) -> Material:
    """Give a material as this caller sees it."""
    can_edit = policy.may_edit(caller.principal, record.owner_id)
    own = {
        name: getattr(record, name) for name in Material.__struct_fields__ if name not in _COMPUTED
    }
    return Material(
        **own,
        url=links.material(services.settings, record.id),
        personas=tuple(Reference(item.id, item.name) for item in record.personas),
        segments=tuple(Reference(item.id, item.name) for item in record.segments),
        successor=Reference(record.successor.id, record.successor.name)
        if record.successor
        else None,
        can_edit=can_edit,
        review_reasons=record.review_reasons if can_edit else (),
        next_statuses=tuple(sorted(policy.transitions_from(record.status))) if can_edit else (),
        shareable=shareable_of(found),
    )


async def sendable(connection: Any, caller: Caller, record: MaterialRecord) -> Shareable:
    """Say whether a material may be sent, in the transaction that read it."""
    found = await sharing.look(connection, caller.principal, [record.id])
    return found.of_material(record.id)


def answer_with(
    services: Services, caller: Caller, record: MaterialRecord, found: Shareable
) -> Response[Material | None]:
    """Answer with a material and its state."""
    return Response(shown(services, caller, record, found), headers=_state(record, found))


def _state(record: MaterialRecord, found: Shareable) -> dict[str, str]:
    return {"ETag": etag.shown_with(record.etag, found), "Cache-Control": "private, no-cache"}


def _filter(query: MaterialQuery, caller: Caller) -> MaterialFilter:
    principal, owners = caller.principal, tuple(query.owner)
    asks = query.needs_review is not None or query.ready is not None or query.review_reason
    if asks and not policy.is_admin(principal):
        owners = attention.owners_of(principal, everybody=False)
    return MaterialFilter(
        statuses=tuple(query.status),
        material_types=tuple(query.type),
        audiences=tuple(query.audience),
        universes=tuple(query.universe),
        products=tuple(query.product),
        languages=tuple(query.language),
        tags=tuple(query.tag),
        persona_ids=tuple(query.persona),
        segment_ids=tuple(query.segment),
        owner_ids=owners,
        name_contains=query.name,
        review_before=query.review_before,
        guessed=query.guessed,
        needs_review=query.needs_review,
        review_reasons=tuple(query.review_reason),
        ready=query.ready,
    )


ROUTER = Router(
    "/",
    route_handlers=[
        list_materials, get_material, change_material, change_status, delete_material, get_health,
    ],
    tags=["Materials"],
)  # fmt: skip
