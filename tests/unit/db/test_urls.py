"""A URL as libpq writes it becomes what SQLAlchemy and asyncpg understand."""

import ssl
from pathlib import Path
from typing import Any

import certifi
import pytest
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from search_service.db import urls
from search_service.errors import ConfigurationError


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_every_scheme_becomes_the_drivers(scheme: str) -> None:
    url = urls.parse(f"{scheme}://ann:secret@db.example:5433/sales").url

    assert url.render_as_string(hide_password=False) == (
        "postgresql+asyncpg://ann:secret@db.example:5433/sales"
    )


def test_a_socket_folder_and_port_reach_the_driver() -> None:
    given = _driver_arguments("postgresql://postgres@/search_service?host=/srv/a%20b&port=5432")

    assert given == {
        "user": "postgres",
        "database": "search_service",
        "host": "/srv/a b",
        "port": 5432,
    }


def test_hosts_in_a_list_reach_the_driver_with_their_ports() -> None:
    given = _driver_arguments(
        "postgresql://ann:p%40ss@one:5433,two/sales?target_session_attrs=read-write"
    )

    assert given == {
        "user": "ann",
        "password": "p@ss",
        "database": "sales",
        "host": ["one", "two"],
        "port": [5433, 5432],
        "target_session_attrs": "read-write",
    }


@pytest.mark.parametrize("mode", ["disable", "prefer", "require", "verify-full"])
def test_sslmode_becomes_the_drivers_ssl(mode: str) -> None:
    target = urls.parse(f"postgresql://db/sales?sslmode={mode}")

    assert target.arguments == {"ssl": mode}
    assert not target.url.query


@pytest.mark.parametrize(
    ("mode", "checks_name"), [("require", False), ("verify-ca", False), ("verify-full", True)]
)
def test_a_root_certificate_verifies_the_server(mode: str, checks_name: bool) -> None:
    target = urls.parse(f"postgresql://db/sales?sslmode={mode}&sslrootcert={certifi.where()}")
    context = target.arguments["ssl"]

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname is checks_name


def test_the_systems_certificates_verify_the_name_too() -> None:
    context = urls.parse("postgresql://db/sales?sslrootcert=system").arguments["ssl"]

    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_a_missing_certificate_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="certificate"):
        urls.parse(f"postgresql://db/sales?sslmode=verify-ca&sslrootcert={tmp_path}/none.crt")


def test_parameters_that_only_libpq_knows_are_dropped() -> None:
    target = urls.parse(
        "postgresql://db/sales?gssencmode=disable&channel_binding=prefer&keepalives=1"
    )

    assert not target.url.query
    assert target.arguments == {}


def test_connect_timeout_and_application_name_keep_their_meaning() -> None:
    target = urls.parse("postgresql://db/sales?connect_timeout=3&application_name=night")

    assert target.arguments == {"timeout": 3.0}
    assert target.server_settings == {"application_name": "night"}


@pytest.mark.parametrize(
    "url",
    [
        "db.example/sales",
        "mysql://db/sales",
        "postgresql://db:port/sales",
        "postgresql://db/sales?sslmode=yes",
        "postgresql://db/sales?connect_timeout=soon",
    ],
)
def test_an_unusable_url_is_a_configuration_error(url: str) -> None:
    with pytest.raises(ConfigurationError):
        urls.parse(url)


def test_the_error_does_not_show_the_password() -> None:
    with pytest.raises(ConfigurationError) as caught:
        urls.parse("mysql://ann:secret@db/sales")

    assert "secret" not in str(caught.value)


def _driver_arguments(text: str) -> dict[str, object]:
    dialect: Any = PGDialect_asyncpg
    _, named = dialect().create_connect_args(urls.parse(text).url)
    return dict(named)
