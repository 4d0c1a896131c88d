"""The uploaded files of a material: the present one, its predecessors, and their receipts.

Old versions stay, for those who may edit the material; whether a file is on disk it does not know.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import policy
from search_service.accounts.policy import Principal
from search_service.catalog import materials
from search_service.catalog.stamps import touch
from search_service.db.tables import MaterialDetails, MaterialVersion
from search_service.errors import NotFoundError

_versions: Any = MaterialVersion.__table__
_details: Any = MaterialDetails.__table__


@dataclass(frozen=True, slots=True)
class NewVersion:
    """An uploaded file, as it is about to become a version."""

    sha256: str
    file_name: str
    file_format: str
    media_type: str
    size_bytes: int
    version: str | None = None
    """What people call it, such as "2.1"."""


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """One version; `receipt` is None until it has been read."""

    material_id: int
    ordinal: int
    sha256: str
    file_name: str
    file_format: str
    media_type: str
    file_size: int
    version: str | None
    uploaded_by: int | None
    created_at: datetime
    superseded_at: datetime | None
    extraction_status: str | None
    extraction_code: str | None
    receipt: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Extraction:
    """How reading a version ended."""

    status: str
    code: str | None
    receipt: dict[str, Any] | None


async def add(
    connection: AsyncConnection, material_id: int, new: NewVersion, uploaded_by: int | None
) -> int:
    """Note the file as the material's newest version; give its ordinal, from 1.

    The material stays with the version before until `make_present`.
    """
    last = select(func.max(_versions.c.ordinal)).where(_versions.c.material_id == material_id)
    ordinal = int(await connection.scalar(last) or 0) + 1
    await connection.execute(
        insert(_versions).values(
            material_id=material_id,
            ordinal=ordinal,
            sha256=new.sha256,
            file_name=new.file_name,
            file_format=new.file_format,
            media_type=new.media_type,
            file_size=new.size_bytes,
            version=new.version,
            uploaded_by=uploaded_by,
        )
    )
    return ordinal


async def make_present(
    connection: AsyncConnection, material_id: int, ordinal: int, path: str
) -> None:
    """Let the material be this version: its file at `path`, its hash, its number."""
    version = await read(connection, material_id, ordinal)
    assert version is not None
    await connection.execute(
        update(_versions)
        .where(
            _versions.c.material_id == material_id,
            _versions.c.ordinal < ordinal,
            _versions.c.superseded_at.is_(None),
        )
        .values(superseded_at=func.now())
    )
    columns: dict[str, Any] = {
        "file_path": path,
        "file_name": version.file_name,
        "file_format": version.file_format,
        "file_size": version.file_size,
        "last_updated": version.created_at,
    }
    if version.version is not None:
        columns["version"] = version.version
    await touch(connection, material_id, columns)
    await connection.execute(
        update(_details)
        .where(_details.c.material_id == material_id)
        .values(current_version=ordinal, content_hash=version.sha256)
    )


async def find(
    connection: AsyncConnection, principal: Principal, material_id: int
) -> list[VersionRecord]:
    """List the versions that the principal may have, newest first: all for an editor, else one.

    Raises NotFoundError for a material that the principal may not see.
    """
    material = await materials.get(connection, principal, material_id)
    statement = select(_versions).where(_versions.c.material_id == material_id)
    if not policy.may_edit(principal, material.owner_id):
        statement = statement.where(_versions.c.ordinal == material.current_version)
    rows = (await connection.execute(statement.order_by(_versions.c.ordinal.desc()))).mappings()
    return [VersionRecord(**row) for row in rows]


async def get(
    connection: AsyncConnection, principal: Principal, material_id: int, ordinal: int | None = None
) -> VersionRecord:
    """Give a version, by default the present one. Raises NotFoundError."""
    material = await materials.get(connection, principal, material_id)
    wanted = material.current_version if ordinal is None else ordinal
    allowed = wanted == material.current_version or policy.may_edit(principal, material.owner_id)
    record = await read(connection, material_id, wanted) if allowed else None
    if record is None:
        raise NotFoundError("There is no such version, or you may not see it.")
    return record


async def read(connection: AsyncConnection, material_id: int, ordinal: int) -> VersionRecord | None:
    """Give a version whoever asks; for the service's own work."""
    statement = select(_versions).where(
        _versions.c.material_id == material_id, _versions.c.ordinal == ordinal
    )
    row = (await connection.execute(statement)).mappings().one_or_none()
    return None if row is None else VersionRecord(**row)


async def newest(connection: AsyncConnection, material_id: int) -> VersionRecord | None:
    """Give the version that was uploaded last, whether it has been read or not."""
    statement = (
        select(_versions)
        .where(_versions.c.material_id == material_id)
        .order_by(_versions.c.ordinal.desc())
        .limit(1)
    )
    row = (await connection.execute(statement)).mappings().one_or_none()
    return None if row is None else VersionRecord(**row)


async def any_of(connection: AsyncConnection, sha256: str) -> VersionRecord | None:
    """Give some version that is this file, of whatever material, deleted or not; for the service.

    One that has been read where there is one.
    """
    statement = (
        select(_versions)
        .where(_versions.c.sha256 == sha256)
        .order_by(_versions.c.receipt.is_(None))
        .limit(1)
    )
    row = (await connection.execute(statement)).mappings().one_or_none()
    return None if row is None else VersionRecord(**row)


async def note_extraction(
    connection: AsyncConnection, material_id: int, ordinal: int, extraction: Extraction
) -> None:
    """Write how reading the version ended."""
    values: dict[str, Any] = {
        "extraction_status": extraction.status,
        "extraction_code": extraction.code,
    }
    if extraction.receipt is not None:
        values["receipt"] = extraction.receipt
    await connection.execute(
        update(_versions)
        .where(_versions.c.material_id == material_id, _versions.c.ordinal == ordinal)
        .values(**values)
    )
