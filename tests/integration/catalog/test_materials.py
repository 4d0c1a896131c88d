from collections.abc import Sequence
from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.caller import Caller
from search_service.accounts.policy import NOBODY
from search_service.catalog import downloads, editing, materials, personas, segments
from search_service.catalog.cursors import Sort
from search_service.catalog.downloads import Download
from search_service.catalog.editing import Target
from search_service.catalog.materials import MaterialFilter, Named, Paging
from search_service.db.enums import MaterialAudience, MaterialStatus, MaterialType, Role
from search_service.errors import InvalidCursorError, NotFoundError, RetiredError
from tests.database import QueryCounter
from tests.integration.catalog.making import OPERATOR, material, person

pytestmark = pytest.mark.anyio


async def listed(
    connection: AsyncConnection,
    caller: Caller,
    wanted: MaterialFilter,
    paging: Paging | None = None,
) -> list[int]:
    found = await materials.find(connection, caller.principal, wanted, paging or Paging())
    return [item.id for item in found.items]


async def test_a_material_is_read_with_everything(connection: AsyncConnection) -> None:
    pmm = await person(connection)
    persona = await personas.create(connection, pmm, {"name": "CTO"})
    segment = await segments.create(connection, pmm, {"name": "Retail"})
    material_id = await material(
        connection,
        pmm,
        name="Object Storage brief",
        audience="CUSTOMER_FACING",
        universe_name="Public Cloud",
        tags=["storage", "s3"],
        persona_ids=[persona.id],
        segment_ids=[segment.id],
        review_by="2027-01-31",
    )
    record = await materials.get(connection, pmm.principal, material_id)
    assert record.name == "Object Storage brief"
    assert record.audience is MaterialAudience.CUSTOMER_FACING
    assert record.status is MaterialStatus.DRAFT
    assert record.tags == ("storage", "s3")
    assert record.keywords == ()
    assert record.personas == (Named(persona.id, "CTO"),)
    assert record.segments == (Named(segment.id, "Retail"),)
    assert record.review_by == date(2027, 1, 31)
    assert record.owner_name == "Ada Example"
    assert (record.file_format, record.current_version) == ("pdf", 1)


async def test_each_reads_what_the_policy_lets_them(connection: AsyncConnection) -> None:
    owner, other = await person(connection), await person(connection)
    rep = await person(connection, Role.SALES)
    of = {status: await material(connection, owner, status) for status in MaterialStatus}
    for caller, expected in (
        (owner, set(of.values())),
        (OPERATOR, set(of.values())),
        (other, set(of.values()) - {of[MaterialStatus.DRAFT]}),
        (rep, {of[MaterialStatus.PUBLISHED]}),
        (Caller(NOBODY), set()),
    ):
        assert set(await listed(connection, caller, MaterialFilter())) == expected
        assert await materials.count(connection, caller.principal, MaterialFilter()) == len(
            expected
        )
        for status, material_id in of.items():
            if material_id in expected:
                await materials.get(connection, caller.principal, material_id)
            else:
                # A rep saw it while it was published.
                gone = caller is rep and status is MaterialStatus.ARCHIVED
                with pytest.raises(RetiredError if gone else NotFoundError):
                    await materials.get(connection, caller.principal, material_id)


async def test_a_deleted_material_is_gone_for_everybody(connection: AsyncConnection) -> None:
    pmm = await person(connection)
    material_id = await material(connection, pmm)
    await editing.delete(connection, pmm, Target(material_id))
    assert await listed(connection, OPERATOR, MaterialFilter()) == []
    with pytest.raises(NotFoundError):
        await materials.get(connection, OPERATOR.principal, material_id)


