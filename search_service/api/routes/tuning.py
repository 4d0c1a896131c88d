"""What the routes that tune search share: how a change is attempted, and what its trial says."""

from typing import Any

from litestar import Request
from msgspec import UNSET, Struct, convert, structs

from search_service.accounts.caller import Caller
from search_service.api.schemas.tuning import Trial, TuningOptions
from search_service.api.validation import read_query
from search_service.insights.gate import Attempt, Outcome


def attempt_of(request: Request[Any, Any, Any], caller: Caller) -> Attempt:
    """Give who attempts a change, and whether the judged queries may get worse by it."""
    return Attempt(caller, read_query(request, TuningOptions).override)


def given_of(data: Struct) -> dict[str, Any]:
    """Give the fields that were sent, by the names they were sent by."""
    return {
        field.encode_name: value
        for field in structs.fields(data)
        if (value := getattr(data, field.name)) is not UNSET
    }


def trial_of(outcome: Outcome[Any]) -> Trial:
    return convert(outcome.trial, Trial, from_attributes=True)
