"""Signing in and out, who one is, and the first run."""

from typing import Annotated, Any

from litestar import Request, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, JSONBody
from msgspec import convert

from search_service.accounts import administration, policy, sessions, setup
from search_service.accounts.sessions import Credentials, TokenPair
from search_service.accounts.setup import FirstAdministrator
from search_service.api.schemas.accounts import (
    Me,
    PasswordRequest,
    RefreshRequest,
    SetupRequest,
    Token,
    TokenForm,
    User,
)
from search_service.audit.entries import Actor
from search_service.errors import ForbiddenError, InvalidInputError
from search_service.serving import rate_limits
from search_service.serving.authentication import PUBLIC, client_address, count_request
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.request_ids import request_id_of

AnyRequest = Request[Any, Any, Any]


@post("/auth/token", opt=PUBLIC, status_code=200, security=[], tags=["Accounts"])
async def get_token(
    request: AnyRequest,
    services: TheServices,
    data: Annotated[TokenForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Token:
    """Sign in with e-mail address and password."""
    address = client_address(request)
    count_request(request, address, rate_limits.SIGN_IN)
    credentials = Credentials(data.username, data.password, address, request_id_of(request.scope))
    principal = await sessions.authenticate_password(
        services.database, services.passwords, credentials
    )
    async with services.database.transaction() as connection:
        return _token(await sessions.open_session(connection, services.tokens, principal))


@post("/auth/refresh", opt=PUBLIC, status_code=200, security=[], tags=["Accounts"])
async def refresh_token(
    request: AnyRequest, services: TheServices, data: JSONBody[RefreshRequest]
) -> Token:
    """Exchange a refresh token for new tokens; using one twice ends the whole sign-in."""
    count_request(request, client_address(request), rate_limits.SIGN_IN)
    pair = await sessions.refresh_session(
        services.database, services.tokens, data.refresh_token, _actor(request)
    )
    return _token(pair)


@post("/auth/logout", opt=PUBLIC, status_code=204, security=[], tags=["Accounts"])
async def log_out(
    request: AnyRequest, services: TheServices, data: JSONBody[RefreshRequest]
) -> None:
    """End a sign-in by any of its refresh tokens; its access tokens end with it."""
    count_request(request, client_address(request), rate_limits.SIGN_IN)
    async with services.database.transaction() as connection:
        await sessions.close_session(connection, data.refresh_token, _actor(request))


@get("/me", tags=["Accounts"])
async def get_me(caller: TheCaller) -> Me:
    """Say whom the credentials stand for."""
    principal = caller.principal
    return Me(
        id=principal.user_id,
        email=principal.email,
        full_name=principal.full_name,
        role=principal.role,
        is_superuser=principal.is_superuser,
        scopes=None if principal.scopes is None else tuple(sorted(principal.scopes)),
        may_upload=policy.may_upload(principal),
        may_manage_users=policy.may_manage_users(principal),
    )


@post("/me/password", status_code=204, tags=["Accounts"])
async def change_own_password(
    request: AnyRequest, services: TheServices, caller: TheCaller, data: JSONBody[PasswordRequest]
) -> None:
    """Change one's own password; every session of the account ends."""
    principal = caller.principal
    if principal.scopes is not None or principal.user_id is None:
        raise ForbiddenError("An API key cannot change a password; sign in.")
    if not data.old_password:
        raise InvalidInputError("Give the present password too.", field="old_password")
    credentials = Credentials(
        principal.email, data.old_password, client_address(request), caller.request_id
    )
    await sessions.authenticate_password(services.database, services.passwords, credentials)
    hashed = await services.passwords.hash(data.new_password)
    async with services.database.transaction() as connection:
        await administration.change_password(connection, caller, principal.user_id, hashed)


@post("/setup", opt=PUBLIC, status_code=201, security=[], tags=["Accounts"])
async def complete_setup(
    request: AnyRequest, services: TheServices, data: JSONBody[SetupRequest]
) -> User:
    """Make the first administrator with the secret of the setup link that `serve` printed."""
    count_request(request, client_address(request), rate_limits.SIGN_IN)
    first = FirstAdministrator(
        email=data.email,
        full_name=data.full_name,
        hashed_password=await services.passwords.hash(data.password),
    )
    async with services.database.transaction() as connection:
        account = await setup.complete_setup(connection, data.token, first, _actor(request))
    return convert(account, User, from_attributes=True)


def _token(pair: TokenPair) -> Token:
    return Token(
        access_token=pair.access_token,
        refresh_token=pair.refresh_token,
        token_type="Bearer",  # noqa: S106 - the name of a scheme
        expires_in=pair.expires_in_s,
        refresh_expires_at=pair.refresh_expires_at,
    )


def _actor(request: AnyRequest) -> Actor:
    return Actor(address=client_address(request), request_id=request_id_of(request.scope))


ROUTER = Router(
    "/",
    route_handlers=[
        get_token, refresh_token, log_out, get_me, change_own_password, complete_setup,
    ],
)  # fmt: skip
