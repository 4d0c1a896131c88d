"""How addresses are written: of people, and of networks whose failures are counted."""

import pytest

from search_service.accounts.lockout import account_subject, address_subject
from search_service.accounts.users import normalise_email
from search_service.errors import InvalidInputError


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Ada@Example.COM\n", "ada@example.com"),
        ("o'brien+sales@mail.example.co.uk", "o'brien+sales@mail.example.co.uk"),
        ("admin@localhost", "admin@localhost"),
        ("jose\u0301@example.com", "jos\u00e9@example.com"),
    ],
)
def test_an_address_is_stripped_and_small(typed: str, stored: str) -> None:
    assert normalise_email(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@-x.com",
        "ada@example..com",
        "a b@example.com",
        "ada@example.com\0",
        "a\0da@example.com",
        "\ud800@example.com",
        "ada@example.com, bob@example.com",
        "<ada@example.com>",
        "a" * 65 + "@example.com",
        "ada@" + "x" * 60 + ("." + "x" * 60) * 4,
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError, match="e-mail address"):
        normalise_email(typed)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("192.0.2.7", "address:192.0.2.7"),
        ("::ffff:192.0.2.7", "address:192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "address:2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "address:2001:db8:1:2::/64"),
        ("", "address:"),
        ("x\0\ud800", "address:x?"),
    ],
)
def test_failures_are_counted_for_a_network(address: str, name: str) -> None:
    assert address_subject(address).name == name


def test_subjects_fit_their_column() -> None:
    assert len(address_subject("x" * 1000).name) <= 320
    assert len(account_subject("x" * 1000).name) <= 320
