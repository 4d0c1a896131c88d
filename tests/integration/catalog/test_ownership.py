"""Materials that change hands."""

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.catalog import editing, materials, ownership
from search_service.catalog.editing import Target
from search_service.db.enums import MaterialStatus, Role
from search_service.db.tables import User
from search_service.errors import ForbiddenError, InvalidInputError, NotFoundError
from tests.integration.catalog.making import OPERATOR, material, person

pytestmark = pytest.mark.anyio


async def test_an_owner_hands_on_what_is_theirs(connection: AsyncConnection) -> None:
    owner, heir = await person(connection), await person(connection)
    given = await material(connection, owner, MaterialStatus.PUBLISHED)
    kept = await material(connection, owner)
    ids = [given, given]
    assert await ownership.transfer(connection, owner, ids, heir.principal.email) == 1
    record = await materials.get(connection, heir.principal, given)
    assert record.owner_id == heir.principal.user_id
    assert (await materials.get(connection, owner.principal, kept)).owner_id != record.owner_id
    statement = text("SELECT DISTINCT owner_id FROM passages WHERE material_id = :id")
    assert await connection.scalar(statement, {"id": given}) == heir.principal.user_id
    noted = text(
        "SELECT before->>'owner_id', after->>'owner_id' FROM audit_logs"
        " WHERE action = 'material.transfer' AND object_id = :id"
    )
    (row,) = await connection.execute(noted, {"id": str(given)})
    assert tuple(row) == (str(owner.principal.user_id), str(heir.principal.user_id))
    with pytest.raises(ForbiddenError):
        await editing.lock(connection, owner, Target(given))


async def test_nothing_goes_where_one_of_them_may_not(connection: AsyncConnection) -> None:
    owner, other = await person(connection), await person(connection)
    rep = await person(connection, Role.SALES)
    mine = await material(connection, owner)
    theirs = await material(connection, other, MaterialStatus.PUBLISHED)
    hidden = await material(connection, other)
    for ids, error in (([mine, theirs], ForbiddenError), ([mine, hidden], NotFoundError)):
        with pytest.raises(error):
            await ownership.transfer(connection, owner, ids, other.principal.email)
    for receiver in (rep.principal.email, "nobody@example.com", "no address"):
        with pytest.raises(InvalidInputError, match="no active product marketing manager"):
            await ownership.transfer(connection, owner, [mine], receiver)
    with pytest.raises(InvalidInputError, match="Name 1 to 500"):
        await ownership.transfer(connection, owner, [], other.principal.email)
    assert (await materials.get(connection, owner.principal, mine)).owner_id is not None


async def test_everything_of_somebody_who_left_goes_to_another(
    connection: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ownership, "AT_ONCE", 2)
    gone, heir = await person(connection), await person(connection)
    ids = [await material(connection, gone, status) for status in (*MaterialStatus,)]
    await editing.delete(connection, gone, Target(ids[0]))
    await connection.execute(
        update(User).where(User.id == gone.principal.user_id).values(is_active=False)
    )
    owner_id, to = gone.principal.user_id or 0, heir.principal.email
    with pytest.raises(InvalidInputError):
        await ownership.transfer_all(connection, OPERATOR, owner_id, gone.principal.email)
    with pytest.raises(ForbiddenError):
        await ownership.transfer_all(connection, heir, owner_id, to)
    listed = {each.email: each.materials for each in await ownership.owners(
        connection, OPERATOR.principal
    )}  # fmt: skip
    assert listed[gone.principal.email] == 4
    assert await ownership.transfer_all(connection, OPERATOR, owner_id, to) == (2, 2)
    assert await ownership.transfer_all(connection, OPERATOR, owner_id, to) == (2, 0)
    assert await ownership.transfer_all(connection, OPERATOR, owner_id, to) == (0, 0)
    owned = text("SELECT count(*) FROM materials WHERE owner_id = :id")
    assert await connection.scalar(owned, {"id": heir.principal.user_id}) == 4
    receivers = [each.email for each in await ownership.receivers(connection, heir.principal)]
    assert to in receivers
    assert gone.principal.email not in receivers
