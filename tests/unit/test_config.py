"""Settings: read from the environment once, refused with the variable's name."""

from dataclasses import FrozenInstanceError, fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_service.config import MIB, Settings
from search_service.errors import ConfigurationError

LONG_ENOUGH = "s" * 32


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = Settings.from_environment({})

    assert settings == Settings()
    assert (settings.pool_size, settings.pool_overflow, settings.pool_recycle_s) == (10, 20, 300)
    assert settings.host == "127.0.0.1"
    assert settings.upload_max_bytes == 200 * MIB
    assert settings.secret == ""


def test_every_variable_that_is_set_replaces_its_default() -> None:
    settings = Settings.from_environment(
        {
            "DATABASE_URL": "postgresql://db/search",
            "POOLER": "transaction",
            "SEARCH_SERVICE_POOL_SIZE": "3",
            "SEARCH_SERVICE_STATEMENT_TIMEOUT_S": "2.5",
            "SEARCH_SERVICE_DATA_DIR": "/srv/search",
            "SEARCH_SERVICE_SECRET": LONG_ENOUGH,
        }
    )

    assert settings.database_url == "postgresql://db/search"
    assert settings.pooler == "transaction"
    assert settings.pool_size == 3
    assert settings.statement_timeout_s == 2.5
    assert settings.data_dir == Path("/srv/search")
    assert settings.files_dir == Path("/srv/search/files")
    assert settings.secret == LONG_ENOUGH


def test_the_process_environment_is_read_where_none_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SEARCH_SERVICE_PORT", "9123")

    assert Settings.from_environment().port == 9123


def test_an_empty_variable_is_as_good_as_none_and_strangers_are_left_alone() -> None:
    environment = {"SEARCH_SERVICE_PORT": "", "DATABASE_URL": "", "SEARCH_SERVICE_COLOUR": "red"}

    assert Settings.from_environment(environment) == Settings()


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("SEARCH_SERVICE_POOL_SIZE", "ten"),
        ("SEARCH_SERVICE_PORT", "80.5"),
        ("SEARCH_SERVICE_STATEMENT_TIMEOUT_S", "10s"),
        ("POOLER", "session"),
        ("PUBLIC_URL", "search.example.com"),
        ("SEARCH_SERVICE_SECRET", "short"),
    ],
)
def test_a_bad_value_is_refused_with_its_variable_and_what_to_do(variable: str, text: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Settings.from_environment({variable: text})

    assert variable in refused.value.message
    assert refused.value.message.endswith(".")
    assert refused.value.code == "configuration"


@pytest.mark.parametrize("item", fields(Settings), ids=lambda item: item.name)
def test_every_setting_can_be_given_by_its_variable(item: Any) -> None:
    variable = item.metadata["variable"]
    given_as = str(item.default) or {"POOLER": "transaction"}.get(variable, LONG_ENOUGH)

    settings = Settings.from_environment({variable: given_as})

    assert str(getattr(settings, item.name)) == given_as


def test_a_secret_is_never_part_of_the_refusal() -> None:
    with pytest.raises(ConfigurationError) as refused:
        Settings(secret="hunter2")

    assert "hunter2" not in refused.value.message


def test_each_of_several_secrets_must_be_long_enough() -> None:
    assert Settings(secret=f"{LONG_ENOUGH},{LONG_ENOUGH}").secret.count(",") == 1
    with pytest.raises(ConfigurationError, match="SEARCH_SERVICE_SECRET"):
        Settings(secret=f"{LONG_ENOUGH},short")


def test_what_is_secret_is_not_shown_with_the_settings() -> None:
    with_password = "postgresql://ada:hunter2@db/search"
    settings = Settings(
        secret="hunter2" * 5, database_url=with_password, database_read_url=with_password
    )

    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize("url", ["https://search.example.com/", "https://search.example.com//"])
def test_the_public_url_loses_its_closing_slash(url: str) -> None:
    settings = Settings.from_environment({"PUBLIC_URL": url})

    assert settings.public_url == "https://search.example.com"


def test_settings_do_not_change_and_copies_are_checked_too() -> None:
    settings = Settings()

    with pytest.raises(FrozenInstanceError):
        settings.port = 1  # type: ignore[misc] # the point of the test
    assert settings.with_(port=1).port == 1
    assert settings.port == 8000
    with pytest.raises(ConfigurationError):
        settings.with_(secret="short")


@given(st.sampled_from(fields(Settings)), st.text())
def test_any_text_is_either_taken_or_refused_by_name(item: Any, text: str) -> None:
    variable = item.metadata["variable"]
    refused = ""
    try:
        Settings.from_environment({variable: text})
    except ConfigurationError as error:
        refused = error.message

    assert refused == "" or variable in refused


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SEARCH_SERVICE_POOL_SIZE", "0"),
        ("SEARCH_SERVICE_PORT", "99999"),
        ("SEARCH_SERVICE_STATEMENT_TIMEOUT_S", "nan"),
        ("SEARCH_SERVICE_WORKER_CONCURRENCY", "-1"),
        ("SEARCH_SERVICE_LOG_LEVEL", "loud"),
        ("SEARCH_SERVICE_LOG_FORMAT", "xml"),
    ],
)
def test_a_value_out_of_bounds_is_refused_with_what_is_allowed(variable: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"{variable} is .*choose"):
        Settings.from_environment({variable: value})


def test_links_follow_the_port_unless_a_public_address_is_set() -> None:
    assert Settings().bound_to(None, 8123).public_url == "http://127.0.0.1:8123"
    public = Settings(public_url="https://search.example.com").bound_to("0.0.0.0", 80)  # noqa: S104 - not bound
    assert public.public_url == "https://search.example.com"
    assert (public.host, public.port) == ("0.0.0.0", 80)  # noqa: S104 - the same
