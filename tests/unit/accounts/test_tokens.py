"""Access tokens: what is accepted, and every way to forge or outlive one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_service.accounts.signing import SigningKey, SigningKeys
from search_service.accounts.tokens import AccessClaims, Tokens, hash_of, new_secret
from search_service.errors import UnauthenticatedError

FIRST, SECOND = SigningKey("first", b"1" * 32), SigningKey("second", b"2" * 32)
TOKENS = Tokens(SigningKeys((FIRST,)), "https://search.example.com", access_s=900, refresh_s=9)
CLAIMS = AccessClaims(5, UUID(int=1))


def forged(
    key: bytes = FIRST.secret, kid: str | None = "first", algorithm: str = "HS256", **changes: Any
) -> str:
    now = datetime.now(UTC)
    payload = {
        "iss": TOKENS.issuer,
        "aud": "search-service",
        "sub": "5",
        "sid": UUID(int=1).hex,
        "iat": now,
        "exp": now + timedelta(seconds=60),
        **changes,
    }
    kept = {name: value for name, value in payload.items() if value is not None}
    return jwt.encode(kept, key, algorithm, headers={"kid": kid} if kid else None)


def test_a_token_is_read_as_it_was_signed() -> None:
    assert TOKENS.read(TOKENS.sign(CLAIMS)) == CLAIMS
    assert TOKENS.read(forged()) == CLAIMS


def test_a_token_says_nothing_of_roles() -> None:
    payload = jwt.decode(TOKENS.sign(CLAIMS), options={"verify_signature": False})

    assert payload.keys() == {"iss", "aud", "sub", "sid", "iat", "exp"}
    assert payload["exp"] - payload["iat"] == 900


def test_a_replaced_key_still_verifies_until_it_is_removed() -> None:
    old = TOKENS.sign(CLAIMS)

    assert replace(TOKENS, keys=SigningKeys((SECOND, FIRST))).read(old) == CLAIMS
    with pytest.raises(UnauthenticatedError):
        replace(TOKENS, keys=SigningKeys((SECOND,))).read(old)


# Changes, not tokens: the names of tests must not hold the time, as workers compare them.
@pytest.mark.parametrize(
    "changes",
    [
        {"key": SECOND.secret},
        {"kid": "second"},
        {"kid": None},
        {"iss": "https://evil.example.com"},
        {"aud": "another service"},
        {"algorithm": "HS384", "key": b"1" * 48},
        {"sub": None},
        {"sub": "me"},
        {"sid": None},
        {"sid": "no uuid"},
        {"sid": 7},
        {"exp": None},
        {"iat": datetime(2999, 1, 1, tzinfo=UTC)},
    ],
)
def test_a_forged_token_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(UnauthenticatedError, match="not valid"):
        TOKENS.read(forged(**changes))


def test_an_unsigned_token_is_refused() -> None:
    unsigned = jwt.encode({"sub": "5"}, "", algorithm="none", headers={"kid": "first"})

    with pytest.raises(UnauthenticatedError, match="not valid"):
        TOKENS.read(unsigned)


@pytest.mark.parametrize("token", ["", "a.b.c", "\ud800.é.\0"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(UnauthenticatedError, match="not valid"):
        TOKENS.read(token)


def test_an_expired_token_is_told_to_be_refreshed() -> None:
    with pytest.raises(UnauthenticatedError, match="expired"):
        TOKENS.read(forged(exp=datetime.now(UTC) - timedelta(seconds=60)))


def test_clocks_of_our_servers_may_differ_a_little() -> None:
    now = datetime.now(UTC)

    assert TOKENS.read(forged(iat=now + timedelta(seconds=20))) == CLAIMS
    assert TOKENS.read(forged(exp=now - timedelta(seconds=20))) == CLAIMS


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    with pytest.raises(UnauthenticatedError):
        TOKENS.read(text)


def test_no_secret_is_shown() -> None:
    assert "1111" not in repr(TOKENS)


def test_random_secrets_are_long_differ_and_hash_to_64_digits() -> None:
    secrets = {new_secret("ssr_") for _ in range(100)}

    assert len(secrets) == 100
    assert all(len(secret) >= 47 and len(hash_of(secret)) == 64 for secret in secrets)
    assert len(hash_of("\ud800")) == 64