async def test_filters_narrow_and_their_values_widen(connection: AsyncConnection) -> None:
    pmm = await person(connection)
    persona = await personas.create(connection, pmm, {"name": "CTO"})
    a = await material(
        connection, pmm, name="50% off", tags=["x", "y"], universe_name="Bare Metal",
        persona_ids=[persona.id], review_by="2026-01-01",
    )  # fmt: skip
    b = await material(
        connection, pmm, MaterialStatus.REVIEW, name="Plan B", tags=["y"],
        material_type="PRODUCT_CATALOG", audience="BOTH",
    )  # fmt: skip
    cases: Sequence[tuple[MaterialFilter, set[int]]] = [
        (MaterialFilter(), {a, b}),
        (MaterialFilter(tags=("x",)), {a}),
        (MaterialFilter(tags=("x", "y")), {a, b}),
        (MaterialFilter(statuses=(MaterialStatus.REVIEW,)), {b}),
        (MaterialFilter(material_types=(MaterialType.PRODUCT_CATALOG,)), {b}),
        (MaterialFilter(audiences=(MaterialAudience.BOTH,)), {b}),
        (MaterialFilter(universes=("Bare Metal", "Public Cloud")), {a}),
        (MaterialFilter(persona_ids=(persona.id,)), {a}),
        (MaterialFilter(segment_ids=(99,)), set()),
        (MaterialFilter(name_contains="%"), {a}),
        (MaterialFilter(name_contains="plan"), {b}),
        (MaterialFilter(review_before=date(2026, 6, 1)), {a}),
        (MaterialFilter(owner_ids=(pmm.principal.user_id or 0,)), {a, b}),
        (MaterialFilter(languages=("fr",)), set()),
        (MaterialFilter(guessed=True), set()),
        (MaterialFilter(guessed=False), {a, b}),
        (MaterialFilter(tags=("y",), name_contains="off"), {a}),
    ]
    for wanted, expected in cases:
        assert set(await listed(connection, pmm, wanted)) == expected, wanted


@pytest.mark.parametrize("sort", Sort)
async def test_a_list_is_walked_by_cursor_without_gap_or_repeat(
    connection: AsyncConnection, sort: Sort
) -> None:
    pmm = await person(connection)
    names = ("b", "A", "c", "a", "B")
    made = [await material(connection, pmm, name=name) for name in names]
    await downloads.note(connection, pmm, made[2], Download(version=1))
    whole = await listed(connection, pmm, MaterialFilter(), Paging(sort, 100))
    assert sorted(whole) == sorted(made)
    walked: list[int] = []
    cursor = None
    while True:
        found = await materials.find(
            connection, pmm.principal, MaterialFilter(), Paging(sort, 2, cursor)
        )
        walked += [item.id for item in found.items]
        cursor = found.next_cursor
        if cursor is None:
            break
    assert walked == whole
    if sort is Sort.USED:
        assert whole[0] == made[2]
    if sort is Sort.NAME:
        by_id = dict(zip(made, names, strict=True))
        assert [by_id[item].lower() for item in whole] == ["a", "a", "b", "b", "c"]


@pytest.mark.parametrize("cursor", ["", "x", "bnVsbA==", "WyJ1cGRhdGVkIiwgMSwgMV0=", "ÿ"])
async def test_a_foreign_cursor_is_refused(connection: AsyncConnection, cursor: str) -> None:
    with pytest.raises(InvalidCursorError):
        await materials.find(
            connection, OPERATOR.principal, MaterialFilter(), Paging(Sort.NAME, 2, cursor)
        )


async def test_a_list_takes_three_statements_however_long_it_is(
    connection: AsyncConnection, query_counter: QueryCounter
) -> None:
    pmm = await person(connection)
    for _ in range(5):
        await material(connection, pmm)
    query_counter.reset()
    await materials.find(connection, pmm.principal, MaterialFilter(), Paging())
    assert query_counter.count == 3


async def test_the_same_content_is_found_only_where_it_is_visible(
    connection: AsyncConnection,
) -> None:
    owner, other = await person(connection), await person(connection)
    material_id = await material(connection, owner)
    sha256 = (await materials.get(connection, owner.principal, material_id)).content_hash or ""
    found = await materials.find_by_content(connection, owner.principal, sha256)
    assert found is not None
    assert found.id == material_id
    assert await materials.find_by_content(connection, other.principal, sha256) is None
