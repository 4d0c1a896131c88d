"""The gate: what makes the judged queries worse is taken back, unless somebody insists."""

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from search_service.accounts import policy
from search_service.accounts.caller import Caller
from search_service.db.engine import Database
from search_service.db.enums import MaterialStatus, Role
from search_service.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    JudgedQueriesWouldSufferError,
    NotFoundError,
    QueryTimeoutError,
)
from search_service.insights import judgements, measuring, pins, synonyms, weights
from search_service.insights.gate import MIN_QUERIES, Attempt
from search_service.search.weights import Weights, read
from tests.integration.insights.tuning import Tuner

pytestmark = pytest.mark.anyio
SECOND = 1 / 1.584962500721156  # the discount of the second place


async def judge(tuner: Tuner, queries: int) -> list[int]:
    """Judge queries of one word, each with one good material that is found first."""
    keys = [await tuner.library.material(f"word{number}") for number in range(queries)]
    await tuner.library.refresh()
    for number, key in enumerate(keys):
        await tuner.judge(f"word{number}", key, 3)
    return keys


async def test_a_pin_that_hurts_is_refused_and_taken_back(tuner: Tuner) -> None:
    good, other, *_ = await judge(tuner, MIN_QUERIES)

    with pytest.raises(JudgedQueriesWouldSufferError) as caught:
        await tuner.pin("word0", other)

    assert caught.value.code == "judged_queries_would_suffer"
    [worse] = caught.value.details["queries"]
    assert worse == {"query": "word0", "before": 1.0, "after": pytest.approx(SECOND)}
    assert caught.value.details["mean_before"] == 1.0
    assert caught.value.details["mean_after"] == pytest.approx(1 - (1 - SECOND) / MIN_QUERIES)
    assert await tuner.found("word0") == [good]
    connection, principal = tuner.library.connection, tuner.caller.principal
    assert await pins.find(connection, principal, 10) == []
    assert "pin.create" not in [entry["action"] for entry in await tuner.audited()]


async def test_who_insists_keeps_the_change_and_is_named(tuner: Tuner) -> None:
    good, other, *_ = await judge(tuner, MIN_QUERIES)

    done = await tuner.pin("word0", other, override=True)

    assert done.trial.overridden
    [hurt] = done.trial.hurt
    assert (hurt.query, hurt.before) == ("word0", 1.0)
    assert hurt.after == pytest.approx(SECOND)
    assert await tuner.found("word0") == [other, good]
    entry = (await tuner.audited())[-1]
    assert (entry["action"], entry["after"]["overridden"]) == ("pin.create", True)
    assert entry["after"]["ndcg_before"] == 1.0
    assert entry["after"]["ndcg_after"] == pytest.approx(done.trial.mean_after)


async def test_to_insist_on_what_hurts_nothing_is_no_override(tuner: Tuner) -> None:
    good, *_ = await judge(tuner, MIN_QUERIES)

    done = await tuner.pin("word0", good, override=True)

    assert not done.trial.overridden
    assert (done.trial.mean_before, done.trial.mean_after, done.trial.hurt) == (1.0, 1.0, ())


async def test_with_few_judged_queries_the_gate_only_reports(tuner: Tuner) -> None:
    good, other, *_ = await judge(tuner, MIN_QUERIES - 1)

    done = await tuner.pin("word0", other)

    assert done.trial.queries == MIN_QUERIES - 1
    assert [change.query for change in done.trial.hurt] == ["word0"]
    assert not done.trial.overridden
    assert await tuner.found("word0") == [other, good]


async def test_without_judged_queries_there_is_nothing_to_say(tuner: Tuner) -> None:
    done = await tuner.synonym("dr", "disaster recovery")

    assert (done.trial.queries, done.trial.mean_before, done.trial.mean_after) == (0, None, None)


async def test_a_synonym_that_hurts_is_refused_in_every_way(tuner: Tuner) -> None:
    connection, attempt = tuner.library.connection, Attempt(tuner.caller)
    good, *_ = await judge(tuner, MIN_QUERIES)
    loud = await tuner.library.material(("Noise", "noise noise noise"), name="Noise")
    harmless = (await tuner.synonym("noise", "word0")).result

    with pytest.raises(JudgedQueriesWouldSufferError):
        await tuner.synonym("word0", "noise")
    with pytest.raises(JudgedQueriesWouldSufferError):
        await synonyms.change(connection, attempt, harmless.id, {"two_way": True})
    assert await synonyms.get(connection, tuner.caller.principal, harmless.id) == harmless
    assert await tuner.found("word0") == [good]

    kept = await synonyms.change(
        connection, replace(attempt, override=True), harmless.id, {"two_way": True}
    )
    assert kept.result.two_way
    assert await tuner.found("word0") == [loud, good]
    helped = await synonyms.remove(connection, attempt, harmless.id)
    assert (helped.trial.mean_after or 0) > (helped.trial.mean_before or 0)


