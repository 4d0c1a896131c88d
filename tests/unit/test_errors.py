"""The tree of errors: stable codes, sentences, facts."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

import search_service
from search_service import errors
from search_service.errors import (
    ServiceError,
    TooManyRequestsError,
    UnavailableError,
)

# Part of the interface: callers compare them. A code is added here, never changed.
CODES = {
    "ServiceError": "internal_error",
    "InvalidInputError": "invalid_input",
    "UnknownParameterError": "unknown_parameter",
    "InvalidCursorError": "invalid_cursor",
    "UnauthenticatedError": "unauthenticated",
    "InvalidCredentialsError": "invalid_credentials",
    "TokenReusedError": "token_reused",
    "ForbiddenError": "forbidden",
    "NotFoundError": "not_found",
    "ConflictError": "conflict",
    "OpenSeriousWarningsError": "open_serious_warnings",
    "JudgedQueriesWouldSufferError": "judged_queries_would_suffer",
    "MaterialExpiredError": "material_expired",
    "MaterialReplacedError": "material_replaced",
    "SuccessorCircleError": "successor_circle",
    "RetiredError": "retired",
    "PreconditionFailedError": "precondition_failed",
    "PreconditionRequiredError": "precondition_required",
    "FileRefusedError": "file_refused",
    "TooLargeError": "too_large",
    "EmptyFileError": "empty_file",
    "UnsupportedTypeError": "unsupported_type",
    "CopyRefusedError": "copy_refused",
    "TooManyRequestsError": "too_many_requests",
    "QueueFullError": "queue_full",
    "UnavailableError": "unavailable",
    "DatabaseUnavailableError": "database_unavailable",
    "QueryTimeoutError": "query_timeout",
    "ConfigurationError": "configuration",
}


def tree(root: type[ServiceError] = ServiceError) -> Iterator[type[ServiceError]]:
    yield root
    for child in root.__subclasses__():
        yield from tree(child)


def make(kind: type[ServiceError], message: str = "It broke.", **details: Any) -> ServiceError:
    if issubclass(kind, TooManyRequestsError):
        return kind(message, retry_after_s=7, **details)
    return kind(message, **details)


def test_every_error_has_the_code_that_callers_know() -> None:
    assert {kind.__name__: kind.code for kind in tree()} == CODES


def test_every_error_has_a_code_of_its_own() -> None:
    assert [kind.__name__ for kind in tree() if "code" not in vars(kind)] == []
    assert len({kind.code for kind in tree()}) == len(list(tree()))


def test_all_errors_stand_in_one_module() -> None:
    for module in pkgutil.walk_packages(search_service.__path__, "search_service."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)

    assert {kind.__module__ for kind in tree()} == {errors.__name__}


@pytest.mark.parametrize("name", CODES)
def test_an_error_keeps_its_sentence_and_its_facts(name: str) -> None:
    error = make(getattr(errors, name), "There is no slide 9.", field="slide", highest=8)

    assert error.message == str(error) == "There is no slide 9."
    assert error.details == {"field": "slide", "highest": 8}


def test_an_error_without_facts_has_none() -> None:
    assert make(ServiceError).details == {}


def test_what_passes_says_when_to_come_back() -> None:
    limited = TooManyRequestsError("Too many searches.", retry_after_s=30, limit=60)

    assert limited.retry_after_s == 30
    assert limited.details == {"limit": 60}
    assert UnavailableError("The database restarts.").retry_after_s == 2
    assert UnavailableError("The database restarts.", retry_after_s=9).retry_after_s == 9


@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        (errors.UnknownParameterError, errors.InvalidInputError),
        (errors.InvalidCredentialsError, errors.UnauthenticatedError),
        (errors.TooLargeError, errors.FileRefusedError),
        (errors.DatabaseUnavailableError, errors.UnavailableError),
    ],
)
def test_a_leaf_is_caught_by_its_branch(
    kind: type[ServiceError], parent: type[ServiceError]
) -> None:
    with pytest.raises(parent):
        raise make(kind)
