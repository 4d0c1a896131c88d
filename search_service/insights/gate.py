"""The gate: a change of how search is tuned is tried on the judged queries before it stands.

The change is made, the judged queries are searched before and after it on the same connection, and
where their mean nDCG@10 falls it is taken back and refused. It knows nothing of what is changed.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import policy
from search_service.accounts.caller import Caller
from search_service.audit.entries import Entry, record
from search_service.errors import JudgedQueriesWouldSufferError
from search_service.insights import measuring
from search_service.insights.measuring import QueryScore
from search_service.search.column_cache import Version

# With fewer judged queries the mean says too little to refuse by.
MIN_QUERIES = 20
# By which a mean may fall, and a query's own figure, without being worse.
TOLERANCE = 1e-6
MAX_LISTED = 50

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tunes search, and whether they keep a change that makes the judged queries worse.

    `known` are columns that the process had before the transaction began.
    """

    caller: Caller
    override: bool = False
    known: Version | None = None


@dataclass(frozen=True, slots=True)
class Deed(Generic[Result]):
    """What was changed, as the audit log has it, and what the change gives back."""

    kind: str
    verb: str
    object_id: int
    result: Result
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class QueryChange:
    """nDCG@10 of one judged query before and after a change."""

    query: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Trial:
    """What a change does to the judged queries: their means, and those that it hurts, most first.

    The means are None without a judged query. `enforced` tells whether there are enough of them to
    refuse by; `overridden` where it stands all the same.
    """

    queries: int
    mean_before: float | None
    mean_after: float | None
    hurt: tuple[QueryChange, ...]
    overridden: bool = False

    @property
    def enforced(self) -> bool:
        return self.queries >= MIN_QUERIES


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Result]):
    """What a change gave back, and what it does to the judged queries."""

    result: Result
    trial: Trial


async def pass_through(
    connection: AsyncConnection, attempt: Attempt, change: Callable[[], Awaitable[Deed[Result]]]
) -> Outcome[Result]:
    """Make a change in the caller's transaction, of one snapshot, try it and log it.

    One change at a time: each is tried on the state that it will stand in. Raises ForbiddenError,
    also without the right to see what a trial tells, JudgedQueriesWouldSufferError with the change
    taken back, what measuring raises, and what the change raises, before anything is measured.
    """
    policy.require_tune_search(attempt.caller.principal)
    policy.require_see_tuning(attempt.caller.principal)
    await measuring.require_turn(connection)
    async with connection.begin_nested() as rehearsal:
        await change()
        await rehearsal.rollback()
    # Judged once: what others judge meanwhile would be compared with nothing.
    queries = await measuring.judged_queries(connection)
    before = await measuring.measure(connection, queries, attempt.known)
    async with connection.begin_nested():
        deed = await change()
        after = await measuring.measure(connection, queries, attempt.known)
        trial = compared(before, after, override=attempt.override)
        if is_worse(trial) and not trial.overridden:
            raise _refusal(trial)
    await record(connection, _entry(attempt.caller, deed, trial))
    return Outcome(deed.result, trial)


def compared(before: Sequence[QueryScore], after: Sequence[QueryScore], *, override: bool) -> Trial:
    """Compare the scores of the same queries, in the same order."""
    changes = [
        QueryChange(old.query, old.ndcg, new.ndcg) for old, new in zip(before, after, strict=True)
    ]
    hurt = [change for change in changes if change.after < change.before - TOLERANCE]
    hurt.sort(key=lambda change: (change.after - change.before, change.query))
    means = measuring.mean(before), measuring.mean(after)
    trial = Trial(len(changes), *means, tuple(hurt[:MAX_LISTED]))
    return replace(trial, overridden=override and is_worse(trial))


def is_worse(trial: Trial) -> bool:
    """Tell whether enough judged queries say, in their mean, that a change makes search worse."""
    if not trial.enforced or trial.mean_before is None or trial.mean_after is None:
        return False
    return trial.mean_after < trial.mean_before - TOLERANCE


def _refusal(trial: Trial) -> JudgedQueriesWouldSufferError:
    return JudgedQueriesWouldSufferError(
        f"Over {trial.queries} judged queries nDCG@10 would fall from {trial.mean_before:.4f} to "
        f"{trial.mean_after:.4f}; change something else, or repeat it with override=true.",
        mean_before=trial.mean_before,
        mean_after=trial.mean_after,
        queries=[
            {"query": change.query, "before": change.before, "after": change.after}
            for change in trial.hurt
        ],
    )


def _entry(caller: Caller, deed: Deed[Any], trial: Trial) -> Entry:
    judged = {
        "judged_queries": trial.queries,
        "ndcg_before": trial.mean_before,
        "ndcg_after": trial.mean_after,
        "overridden": trial.overridden,
    }
    return Entry(
        caller.actor,
        f"{deed.kind}.{deed.verb}",
        deed.kind,
        deed.object_id,
        deed.before,
        {**(deed.after or {}), **judged},
    )
