"""Changes of a material: made, edited, moved to another status, deleted.

Each is one deed of one caller: checked against the policy, written, brought into the index and
noted in the audit log, all in the transaction that the caller of this module owns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import policy
from search_service.accounts.caller import Caller
from search_service.audit.entries import Entry, record
from search_service.catalog import materials, retired, scores, staleness, warnings
from search_service.catalog.materials import MaterialRecord
from search_service.catalog.metadata import DETAIL_FIELDS, LINK_FIELDS, validated
from search_service.catalog.refresh import schedule_statistics
from search_service.catalog.stamps import touch
from search_service.db.enums import MaterialAudience, MaterialStatus, MaterialType
from search_service.db.tables import (
    Material,
    MaterialDetails,
    MaterialPersona,
    MaterialSegment,
    Persona,
    Segment,
    User,
)
from search_service.embedding import store as embeddings
from search_service.errors import (
    InvalidInputError,
    MaterialExpiredError,
    MaterialReplacedError,
    PreconditionFailedError,
)
from search_service.index import writer
from search_service.jobs import progress
from search_service.jobs.queue import NewJob, enqueue

REVIEW_AFTER = timedelta(days=180)
RETIRE = "retire"

_materials: Any = Material.__table__
_details: Any = MaterialDetails.__table__
_LINKS: Mapping[str, tuple[Any, Any, str]] = {
    "persona_ids": (MaterialPersona, Persona, "persona_id"),
    "segment_ids": (MaterialSegment, Segment, "segment_id"),
}


@dataclass(frozen=True, slots=True)
class Target:
    """The material to change, and the state that the change was based on (None: whatever it is)."""

    material_id: int
    expected_etag: str | None = None


@dataclass(frozen=True, slots=True)
class NewMaterial:
    """What a material begins as; `metadata` holds the fields that somebody stated."""

    name: str
    material_type: MaterialType
    metadata: Mapping[str, Any] = field(default_factory=dict)
    audience: MaterialAudience = MaterialAudience.INTERNAL
    guessed_fields: tuple[str, ...] = ()


async def create(connection: AsyncConnection, caller: Caller, new: NewMaterial) -> int:
    """Make a draft that the caller owns; give its id. The first version is written apart.

    Raises ForbiddenError and InvalidInputError.
    """
    policy.require_upload(caller.principal)
    stated = validated(new.metadata)
    await _check_references(connection, caller, stated, None)
    columns = {
        "owner_id": caller.principal.user_id,
        "name": new.name,
        "material_type": new.material_type,
        "audience": new.audience,
        **_columns_of(stated),
    }
    statement = insert(_materials).values(status=MaterialStatus.DRAFT, **columns)
    material_id = int((await connection.execute(statement.returning(_materials.c.id))).scalar_one())
    await connection.execute(
        insert(_details).values(
            material_id=material_id,
            edited_fields=sorted(stated),
            guessed_fields=[name for name in new.guessed_fields if name not in stated],
            **{name: value for name, value in stated.items() if name in DETAIL_FIELDS},
        )
    )
    await _write_links(connection, material_id, stated)
    await _note(connection, caller, _Deed("create", material_id, after=columns))
    return material_id


async def update_metadata(
    connection: AsyncConnection, caller: Caller, target: Target, changes: Mapping[str, Any]
) -> MaterialRecord:
    """Change the named fields; they count as edited and are never overwritten by extraction.

    Where all of it is so already nothing is written, and nothing noted.
    Raises NotFoundError, ForbiddenError, InvalidInputError, and PreconditionFailedError where the
    material is no longer in the expected state.
    """
    before = await lock(connection, caller, target)
    values = validated(changes)
    await _check_references(connection, caller, values, before)
    changed = {name: value for name, value in values.items() if value != _present(before, name)}
    edited = sorted({*before.edited_fields, *values})
    guessed = [name for name in before.guessed_fields if name not in values]
    is_noted = edited == sorted(before.edited_fields) and guessed == list(before.guessed_fields)
    if is_noted and not changed:
        return before
    await touch(connection, before.id, _columns_of(changed))
    await _set_details(
        connection,
        before.id,
        edited_fields=edited,
        guessed_fields=guessed,
        **{name: value for name, value in changed.items() if name in DETAIL_FIELDS},
    )
    await _write_links(connection, before.id, changed)
    await writer.refresh_metadata(connection, before.id)
    await scores.refresh(connection, before.id)
    await schedule_statistics(connection)
    await _schedule_retirement(connection, before, changed)
    old = {name: _present(before, name) for name in changed}
    await _note(connection, caller, _Deed("update", before.id, old, changed))
    return await materials.get(connection, caller.principal, before.id)


async def _schedule_retirement(
    connection: AsyncConnection, before: MaterialRecord, changed: Mapping[str, Any]
) -> None:
    """A date that has come takes a published material out of use at once, not within the hour."""
    expires_on = changed.get("expires_on")
    published = before.status is MaterialStatus.PUBLISHED
    if published and expires_on is not None and expires_on <= datetime.now(UTC).date():
        await enqueue(connection, NewJob(RETIRE, dedupe_key=RETIRE))


async def transition(
    connection: AsyncConnection, caller: Caller, target: Target, new: MaterialStatus
) -> MaterialRecord:
    """Move a material to another status; publishing sets `published_at` and a review date.

    Raises NotFoundError, ForbiddenError, ConflictError for a step that does not exist,
    OpenSeriousWarningsError for publishing over one, MaterialExpiredError and
    MaterialReplacedError for publishing what is out of use, and PreconditionFailedError.
    """
    before = await _lock_for(connection, caller, target, new)
    if new is MaterialStatus.PUBLISHED:
        await require_in_use(connection, before)
        await warnings.require_publishable(connection, before)
    return await _move(connection, caller, before, {"status": new})


async def publish_despite_warnings(
    connection: AsyncConnection, caller: Caller, target: Target
) -> MaterialRecord:
    """Publish a material whatever its receipt says; the audit log names what was open.

    Raises what `transition` raises but OpenSeriousWarningsError.
    """
    before = await _lock_for(connection, caller, target, MaterialStatus.PUBLISHED)
    await require_in_use(connection, before)
    blocking = await warnings.open_serious(connection, before)
    after: dict[str, Any] = {"status": MaterialStatus.PUBLISHED}
    if blocking:
        overridden = [f"{each.page_number}:{each.code}" for each in blocking]
        after |= {"override": True, "open_warnings": overridden}
    return await _move(connection, caller, before, after)


async def retire(
    connection: AsyncConnection, caller: Caller, target: Target, cause: Mapping[str, Any]
) -> MaterialRecord:
    """Archive a published material; `cause` goes into the audit log.

    Raises what `transition` raises.
    """
    before = await _lock_for(connection, caller, target, MaterialStatus.ARCHIVED)
    return await _move(connection, caller, before, {"status": MaterialStatus.ARCHIVED, **cause})


async def require_in_use(connection: AsyncConnection, material: MaterialRecord) -> None:
    """Raise MaterialExpiredError or MaterialReplacedError for a material that is out of use."""
    if await retired.is_replaced(connection, material.id):
        raise MaterialReplacedError(
            "It is replaced by a published material; take its successor back, then publish it."
        )
    if material.expires_on is not None and material.expires_on <= datetime.now(UTC).date():
        raise MaterialExpiredError(
            f"It expired on {material.expires_on}; set a later expiry date, or none, then publish "
            "it.",
            expires_on=material.expires_on.isoformat(),
        )


async def _lock_for(
    connection: AsyncConnection, caller: Caller, target: Target, new: MaterialStatus
) -> MaterialRecord:
    before = await lock(connection, caller, target)
    policy.require_transition(caller.principal, before.owner_id, before.status, new)
    return before


async def _move(
    connection: AsyncConnection, caller: Caller, before: MaterialRecord, after: Mapping[str, Any]
) -> MaterialRecord:
    """Write the new status; `after` is what the audit log says of it."""
    new = after["status"]
    await touch(connection, before.id, {"status": new})
    dates = _publication(before) if new is MaterialStatus.PUBLISHED else {}
    archived_at = func.now() if new is MaterialStatus.ARCHIVED else None
    await _set_details(connection, before.id, archived_at=archived_at, **dates)
    if new is MaterialStatus.PUBLISHED and await retired.replaces_some(connection, before.id):
        await enqueue(connection, NewJob(RETIRE, dedupe_key=f"{RETIRE}:{before.id}"))
    await writer.refresh_metadata(connection, before.id)
    await scores.refresh(connection, before.id)
    await staleness.announce_material(connection, before.id)
    await schedule_statistics(connection)
    old = {"status": before.status}
    await _note(connection, caller, _Deed("transition", before.id, old, after))
    return await materials.get(connection, caller.principal, before.id)


async def advance(
    connection: AsyncConnection, caller: Caller, target: Target, wanted: MaterialStatus
) -> MaterialRecord:
    """Move a material to a status by as many steps as it takes. Raises what `transition` raises.

    What only passes PUBLISHED on its way is never seen there, so its warnings may be open.
    """
    present = await lock(connection, caller, target)
    for step in _steps(present.status, wanted):
        if step is wanted:
            present = await transition(connection, caller, Target(present.id), step)
        else:
            passing = await _lock_for(connection, caller, Target(present.id), step)
            present = await _move(connection, caller, passing, {"status": step})
    return present


async def delete(connection: AsyncConnection, caller: Caller, target: Target) -> None:
    """Hide a material from everybody at once; its rows and files stay.

    Raises NotFoundError, ForbiddenError and PreconditionFailedError.
    """
    before = await lock(connection, caller, target)
    policy.require_delete(caller.principal, before.owner_id)
    await touch(connection, before.id, {})
    await _set_details(connection, before.id, deleted_at=func.now())
    await writer.remove_material(connection, before.id)
    await embeddings.remove(connection, before.id)
    await progress.cancel_open(connection, before.id)
    await staleness.announce_material(connection, before.id)
    await schedule_statistics(connection)
    await _note(connection, caller, _Deed("delete", before.id, {"name": before.name}))


async def lock(connection: AsyncConnection, caller: Caller, target: Target) -> MaterialRecord:
    """Give the material as it stands, and keep others from changing it until the transaction ends.

    Raises NotFoundError, ForbiddenError and PreconditionFailedError.
    """
    rows = select(_materials.c.id).where(_materials.c.id == target.material_id)
    await connection.execute(rows.with_for_update())
    return await require_editable(connection, caller, target)


async def require_editable(
    connection: AsyncConnection, caller: Caller, target: Target
) -> MaterialRecord:
    """Give the material if the caller may change it now. Raises what `lock` raises."""
    present = await materials.get(connection, caller.principal, target.material_id)
    policy.require_edit(caller.principal, present.owner_id)
    if target.expected_etag not in {None, present.etag}:
        raise PreconditionFailedError(
            "The material has changed since you read it; read it again and repeat your change.",
            etag=present.etag,
        )
    return present


async def _check_references(
    connection: AsyncConnection,
    caller: Caller,
    values: Mapping[str, Any],
    before: MaterialRecord | None,
) -> None:
    errors: dict[str, str] = {}
    for name, (_, table, _) in _LINKS.items():
        unknown = await _unknown(connection, table, values.get(name, ()))
        if unknown:
            errors[name] = f"There is no {name.removesuffix('_ids')} {_joined(unknown)}."
    if "owner_id" in values:
        owner_id = values["owner_id"]
        present = caller.principal.user_id if before is None else before.owner_id
        if owner_id != present and not policy.is_admin(caller.principal):
            errors["owner_id"] = "Only an administrator may give a material to somebody else."
        elif owner_id is not None and await _unknown(connection, User, [owner_id]):
            errors["owner_id"] = f"There is no user {owner_id}."
    if errors:
        raise InvalidInputError(" ".join(errors.values()), errors=errors)


async def _unknown(connection: AsyncConnection, table: Any, ids: Sequence[int]) -> list[int]:
    if not ids:
        return []
    rows = table.__table__
    known = set((await connection.execute(select(rows.c.id).where(rows.c.id.in_(ids)))).scalars())
    return [given for given in ids if given not in known]


async def _write_links(
    connection: AsyncConnection, material_id: int, values: Mapping[str, Any]
) -> None:
    for name, (link, _, key) in _LINKS.items():
        if name not in values:
            continue
        links = link.__table__
        await connection.execute(links.delete().where(links.c.material_id == material_id))
        if values[name]:
            rows = [{"material_id": material_id, key: linked} for linked in values[name]]
            await connection.execute(insert(links), rows)


async def _set_details(connection: AsyncConnection, material_id: int, **values: Any) -> None:
    await connection.execute(
        update(_details).where(_details.c.material_id == material_id).values(**values)
    )


@dataclass(frozen=True, slots=True)
class _Deed:
    """What the audit log says beside who did it."""

    verb: str
    material_id: int
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


async def _note(connection: AsyncConnection, caller: Caller, deed: _Deed) -> None:
    action = f"material.{deed.verb}"
    entry = Entry(caller.actor, action, "material", deed.material_id, deed.before, deed.after)
    await record(connection, entry)


def _publication(before: MaterialRecord) -> dict[str, Any]:
    """The details that publishing sets; a stated review date stays, even a past one."""
    now = datetime.now(UTC)
    return {
        "published_at": now,
        "review_by": before.review_by or (now + REVIEW_AFTER).date(),
    }


def _steps(old: MaterialStatus, wanted: MaterialStatus) -> list[MaterialStatus]:
    """The shortest way from one status to another; the policy's steps connect them all."""
    ways: dict[MaterialStatus, list[MaterialStatus]] = {old: []}
    reached = [old]
    while wanted not in ways:
        status = reached.pop(0)
        for following in sorted(policy.transitions_from(status) - ways.keys()):
            ways[following] = [*ways[status], following]
            reached.append(following)
    return ways[wanted]


def _columns_of(values: Mapping[str, Any]) -> dict[str, Any]:
    elsewhere = DETAIL_FIELDS | LINK_FIELDS
    return {name: value for name, value in values.items() if name not in elsewhere}


def _present(material: MaterialRecord, name: str) -> Any:
    """The field's present value in the form that `validated` gives."""
    if name in LINK_FIELDS:
        named = material.personas if name == "persona_ids" else material.segments
        return sorted(item.id for item in named)
    value = getattr(material, name)
    return list(value) if isinstance(value, tuple) else value


def _joined(ids: Sequence[int]) -> str:
    return ", ".join(str(given) for given in ids)
