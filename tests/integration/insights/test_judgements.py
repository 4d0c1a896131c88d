"""Judgements: kept, counted and measured by."""

from typing import Any

import pytest
from sqlalchemy import insert

from search_service.accounts.caller import Caller
from search_service.db import tables
from search_service.db.enums import MaterialStatus, Role
from search_service.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from search_service.insights import judgements
from tests.integration.insights.tuning import Tuner

pytestmark = pytest.mark.anyio


async def judge_page(tuner: Tuner, query: str, material_id: int, page: int, grade: int) -> None:
    """Judge a page past the rule that it must exist."""
    values = {"query_text": query, "query_key": query, "page_number": page, "grade": grade}
    await tuner.library.connection.execute(
        insert(tables.Judgement).values(material_id=material_id, **values)
    )


async def report(tuner: Tuner) -> dict[str, float]:
    made = await judgements.report(tuner.library.connection, tuner.caller.principal)
    return {score.query: score.ndcg for score in made.queries}


async def test_a_judgement_is_made_read_changed_and_removed(tuner: Tuner) -> None:
    connection, pmm = tuner.library.connection, tuner.caller
    deck = await tuner.library.material("Everything", name="Deck")
    made_id = await tuner.judge(" Backup  prices ", deck, 2)
    made = await judgements.get(connection, pmm.principal, made_id)
    assert (made.query_text, made.material_name, made.grade) == ("Backup prices", "Deck", 2)
    assert (made.judged_by, made.judge_name) == (pmm.principal.user_id, "Ada Example")

    other = Caller(await tuner.library.person(name="Bo Example"))
    changed = await judgements.change(connection, other, made_id, 3)
    assert (changed.grade, changed.judge_name) == (3, "Bo Example")
    assert await judgements.find(connection, pmm.principal, 10) == [changed]
    assert await judgements.find(connection, pmm.principal, 10, made_id) == []

    await judgements.remove(connection, pmm, made_id)
    with pytest.raises(NotFoundError):
        await judgements.get(connection, pmm.principal, made_id)
    assert [(entry["action"], entry["after"]) for entry in await tuner.audited()] == [
        ("judgement.create", made_after := {
            "query": "Backup prices", "material_id": deck, "page_number": None, "grade": 2,
        }),
        ("judgement.update", made_after | {"grade": 3}),
        ("judgement.delete", None),
    ]  # fmt: skip


async def test_the_report_measures_the_present_order(tuner: Tuner) -> None:
    first = await tuner.library.material(("Backup", "backup backup"))
    second = await tuner.library.material("A backup among many other words on a slide")
    await tuner.library.refresh()
    await tuner.judge("backup", first, 1)
    await tuner.judge("BACKUP", second, 3)
    await tuner.judge("nobody wrote this", second, 2)

    made = await judgements.report(tuner.library.connection, tuner.caller.principal)

    third = 1.584962500721156
    expected = (1 + 3 / third) / (3 + 1 / third)
    scores = {score.query: score.ndcg for score in made.queries}
    assert scores == {"backup": pytest.approx(expected), "nobody wrote this": 0.0}
    assert made.mean == pytest.approx(expected / 2)


async def test_a_judged_page_counts_where_it_is_shown(tuner: Tuner) -> None:
    shown = await tuner.library.material(("Backup", "backup"), ("Prices", "what it costs"))
    await judge_page(tuner, "backup", shown, 1, 3)
    assert await report(tuner) == {"backup": 1.0}

    await judge_page(tuner, "prices of backup", shown, 2, 3)
    await judge_page(tuner, "backup", shown, 2, 2)
    assert (await report(tuner))["backup"] == 1.0

    await judge_page(tuner, "everything", shown, 2, 3)
    await tuner.library.material("everything")
    assert (await report(tuner))["everything"] == 0.0


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"query": " "}, "query"), ({"grade": 4}, "grade"), ({"page_number": 2}, "page_number")],
)
async def test_what_is_no_judgement_is_refused(
    tuner: Tuner, fields: dict[str, Any], field: str
) -> None:
    deck = await tuner.library.material("Everything")
    given = {"query": "backup", "material_id": deck, "grade": 3, **fields}
    with pytest.raises(InvalidInputError) as caught:
        await judgements.create(tuner.library.connection, tuner.caller, given)
    assert field in {caught.value.details.get("field"), *caught.value.details.get("errors", ())}


async def test_queries_are_judged_up_to_a_number(
    tuner: Tuner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judgements, "MAX_QUERIES", 2)
    deck, other = [await tuner.library.material("Everything") for _ in range(2)]
    await tuner.judge("one", deck, 1)
    await tuner.judge("two", deck, 1)
    await tuner.judge("TWO", other, 1)
    with pytest.raises(ConflictError):
        await tuner.judge("three", deck, 1)


async def test_judgements_of_hidden_materials_exist_for_nobody_else(tuner: Tuner) -> None:
    connection = tuner.library.connection
    draft = await tuner.library.material(
        "Secret", status=MaterialStatus.DRAFT, owner_id=tuner.caller.principal.user_id
    )
    made_id = await tuner.judge("backup", draft, 3)
    other = Caller(await tuner.library.person())

    assert await judgements.find(connection, other.principal, 10) == []
    with pytest.raises(NotFoundError):
        await judgements.change(connection, other, made_id, 1)
    with pytest.raises(NotFoundError):
        await judgements.create(connection, other, {"query": "x", "material_id": draft, "grade": 1})


async def test_sales_judge_nothing(tuner: Tuner) -> None:
    connection = tuner.library.connection
    deck = await tuner.library.material("Everything")
    made_id = await tuner.judge("backup", deck, 3)
    rep = Caller(await tuner.library.person(Role.SALES))
    for refused in (
        judgements.create(connection, rep, {"query": "x", "material_id": deck, "grade": 1}),
        judgements.change(connection, rep, made_id, 1),
        judgements.remove(connection, rep, made_id),
        judgements.get(connection, rep.principal, made_id),
        judgements.find(connection, rep.principal, 10),
    ):
        with pytest.raises(ForbiddenError):
            await refused
