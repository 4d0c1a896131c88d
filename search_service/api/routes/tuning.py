"""What the routes that tune search share: how a change is attempted, and what its trial says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Request
from msgspec import UNSET, Struct, convert, structs

from search_service.accounts.caller import Caller
from search_service.api.schemas.tuning import Trial, TuningOptions
from search_service.api.validation import read_query
from search_service.insights.gate import Attempt, Outcome
from search_service.serving.services import Services


@asynccontextmanager
async def tuning(
    request: Request[Any, Any, Any], services: Services, caller: Caller
) -> AsyncIterator[tuple[Any, Attempt]]:
    """Give a transaction to attempt a change in, and who attempts it.

    It has one snapshot: what others do to the library meanwhile is no fault of the change.
    """
    override = read_query(request, TuningOptions).override
    attempt = Attempt(caller, override, services.searcher.cache.newest)
    async with services.database.transaction("REPEATABLE READ") as connection:
        yield connection, attempt


def given_of(data: Struct) -> dict[str, Any]:
    """Give the fields that were sent, by the names they were sent by."""
    return {
        field.encode_name: value
        for field in structs.fields(data)
        if (value := getattr(data, field.name)) is not UNSET
    }


def trial_of(outcome: Outcome[Any]) -> Trial:
    return convert(outcome.trial, Trial, from_attributes=True)
