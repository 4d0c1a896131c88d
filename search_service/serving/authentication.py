"""Who calls: from an access token, an API key or a browser's session cookie to a Principal.

The account is read again for each request, so that a deactivation works at the next one. Guards
run before the body is read: a stranger cannot make the service take a large upload.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler

from search_service.accounts import api_keys, policy, sessions
from search_service.accounts.caller import Caller
from search_service.accounts.families import FamilyToken
from search_service.accounts.policy import Principal
from search_service.config import Settings
from search_service.errors import TooManyRequestsError, UnauthenticatedError
from search_service.serving import csrf, rate_limits
from search_service.serving.request_ids import note_standing, request_id_of
from search_service.serving.services import services_of

Connection: TypeAlias = ASGIConnection[Any, Any, Any, Any]
PUBLIC = {"public": True}
_IDENTITY = "identity"


class Means(Enum):
    """How the caller showed who they are."""

    TOKEN = "token"  # noqa: S105 - a word, no secret
    KEY = "key"
    COOKIE = "cookie"


@dataclass(frozen=True, slots=True)
class Identity:
    """A caller and how they came in; `session_secret` only for a browser's session."""

    principal: Principal
    means: Means
    rate_class: str = rate_limits.STANDARD.name
    key_id: int | None = None
    session_secret: str | None = field(default=None, repr=False)


def scoped(scope: str) -> dict[str, str]:
    """Give the `opt` of a handler that a key reaches only with this scope."""
    return {"scope": scope}


def limited(limit: rate_limits.Limit) -> dict[str, rate_limits.Limit]:
    """Give the `opt` of a handler that is counted by itself, within this limit."""
    return {"limit": limit}


async def require_caller(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard: let in whom `identify` knows, with the handler's scope, within their limit.

    A handler with `opt=PUBLIC` is open to all; one with `opt=scoped(…)` asks a key for that scope.
    """
    if handler.opt.get("public"):
        return
    identity = await identify(connection)
    _count(connection, identity, handler.opt.get("limit"))
    if identity.session_secret is not None:
        await csrf.require_token(connection, identity.session_secret)
    if "scope" in handler.opt:
        policy.require_scope(identity.principal, handler.opt["scope"])


async def identify(connection: Connection) -> Identity:
    """Give who calls; read once a request. Raises UnauthenticatedError, DatabaseUnavailableError.

    An Authorization header counts alone: a wrong one is not mended by a cookie.
    """
    state: dict[str, Any] = connection.scope.setdefault("state", {})
    if _IDENTITY not in state:
        state[_IDENTITY] = await _identify(connection)
    identity: Identity = state[_IDENTITY]
    return identity


async def find_identity(connection: Connection) -> Identity | None:
    """Give who calls, None for nobody: for pages that show themselves to anybody."""
    try:
        return await identify(connection)
    except UnauthenticatedError:
        return None


async def principal_again(connection: Connection) -> Principal:
    """Give who calls as they are by now: for answers that go on for minutes.

    Raises UnauthenticatedError where they were signed out, or their key or token has ended.
    """
    return (await _identify(connection)).principal


def count_again(connection: Connection, times: int) -> None:
    """Count a request that does the work of several as so many more. Raises TooManyRequestsError.

    For a handler behind `require_caller`, which has counted it once.
    """
    identity: Identity = connection.scope["state"][_IDENTITY]
    for _ in range(times):
        _count(connection, identity)


def caller_of(connection: Connection) -> Caller:
    """Give the caller whom a guard let in."""
    identity: Identity = connection.scope["state"][_IDENTITY]
    return Caller(identity.principal, client_address(connection), request_id_of(connection.scope))


def client_address(connection: Connection) -> str:
    """Give the network address of the client; behind a proxy the server puts the true one here."""
    return connection.client.host if connection.client else "unknown"


def count_request(connection: Connection, caller: str, limit: rate_limits.Limit) -> None:
    """Count a request of `caller`. Raises TooManyRequestsError."""
    try:
        standing = services_of(connection).limiter.count(caller, limit)
    except TooManyRequestsError as error:
        note_standing(connection.scope, rate_limits.Standing(limit, 0, error.retry_after_s))
        raise
    note_standing(connection.scope, standing)


def _count(
    connection: Connection, identity: Identity, stated: rate_limits.Limit | None = None
) -> None:
    count_request(connection, str(identity.principal.user_id), rate_limits.ACCOUNT)
    limit = stated or rate_limits.LIMITS.get(identity.rate_class, rate_limits.STANDARD)
    count_request(connection, f"{identity.principal.user_id}/{identity.key_id}", limit)


def session_cookie_name(settings: Settings) -> str:
    """Give the cookie's name; over HTTPS one that no other host of the domain can set."""
    return "__Host-session" if settings.public_url.startswith("https://") else "session"


def session_cookie(settings: Settings, session: FamilyToken) -> Cookie:
    """Give the cookie that signs a browser in."""
    return _cookie(settings, session.secret, settings.refresh_token_s)


def ended_cookie(settings: Settings) -> Cookie:
    """Give the cookie that removes a browser's session."""
    return _cookie(settings, "", 0)


def session_secret_of(connection: Connection) -> str | None:
    """Give the secret in the browser's cookie, valid or not."""
    return connection.cookies.get(session_cookie_name(services_of(connection).settings)) or None


def _cookie(settings: Settings, value: str, max_age_s: int) -> Cookie:
    return Cookie(
        key=session_cookie_name(settings),
        value=value,
        max_age=max_age_s,
        path="/",
        httponly=True,
        samesite="lax",  # strict would lose the session behind every link from a chat or a mail
        secure=settings.public_url.startswith("https://"),
    )


async def _identify(connection: Connection) -> Identity:
    header = connection.headers.get("Authorization")
    if header is not None:
        scheme, _, secret = header.partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise UnauthenticatedError(
                "The Authorization header is not understood; write `Bearer TOKEN`."
            )
        return await _by_bearer(connection, secret.strip())
    cookie = session_secret_of(connection)
    if cookie is None:
        raise UnauthenticatedError(
            "Nobody is signed in; send an access token or an API key as `Authorization: Bearer …`."
        )
    # Not `reading`: a standby may not know yet that a session began or ended.
    async with services_of(connection).database.transaction() as database:
        principal = await sessions.principal_from_web_session(database, cookie)
    return Identity(principal, Means.COOKIE, session_secret=cookie)


async def _by_bearer(connection: Connection, secret: str) -> Identity:
    services = services_of(connection)
    async with services.database.statements() as database:
        if secret.startswith(api_keys.PREFIX):
            holder = await api_keys.key_holder(database, secret)
            return Identity(holder.principal, Means.KEY, holder.rate_class, holder.key_id)
        principal = await sessions.principal_from_access_token(database, services.tokens, secret)
        return Identity(principal, Means.TOKEN)
