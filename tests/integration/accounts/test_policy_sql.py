"""The access fragment on real rows against a truth table written down independently."""

from itertools import product

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import policy
from search_service.accounts.policy import Principal
from search_service.db.enums import MaterialAudience, MaterialStatus, MaterialType, Role
from search_service.db.tables import Material
from tests.integration.accounts.conftest import add_person

pytestmark = pytest.mark.anyio

STATUSES = (None, *MaterialStatus)
SCOPES = (
    None,
    frozenset[str](),
    frozenset({"search"}),
    frozenset({"materials:read"}),
    frozenset({"materials:write", "admin"}),
    frozenset(policy.SCOPES),
)
Row = tuple[str | None, str, str | None]  # status, audience, owner: "me", "other", None


def expected(who: str, row: Row, scopes: frozenset[str] | None) -> bool:
    """Say it in plain words, without the policy's own code."""
    status, audience, owner = row
    if scopes is not None and "search" not in scopes and "materials:read" not in scopes:
        return False
    if who in {"admin", "superuser"}:
        return True
    if who == "pmm":
        return status in {"REVIEW", "PUBLISHED", "ARCHIVED"} or owner == "me"
    if who == "sales":
        return status == "PUBLISHED"
    if who == "guest":
        return status == "PUBLISHED" and audience != "INTERNAL"
    return False  # without a role, nobody


def people(me: int) -> dict[str, Principal]:
    def person(role: Role | None, *, is_superuser: bool = False) -> Principal:
        return Principal(me, "me@example.com", "Me", role, is_superuser, None)

    return {
        "admin": person(Role.ADMIN),
        "superuser": person(None, is_superuser=True),
        "pmm": person(Role.PMM),
        "sales": person(Role.SALES),
        "no role": person(None),
        "guest": policy.CUSTOMER_FACING_GUEST,
        "nobody": policy.NOBODY,
    }


async def make_rows(connection: AsyncConnection, owners: dict[str, int]) -> dict[int, Row]:
    """Insert one material of every status, audience and owner."""
    rows: dict[int, Row] = {}
    for status, audience, owner in product(STATUSES, MaterialAudience, (None, *owners)):
        values = {
            "name": "x",
            "material_type": MaterialType.PRODUCT_BRIEF,
            "audience": audience,
            "status": status,
            "owner_id": owners[owner] if owner else None,
        }
        made = await connection.execute(insert(Material).values(values).returning(Material.id))
        rows[made.scalar_one()] = (status, audience, owner)
    return rows


async def test_sql_and_truth_table_agree_on_every_row(connection: AsyncConnection) -> None:
    owners = {"me": (await add_person(connection)).id, "other": (await add_person(connection)).id}
    rows = await make_rows(connection, owners)
    statement = text(f"SELECT m.id FROM materials AS m WHERE {policy.visible_sql('m')}")

    for (who, person), scopes in product(people(owners["me"]).items(), SCOPES):
        held = person.scopes if person.user_id is None else scopes
        principal = Principal(
            person.user_id,
            person.email,
            person.full_name,
            person.role,
            person.is_superuser,
            held,
        )
        seen = set((await connection.execute(statement, policy.visible_binds(principal))).scalars())
        wanted = {key for key, row in rows.items() if expected(who, row, held)}
        assert seen == wanted, (who, held)


async def test_the_composed_condition_sees_the_same_rows(connection: AsyncConnection) -> None:
    owners = {"me": (await add_person(connection)).id, "other": (await add_person(connection)).id}
    rows = await make_rows(connection, owners)

    for who, principal in people(owners["me"]).items():
        table = Material.__table__.alias("m")
        statement = select(table.c.id).where(policy.visible("m", principal))
        seen = set((await connection.execute(statement)).scalars())
        wanted = {key for key, row in rows.items() if expected(who, row, principal.scopes)}
        assert seen == wanted, who


async def test_two_aliases_share_one_statement(connection: AsyncConnection) -> None:
    owners = {"me": (await add_person(connection)).id}
    rows = await make_rows(connection, owners)
    principal = people(owners["me"])["sales"]
    left, right = Material.__table__.alias("m"), Material.__table__.alias("n")

    statement = (
        select(left.c.id)
        .join(right, left.c.id == right.c.id)
        .where(policy.visible("m", principal), policy.visible("n", principal))
    )

    seen = set((await connection.execute(statement)).scalars())
    assert seen == {key for key, row in rows.items() if row[0] == "PUBLISHED"}
