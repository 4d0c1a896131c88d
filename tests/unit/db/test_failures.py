"""Each SQLSTATE that a caller can do something about has its error; a bug stays a bug."""

import asyncpg
import pytest
from sqlalchemy import exc

from search_service.db import failures
from search_service.errors import (
    ConfigurationError,
    ConflictError,
    DatabaseUnavailableError,
    QueryTimeoutError,
    ServiceError,
)


@pytest.mark.parametrize(
    ("sqlstate", "kind"),
    [
        ("08006", DatabaseUnavailableError),
        ("25006", DatabaseUnavailableError),
        ("53100", DatabaseUnavailableError),
        ("53200", DatabaseUnavailableError),
        ("53300", DatabaseUnavailableError),
        ("57P01", DatabaseUnavailableError),
        ("57P02", DatabaseUnavailableError),
        ("57P03", DatabaseUnavailableError),
        ("55P03", QueryTimeoutError),
        ("57014", QueryTimeoutError),
        ("40001", ConflictError),
        ("40P01", ConflictError),
        ("23503", ConflictError),
        ("23505", ConflictError),
        ("23P01", ConflictError),
        ("28000", ConfigurationError),
        ("28P01", ConfigurationError),
        ("3D000", ConfigurationError),
    ],
)
def test_a_sqlstate_becomes_the_services_error(sqlstate: str, kind: type[ServiceError]) -> None:
    with pytest.raises(kind) as caught, failures.translated():
        raise _driver_error(sqlstate)

    assert type(caught.value) is kind
    assert caught.value.details["sqlstate"] == sqlstate
    assert isinstance(caught.value.__cause__, asyncpg.PostgresError)


@pytest.mark.parametrize("sqlstate", ["42601", "42P01", "23502", "23514", "22001"])
def test_a_bug_stays_what_it_is(sqlstate: str) -> None:
    error = _driver_error(sqlstate)

    with pytest.raises(asyncpg.PostgresError) as caught, failures.translated():
        raise error

    assert caught.value is error


@pytest.mark.parametrize(
    ("sqlstate", "transient"),
    [
        ("40001", True),
        ("40P01", True),
        ("25006", True),
        ("57P01", True),
        ("57014", False),
        ("23505", False),
    ],
)
def test_only_what_a_repeat_can_cure_is_transient(sqlstate: str, transient: bool) -> None:
    meaning = failures.translate(_driver_error(sqlstate))

    assert meaning is not None
    assert failures.is_transient(meaning) is transient


def test_a_unique_violation_names_the_columns_and_not_the_value() -> None:
    error = asyncpg.PostgresError.new(
        {
            "C": "23505",
            "M": "duplicate key",
            "D": "Key (tenant, email)=(1, ann@example.com) already exists.",
            "t": "users",
            "n": "users_email_key",
        }
    )

    meaning = failures.translate(error)

    assert meaning is not None
    assert meaning.details["columns"] == ["tenant", "email"]
    assert meaning.details["table"] == "users"
    assert meaning.details["constraint"] == "users_email_key"
    assert "tenant and email" in meaning.message
    assert "ann@example.com" not in repr((meaning.message, meaning.details))


def test_a_busy_pool_asks_to_come_back_later() -> None:
    with pytest.raises(DatabaseUnavailableError) as caught, failures.translated():
        raise exc.TimeoutError

    assert caught.value.retry_after_s > failures.RETRY_AFTER_S


def test_a_file_error_inside_a_transaction_is_not_taken_for_the_network() -> None:
    with pytest.raises(FileNotFoundError), failures.translated():
        raise FileNotFoundError


def test_a_network_error_while_connecting_is() -> None:
    with (
        pytest.raises(DatabaseUnavailableError, match="Connection refused"),
        failures.connecting(),
    ):
        raise ConnectionRefusedError(111, "Connection refused")


def _driver_error(sqlstate: str) -> asyncpg.PostgresError:
    error = asyncpg.PostgresError.new({"C": sqlstate, "M": "the server's words"})
    assert isinstance(error, asyncpg.PostgresError)
    return error
