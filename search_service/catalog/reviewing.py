"""What a person decides about a reading: warnings acknowledged, the whole accepted.

Deeds of one caller, checked, written and noted in the audit log in the caller's transaction.
Corrections of pages are `ingest.correcting`, as they change what search reads.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import policy
from search_service.accounts.caller import Caller
from search_service.accounts.policy import Principal
from search_service.audit.entries import Entry, record
from search_service.catalog import (
    corrections,
    editing,
    materials,
    pages,
    scores,
    warnings,
)
from search_service.catalog.corrections import Correction
from search_service.catalog.editing import Target
from search_service.catalog.materials import MaterialRecord
from search_service.catalog.pages import PageRecord, VersionKey
from search_service.catalog.warnings import NOT_READ, ReceiptWarning
from search_service.db.tables import AcknowledgedWarning, User, VersionReview
from search_service.errors import ConflictError, NotFoundError, PreconditionFailedError

_acknowledged: Any = AcknowledgedWarning.__table__
_reviews: Any = VersionReview.__table__
_users: Any = User.__table__


@dataclass(frozen=True, slots=True)
class Accepted:
    """That somebody has accepted what was read; `by` is None for an account that is gone."""

    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class RestingBeside:
    """A correction, and the extracted page that stands now where it stands, or stood last."""

    correction: Correction
    page: PageRecord | None


@dataclass(frozen=True, slots=True)
class Review:
    """Everything there is to decide about the present version of a material."""

    material: MaterialRecord
    accepted: Accepted | None
    warnings: tuple[ReceiptWarning, ...]
    unfitting: tuple[RestingBeside, ...]

    @property
    def is_publishable(self) -> bool:
        return not any(each.is_open_and_serious for each in self.warnings)


@dataclass(frozen=True, slots=True)
class WhichWarnings:
    """The warnings of a code: of one page (0 is the file), or wherever they stand."""

    code: str
    page_number: int | None = None


async def get(connection: AsyncConnection, principal: Principal, material_id: int) -> Review:
    """Give the review of a material. Raises NotFoundError, and ForbiddenError but for editors."""
    material = await materials.get(connection, principal, material_id)
    policy.require_edit(principal, material.owner_id)
    return await _review(connection, material)


async def find_corrections(
    connection: AsyncConnection, principal: Principal, material_id: int
) -> list[RestingBeside]:
    """List a material's corrections, those too that rest. Raises what `get` raises."""
    material = await materials.get(connection, principal, material_id)
    policy.require_edit(principal, material.owner_id)
    return await _beside(connection, material)


async def acknowledge(
    connection: AsyncConnection, caller: Caller, target: Target, which: WhichWarnings
) -> Review:
    """Note that the caller has looked at open warnings and lets them be, for this file.

    Raises what `editing.lock` raises, NotFoundError where no such warning is open, and
    ConflictError while the file has not been read.
    """
    material = await editing.lock(connection, caller, target)
    if which.code == NOT_READ:
        raise ConflictError("The file has not been read yet; wait until it has.")
    found = await warnings.of_present(connection, material.id, material.current_version)
    chosen = [
        each
        for each in found
        if each.is_open
        and each.code == which.code
        and which.page_number in {None, each.page_number}
    ]
    if not chosen:
        raise NotFoundError("No such warning is open; read the review again.")
    rows = [
        {
            "material_id": material.id,
            "content_hash": material.content_hash,
            "page_number": number,
            "code": which.code,
            "acknowledged_by": caller.principal.user_id,
        }
        for number in sorted({each.page_number for each in chosen})
    ]
    await connection.execute(upsert(_acknowledged).on_conflict_do_nothing(), rows)
    await scores.refresh(connection, material.id)
    after = {"code": which.code, "pages": [row["page_number"] for row in rows]}
    await record(
        connection,
        Entry(caller.actor, "material.acknowledge", "material", material.id, None, after),
    )
    return await get(connection, caller.principal, material.id)


async def accept(
    connection: AsyncConnection, caller: Caller, target: Target, version: int
) -> Review:
    """Mark what was read of the present version as reviewed; `version` is the one looked at.

    Raises what `editing.lock` raises, PreconditionFailedError where another version is present,
    and OpenSeriousWarningsError while one is open.
    """
    material = await editing.lock(connection, caller, target)
    if version != material.current_version:
        raise PreconditionFailedError(
            f"Version {material.current_version} is the present one by now; look at that.",
            version=material.current_version,
        )
    await warnings.require_publishable(connection, material)
    statement = upsert(_reviews).values(
        material_id=material.id, version_ordinal=version, reviewed_by=caller.principal.user_id
    )
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["material_id", "version_ordinal"],
            set_={"reviewed_by": statement.excluded.reviewed_by, "reviewed_at": func.now()},
        )
    )
    after = {"version": version}
    await record(
        connection, Entry(caller.actor, "material.accept", "material", material.id, None, after)
    )
    return await get(connection, caller.principal, material.id)


async def forget_acceptance(connection: AsyncConnection, material_id: int, version: int) -> None:
    """Take an acceptance back, as something else was read than what was accepted."""
    await connection.execute(
        delete(_reviews).where(
            _reviews.c.material_id == material_id, _reviews.c.version_ordinal == version
        )
    )


async def _review(connection: AsyncConnection, material: MaterialRecord) -> Review:
    known = await _beside(connection, material)
    return Review(
        material=material,
        accepted=await _accepted(connection, material),
        warnings=await warnings.of_present(connection, material.id, material.current_version),
        unfitting=tuple(each for each in known if not each.correction.fits),
    )


async def _beside(connection: AsyncConnection, material: MaterialRecord) -> list[RestingBeside]:
    known = await corrections.of_material(connection, material.id)
    if not known:
        return []
    version = VersionKey(material.id, material.current_version)
    extracted = await pages.read_extracted(connection, version)
    by_number = {page.page_number: page for page in extracted}
    return [RestingBeside(each, by_number.get(each.page_number)) for each in known]


async def _accepted(connection: AsyncConnection, material: MaterialRecord) -> Accepted | None:
    statement = (
        select(_users.c.full_name, _reviews.c.reviewed_at)
        .select_from(_reviews.outerjoin(_users, _users.c.id == _reviews.c.reviewed_by))
        .where(
            _reviews.c.material_id == material.id,
            _reviews.c.version_ordinal == material.current_version,
        )
    )
    row = (await connection.execute(statement)).one_or_none()
    return None if row is None else Accepted(row.full_name, row.reviewed_at)