async def test_a_removal_that_hurts_is_refused(tuner: Tuner) -> None:
    await judge(tuner, MIN_QUERIES - 1)
    buried = await tuner.library.material("Everything else")
    await tuner.judge("offers", buried, 3)
    helpful = (await tuner.pin("offers", buried)).result

    with pytest.raises(JudgedQueriesWouldSufferError):
        await pins.remove(tuner.library.connection, Attempt(tuner.caller), helpful.id)
    assert await tuner.found("offers") == [buried]


async def test_one_query_may_suffer_where_the_mean_does_not(tuner: Tuner) -> None:
    keys = await judge(tuner, MIN_QUERIES)
    unfound = await tuner.library.material("Everything else")
    await tuner.judge("offers", unfound, 3)
    loud = await tuner.library.material(("Offers", "offers word0"), name="Offers word0")
    await tuner.judge("offers", loud, 1)
    assert loud not in keys

    done = await tuner.pin("offers", unfound)

    assert done.trial.hurt == ()
    assert (done.trial.mean_after or 0) > (done.trial.mean_before or 0)


async def test_what_reps_do_not_see_measures_nothing(tuner: Tuner) -> None:
    await judge(tuner, MIN_QUERIES - 1)
    draft = await tuner.library.material(
        "draft words",
        status=MaterialStatus.DRAFT,
        owner_id=tuner.caller.principal.user_id,
    )
    await tuner.judge("draft words", draft, 3)
    nothing = await tuner.library.material("nothing")
    await tuner.judge("nothing", nothing, 0)

    report = await judgements.report(tuner.library.connection, tuner.caller.principal)

    assert len(report.queries) == MIN_QUERIES - 1
    assert report.mean == 1.0


async def test_weights_go_through_the_gate_and_the_log(tuner: Tuner) -> None:
    connection, attempt = tuner.library.connection, Attempt(tuner.caller)
    assert await weights.get(connection, tuner.caller.principal) == Weights()
    wanted = Weights(next_slides=(0.1, 0.0), own=0.3, persona=0.5, usage=0.1)

    done = await weights.replace(connection, attempt, wanted)
    again = await weights.replace(connection, attempt, replace(wanted, own=0.2))

    assert done.result == wanted
    assert await read(connection) == again.result == replace(wanted, own=0.2)
    first, second = await tuner.audited()
    assert (first["action"], first["before"]["own"]) == ("ranking_weights.update", 0.1)
    assert (second["before"]["own"], second["after"]["own"]) == (0.3, 0.2)
    assert second["after"]["judged_queries"] == 0


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Weights(own=1.1), "own"),
        (Weights(next_slides=(0.1, 0.6)), "next_slides"),
        (Weights(freshness=0.11), "freshness"),
        (Weights(health=-0.01), "health"),
        (Weights(product=0.6), "product"),
        (Weights(stage=float("nan")), "stage"),
    ],
)
async def test_weights_stay_within_their_bounds(tuner: Tuner, wanted: Weights, field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        await weights.replace(tuner.library.connection, Attempt(tuner.caller), wanted)
    assert list(caught.value.details["errors"]) == [field]


async def test_sales_tune_nothing(tuner: Tuner) -> None:
    connection = tuner.library.connection
    rep = Caller(await tuner.library.person(Role.SALES))
    with pytest.raises(ForbiddenError):
        await weights.replace(connection, Attempt(rep, override=True), Weights())
    with pytest.raises(ForbiddenError):
        await weights.get(connection, rep.principal)
    with pytest.raises(ForbiddenError):
        await judgements.report(connection, rep.principal)


async def test_what_cannot_be_changed_is_refused_before_anything_is_measured(
    tuner: Tuner, monkeypatch: pytest.MonkeyPatch
) -> None:
    await judge(tuner, 1)

    async def measure(*_: object) -> None:
        raise AssertionError("measured")

    monkeypatch.setattr(measuring, "measure", measure)
    with pytest.raises(NotFoundError):
        await synonyms.remove(tuner.library.connection, Attempt(tuner.caller), 99_999)


async def test_judged_queries_that_take_too_long_end_the_attempt(
    tuner: Tuner, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, *_ = await judge(tuner, 2)
    monkeypatch.setattr(measuring, "TIME_S", -1.0)
    with pytest.raises(QueryTimeoutError, match="Of 2 judged queries only 0"):
        await tuner.pin("word0", good)


async def test_without_the_right_to_see_judged_queries_nothing_is_changed(tuner: Tuner) -> None:
    scopes = frozenset({policy.WRITE})
    writer = Caller(replace(tuner.caller.principal, scopes=scopes))
    with pytest.raises(ForbiddenError):
        await synonyms.remove(tuner.library.connection, Attempt(writer), 1)


async def test_while_somebody_measures_nobody_else_waits(tuner: Tuner, engine: AsyncEngine) -> None:
    good, *_ = await judge(tuner, 1)
    async with Database(engine, engine).transaction() as other:
        await measuring.require_turn(other)
        with pytest.raises(ConflictError, match="measured for somebody else"):
            await tuner.pin("word0", good)
        with pytest.raises(ConflictError):
            await judgements.report(tuner.library.connection, tuner.caller.principal)
