"""Publishing what has not been read yet: the wish is kept until it has, then held to its warnings.

Uploads with a status, and the table of a whole library, state where a material belongs before
anybody could look at what was read of it.
"""

from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import policy, users
from search_service.accounts.caller import Caller
from search_service.accounts.policy import LOCAL_ADMINISTRATOR
from search_service.catalog import editing, materials, versions, warnings
from search_service.catalog.editing import Target
from search_service.db.enums import MaterialStatus
from search_service.db.tables import PublicationWish
from search_service.errors import MaterialExpiredError, MaterialReplacedError, NotFoundError

HELD_BACK = (
    "It was not published, as serious warnings are open: it stands in review. Settle them there, "
    "then publish it."
)

_wishes: Any = PublicationWish.__table__


async def bring(
    connection: AsyncConnection, caller: Caller, material_id: int, wanted: MaterialStatus
) -> None:
    """Bring a material to a status; one to be published that is unread waits in review.

    Raises what `editing.advance` raises.
    """
    present = await editing.lock(connection, caller, Target(material_id))
    version = await versions.read(connection, material_id, present.current_version)
    unread = version is not None and version.extraction_status is None
    published = MaterialStatus.PUBLISHED
    if not unread or wanted is not published or present.status is published:
        await connection.execute(delete(_wishes).where(_wishes.c.material_id == material_id))
        await editing.advance(connection, caller, Target(material_id), wanted)
        return
    await editing.advance(connection, caller, Target(material_id), MaterialStatus.REVIEW)
    statement = upsert(_wishes).values(
        material_id=material_id,
        version_ordinal=present.current_version,
        wished_by=caller.principal.user_id,
    )
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["material_id"],
            set_={
                "version_ordinal": statement.excluded.version_ordinal,
                "wished_by": statement.excluded.wished_by,
            },
        )
    )


async def settle(connection: AsyncConnection, material_id: int, ordinal: int) -> str | None:
    """Publish a material that was wished to be, now that this version has been read.

    Gives a sentence where it was held back; None where there was nothing to hold.
    """
    wish = await connection.execute(
        delete(_wishes)
        .where(_wishes.c.material_id == material_id, _wishes.c.version_ordinal == ordinal)
        .returning(_wishes.c.wished_by)
    )
    row = wish.one_or_none()
    if row is None:
        return None
    caller = await _who(connection, row.wished_by)
    material = await materials.get(connection, LOCAL_ADMINISTRATOR, material_id)
    moved = material.status is not MaterialStatus.REVIEW
    if caller is None or moved or not policy.may_edit(caller.principal, material.owner_id):
        return None
    if await warnings.open_serious(connection, material):
        return HELD_BACK
    try:
        await editing.require_in_use(connection, material)
    except (MaterialExpiredError, MaterialReplacedError) as error:
        return f"It was not published and stands in review. {error.message}"
    await editing.transition(connection, caller, Target(material_id), MaterialStatus.PUBLISHED)
    return None


async def _who(connection: AsyncConnection, user_id: int | None) -> Caller | None:
    """The person as they are now; None where the account has ended since."""
    if user_id is None:
        return Caller(LOCAL_ADMINISTRATOR)
    try:
        account = await users.get_user(connection, user_id)
    except NotFoundError:
        return None
    return Caller(account.as_principal()) if account.is_active else None
