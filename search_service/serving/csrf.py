"""Protects requests that a browser signs by itself: those with a session cookie.

A token belongs to one session and is derived from it, so that nothing is stored: it goes into the
page (`token_for`) and comes back in the header X-CSRF-Token or the form field `csrf_token`.
Requests with an Authorization header need none, as no browser adds that by itself.
"""

import hmac
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.connection import ASGIConnection

from search_service.accounts.signing import SigningKeys
from search_service.errors import ForbiddenError
from search_service.serving.services import services_of

HEADER = "X-CSRF-Token"
FIELD = "csrf_token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def token_for(connection: ASGIConnection[Any, Any, Any, Any], session_secret: str) -> str:
    """Give the token of a session: 64 hex digits."""
    return token_of(services_of(connection).tokens.keys, session_secret)


def token_of(keys: SigningKeys, session_secret: str) -> str:
    """Give the same where there is no connection."""
    return hmac.digest(keys.derive("csrf").encode(), session_secret.encode(), "sha256").hex()


async def require_token(
    connection: ASGIConnection[Any, Any, Any, Any], session_secret: str
) -> None:
    """Raise ForbiddenError for a changing request without the session's token."""
    if connection.scope.get("method") in SAFE_METHODS:
        return
    require_same_origin(connection)
    given = connection.headers.get(HEADER) or await _form_field(connection)
    # Headers may hold any byte; compare_digest takes text only where it is ASCII.
    expected = token_for(connection, session_secret).encode()
    if not hmac.compare_digest(given.encode("utf-8", "replace"), expected):
        raise ForbiddenError("This page is out of date; load it again and repeat what you did.")


def require_same_origin(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Raise ForbiddenError for a changing request that another site's page caused.

    For the sign-in form, which has no session yet; clients that are no browser send neither field.
    """
    if connection.scope.get("method") in SAFE_METHODS:
        return
    site = connection.headers.get("Sec-Fetch-Site")
    origin = connection.headers.get("Origin")
    own_hosts = {
        connection.headers.get("Host"),
        urlsplit(services_of(connection).settings.public_url).netloc,
    }
    foreign = origin is not None and _host_of(origin) not in own_hosts
    if foreign or site in {"cross-site", "same-site"}:
        raise ForbiddenError("This request came from a page of another site and is not taken.")


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # such as an unclosed bracket
        return ""


async def _form_field(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    content_type = connection.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not isinstance(connection, Request) or content_type not in _FORMS:
        return ""
    value = (await connection.form()).get(FIELD)
    return value if isinstance(value, str) else ""
