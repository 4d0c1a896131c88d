from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.caller import Caller
from search_service.catalog import downloads, editing, materials, personas
from search_service.catalog.downloads import Download
from search_service.catalog.editing import Target
from search_service.db.enums import JobState, MaterialStatus, Role
from search_service.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    PreconditionFailedError,
)
from search_service.jobs import progress, queue
from tests.integration.catalog.making import OPERATOR, material, person

pytestmark = pytest.mark.anyio


async def entries(connection: AsyncConnection, material_id: int) -> list[Any]:
    statement = text(
        "SELECT action, actor_id, before, after FROM audit_logs"
        " WHERE object_type = 'material' AND object_id = :id ORDER BY id"
    )
    rows = (await connection.execute(statement, {"id": str(material_id)})).mappings()
    return list(rows)


async def passages(connection: AsyncConnection, material_id: int) -> list[Any]:
    statement = text("SELECT * FROM passages WHERE material_id = :id ORDER BY ordinal")
    return list((await connection.execute(statement, {"id": material_id})).mappings())


async def test_a_change_is_written_indexed_and_noted(connection: AsyncConnection) -> None:
    pmm = await person(connection)
    persona = await personas.create(connection, pmm, {"name": "CTO"})
    material_id = await material(connection, pmm, name="Old", tags=["a"])
    before = await materials.get(connection, pmm.principal, material_id)
    after = await editing.update_metadata(
        connection,
        pmm,
        Target(material_id, before.etag),
        {"name": "New name", "tags": ["b", "B", " "], "persona_ids": [persona.id]},
    )
    assert (after.name, after.tags) == ("New name", ("b",))
    assert [item.name for item in after.personas] == ["CTO"]
    assert set(after.edited_fields) == {"name", "tags", "persona_ids"}
    assert after.etag != before.etag
    assert after.updated_at > before.updated_at
    (own,) = await passages(connection, material_id)
    assert own["title"] == "New name"
    assert own["persona_ids"] == [persona.id]
    assert own["updated_at"] == after.updated_at
    noted = (await entries(connection, material_id))[-1]
    assert noted["action"] == "material.update"
    assert noted["actor_id"] == pmm.principal.user_id
    assert noted["before"] == {"name": "Old", "tags": ["a"], "persona_ids": []}
    assert noted["after"] == {"name": "New name", "tags": ["b"], "persona_ids": [persona.id]}


async def test_what_is_so_already_is_no_change(connection: AsyncConnection) -> None:
    pmm = await person(connection)
    stated = {"name": "Stated", "tags": ["a"]}
    material_id = await material(connection, pmm, name="Stated", tags=["a"])
    # It counts as edited from now on, which is a change.
    first = await editing.update_metadata(connection, pmm, Target(material_id), stated)
    noted = await entries(connection, material_id)
    written = await passages(connection, material_id)

    again = await editing.update_metadata(connection, pmm, Target(material_id), stated)

    assert again == first == await materials.get(connection, pmm.principal, material_id)
    assert await entries(connection, material_id) == noted
    assert await passages(connection, material_id) == written


async def test_a_change_of_an_older_state_is_refused(connection: AsyncConnection) -> None:
    pmm = await person(connection)
    material_id = await material(connection, pmm, name="Old")
    seen = (await materials.get(connection, pmm.principal, material_id)).etag
    await editing.update_metadata(connection, pmm, Target(material_id, seen), {"name": "First"})
    for change in (
        editing.update_metadata(connection, pmm, Target(material_id, seen), {"name": "Second"}),
        editing.transition(connection, pmm, Target(material_id, seen), MaterialStatus.REVIEW),
        editing.delete(connection, pmm, Target(material_id, seen)),
    ):
        with pytest.raises(PreconditionFailedError):
            await change
    assert (await materials.get(connection, pmm.principal, material_id)).name == "First"


async def test_only_the_owner_and_administrators_change_a_material(
    connection: AsyncConnection,
) -> None:
    owner, other = await person(connection), await person(connection)
    rep = await person(connection, Role.SALES)
    material_id = await material(connection, owner, MaterialStatus.PUBLISHED)
    draft = await material(connection, owner)
    for caller in (other, rep):
        with pytest.raises(ForbiddenError):
            await editing.update_metadata(connection, caller, Target(material_id), {"name": "X"})
        with pytest.raises(ForbiddenError):
            await editing.delete(connection, caller, Target(material_id))
        with pytest.raises(ForbiddenError):
            await editing.transition(
                connection, caller, Target(material_id), MaterialStatus.ARCHIVED
            )
        with pytest.raises(NotFoundError):
            await editing.update_metadata(connection, caller, Target(draft), {"name": "X"})
    changed = await editing.update_metadata(connection, OPERATOR, Target(draft), {"name": "X"})
    assert changed.name == "X"


