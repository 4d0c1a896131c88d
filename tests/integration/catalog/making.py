"""People and materials for the tests of the catalogue and of ingestion."""

from typing import Any
from uuid import uuid4

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.caller import Caller
from search_service.accounts.policy import LOCAL_ADMINISTRATOR, Principal
from search_service.catalog import editing, scores, versions
from search_service.catalog.editing import NewMaterial, Target
from search_service.catalog.versions import Extraction, NewVersion
from search_service.db.enums import MaterialStatus, MaterialType, Role
from search_service.db.tables import User
from search_service.index import writer

OPERATOR = Caller(LOCAL_ADMINISTRATOR)


async def person(connection: AsyncConnection, role: Role | None = Role.PMM) -> Caller:
    """Insert a user; give them as a caller."""
    email = f"{uuid4().hex}@example.com"
    statement = insert(User).values(
        email=email, hashed_password="none", full_name="Ada Example", role=role
    )
    user_id = (await connection.execute(statement.returning(User.id))).scalar_one()
    return Caller(Principal(user_id, email, "Ada Example", role, False, None))


async def material(
    connection: AsyncConnection,
    caller: Caller,
    status: MaterialStatus = MaterialStatus.DRAFT,
    **metadata: Any,
) -> int:
    """Make a material with one version, which was read, in a status; give its id."""
    new = NewMaterial("Untitled", MaterialType.PRODUCT_BRIEF, metadata)
    material_id = await editing.create(connection, caller, new)
    sha256 = uuid4().hex * 2
    await versions.add(
        connection,
        material_id,
        NewVersion(sha256, "brief.pdf", "pdf", "application/pdf", 1000),
        caller.principal.user_id,
    )
    await versions.make_present(connection, material_id, 1, f"{sha256[:2]}/{sha256[2:4]}/{sha256}")
    await versions.note_extraction(connection, material_id, 1, Extraction("done", None, {}))
    await writer.refresh_metadata(connection, material_id)
    await scores.refresh(connection, material_id)
    await editing.advance(connection, caller, Target(material_id), status)
    return material_id