async def test_sales_make_no_material(connection: AsyncConnection) -> None:
    rep = await person(connection, Role.SALES)
    with pytest.raises(ForbiddenError):
        await material(connection, rep)


async def test_only_an_administrator_gives_a_material_away(connection: AsyncConnection) -> None:
    owner, other = await person(connection), await person(connection)
    material_id = await material(connection, owner)
    change = {"owner_id": other.principal.user_id}
    with pytest.raises(InvalidInputError):
        await editing.update_metadata(connection, owner, Target(material_id), change)
    given = await editing.update_metadata(connection, OPERATOR, Target(material_id), change)
    assert given.owner_id == other.principal.user_id
    assert (await passages(connection, material_id))[0]["owner_id"] == other.principal.user_id


async def test_unknown_references_are_named_and_nothing_changes(
    connection: AsyncConnection,
) -> None:
    material_id = await material(connection, OPERATOR, name="Old")
    with pytest.raises(InvalidInputError) as caught:
        await editing.update_metadata(
            connection,
            OPERATOR,
            Target(material_id),
            {"name": "New", "persona_ids": [4711], "segment_ids": [4712], "owner_id": 4713},
        )
    assert set(caught.value.details["errors"]) == {"persona_ids", "segment_ids", "owner_id"}
    assert (await materials.get(connection, OPERATOR.principal, material_id)).name == "Old"


async def test_publishing_dates_the_material_and_asks_for_statistics(
    connection: AsyncConnection,
) -> None:
    pmm = await person(connection)
    material_id = await material(connection, pmm, MaterialStatus.REVIEW)
    await connection.execute(text("DELETE FROM pgqueuer"))  # what earlier steps asked for
    published = await editing.transition(
        connection, pmm, Target(material_id), MaterialStatus.PUBLISHED
    )
    today = datetime.now(UTC).date()
    assert published.published_at is not None
    assert published.review_by == today + timedelta(days=180)
    assert (await passages(connection, material_id))[0]["status"] == "PUBLISHED"
    assert await queue.waiting(connection) == 1


async def test_a_step_that_does_not_exist_is_a_conflict(connection: AsyncConnection) -> None:
    pmm = await person(connection)
    material_id = await material(connection, pmm)
    with pytest.raises(ConflictError):
        await editing.transition(connection, pmm, Target(material_id), MaterialStatus.PUBLISHED)


@pytest.mark.parametrize("old", MaterialStatus)
@pytest.mark.parametrize("new", MaterialStatus)
async def test_every_status_is_reached_by_steps(
    connection: AsyncConnection, old: MaterialStatus, new: MaterialStatus
) -> None:
    pmm = await person(connection)
    material_id = await material(connection, pmm, old)
    reached = await editing.advance(connection, pmm, Target(material_id), new)
    assert reached.status is new


async def test_a_deleted_material_matches_nothing_and_its_job_ends(
    connection: AsyncConnection,
) -> None:
    pmm = await person(connection)
    material_id = await material(connection, pmm, MaterialStatus.PUBLISHED)
    job_id = await progress.create(connection, material_id, 1, None)
    await editing.delete(connection, pmm, Target(material_id))
    assert await passages(connection, material_id) == []
    assert (await progress.get(connection, job_id)).state is JobState.CANCELLED
    assert (await entries(connection, material_id))[-1]["action"] == "material.delete"


async def test_a_download_counts_and_leaves_the_material_as_it_is(
    connection: AsyncConnection,
) -> None:
    pmm = await person(connection)
    rep = await person(connection, Role.SALES)
    material_id = await material(connection, pmm, MaterialStatus.PUBLISHED)
    before = await materials.get(connection, rep.principal, material_id)
    await downloads.note(connection, rep, material_id, Download(version=1))
    after = await materials.get(connection, rep.principal, material_id)
    assert after.usage_count == before.usage_count + 1
    assert after.etag == before.etag
    noted = (await entries(connection, material_id))[-1]
    assert (noted["action"], noted["actor_id"]) == ("material.download", rep.principal.user_id)
    with pytest.raises(NotFoundError):
        await downloads.note(connection, rep, await material(connection, pmm), Download(version=1))


async def test_scores_follow_the_metadata(connection: AsyncConnection) -> None:
    pmm = await person(connection)
    material_id = await material(connection, pmm)
    before = await materials.get(connection, pmm.principal, material_id)
    after = await editing.update_metadata(
        connection, pmm, Target(material_id), {"product_name": "Object Storage"}
    )
    assert after.completeness_score == before.completeness_score + 10
    assert len(after.completeness_reasons) == len(before.completeness_reasons) - 1


async def test_the_caller_without_a_request_is_the_operator(connection: AsyncConnection) -> None:
    material_id = await material(connection, Caller(OPERATOR.principal))
    record = await materials.get(connection, OPERATOR.principal, material_id)
    assert record.owner_id is None
